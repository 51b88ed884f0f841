// SPDX-License-Identifier: Apache-2.0
// wallop calibrate: a device measured into a disk's file, and what the simulated world makes of that file
// beside what the device does.
//
//   PASS  append.p50 always   predicted 131 us   measured 128 us   error +2.3 %   within 15 %   n 10,000
//
// A row beyond its bound is a warning: the file is written all the same, since it is the best that is known
// of the device. With --strict it fails the command, for whoever builds upon the prediction.
#include <fmt/format.h>

#include <algorithm>

#include "base/fields.h"
#include "base/units.h"
#include "checklist/calibration/calibrate.h"
#include "checklist/probe_system.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/files.h"
#include "cli/json_lines.h"
#include "cli/lines.h"
#include "cli/out_directory.h"
#include "reports/summary.h"
#include "reports/text.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using checklist::Calibration;
using checklist::Comparison;
using checklist::FigureKind;
using reports::Status;

constexpr std::uint64_t kCalibrationVersion = 1;  // Of the document and the rows.

Status status_of(const Comparison& comparison) {
  if (!comparison.is_justified) return Status::inconclusive;
  return comparison.is_within() ? Status::pass : Status::warn;
}

std::string figure_in_words(FigureKind kind, std::uint64_t value) {
  const auto time = io::Duration(static_cast<std::int64_t>(value));
  switch (kind) {
    case FigureKind::time:
      return base::humane(time);
    case FigureKind::time_per_gb:
      return base::humane(time) + "/GB";
    case FigureKind::appends_per_second:
      break;
  }
  return base::with_commas(value) + "/s";
}

std::string permille_in_words(std::int64_t permille) {
  const std::int64_t size = std::abs(permille);
  return fmt::format("{}{}.{} %", permille < 0 ? "−" : "+", size / 10, size % 10);
}

// ---- What was found, for people ----

std::string latency_in_words(const base::LatencySpec& latency) {
  const base::LatencyCurve curve(latency);
  return fmt::format("p50 {}, p99 {}, worst {}", base::humane(latency.p50), base::humane(curve.at(990'000)),
                     base::humane(curve.at(base::LatencyCurve::kWhole)));
}

std::string bandwidth_in_words(base::ByteCount bytes_per_second) {
  return bytes_per_second.value == 0 ? "no limit seen" : base::humane_bytes(bytes_per_second.value) + "/s";
}

std::vector<std::vector<std::string>> disk_lines(const sim::DeviceSpec& disk) {
  std::string dirty;
  for (const sim::DirtyCost& point : disk.flush.by_dirty)
    dirty += fmt::format(", {} adds {}", base::to_text(point.dirty), base::humane(point.adds));
  return {
      {"read", latency_in_words(disk.read.latency) + ", " + bandwidth_in_words(disk.read.bytes_per_second)},
      {"write",
       latency_in_words(disk.write.latency) + ", " + bandwidth_in_words(disk.write.bytes_per_second)},
      {"flush", latency_in_words(disk.flush.latency) + dirty},
      {"commit",
       fmt::format("{}, adds {}", base::to_text(disk.commit.bytes), base::humane(disk.commit.adds))},
      {"channels", fmt::format("{}", disk.channels)},
      {"page cache", fmt::format("{} a call, {} a KiB", base::humane(disk.page_cache.per_call),
                                 base::humane(disk.page_cache.per_kib))},
      {"timer", latency_in_words(disk.wakeups.timer.value_or(base::LatencySpec{}))},
      {"notified", latency_in_words(disk.wakeups.notified.value_or(base::LatencySpec{}))}};
}

std::vector<std::string> twin_cells(const Comparison& comparison) {
  return {
      comparison.name,
      "predicted " + figure_in_words(comparison.kind, comparison.predicted),
      "measured " + figure_in_words(comparison.kind, comparison.measured),
      "error " + permille_in_words(comparison.error_permille),
      fmt::format("{} {} %", comparison.is_within() ? "within" : "beyond", comparison.bound_permille / 10),
      "n " + base::with_commas(comparison.count)};
}

// ---- The same, for machines ----

Value twin_row(const Comparison& comparison) {
  const std::string_view unit = comparison.kind == FigureKind::appends_per_second ? "appends/s"
                                : comparison.kind == FigureKind::time_per_gb      ? "ns/GB"
                                                                                  : "ns";
  return Value()
      .set("type", "twin")
      .set("name", comparison.name)
      .set("unit", unit)
      .set("predicted", comparison.predicted)
      .set("measured", comparison.measured)
      .set("error_permille", comparison.error_permille)
      .set("bound_permille", comparison.bound_permille)
      .set("n", comparison.count)
      .set("status", reports::status_name(status_of(comparison)));
}

Value document_of(const std::string& file, const Calibration& found) {
  Value twin{base::json::Array{}};
  for (const Comparison& comparison : found.twin) twin.push(twin_row(comparison));
  return Value()
      .set("version", kCalibrationVersion)
      .set("file", file)
      .set("disk", base::print(found.disk))
      .set("twin", std::move(twin));
}

// ---- The command ----

// What would only be found out after a minute.
std::optional<std::string> flaw_of(const std::string& file, io::FileSystem& files) {
  if (!file.ends_with(".json"))
    return fmt::format("-o {}: a scenario knows a disk's file by its ending; say {}.disk.json", file, file);
  const auto there = files.stat(file);
  if (there && there->kind == io::FileKind::directory)
    return fmt::format("-o {}: a directory has that name", file);
  const auto parent = files.stat(parent_of(file));
  if (!parent) return "-o: " + io::describe(parent.error());
  const std::string trial = file + ".partial";  // As write_file() will call it.
  const auto opened = files.open(trial, {.create = true});
  if (!opened) return "-o: " + io::describe(opened.error());
  if (const io::Status removed = files.remove(trial); !removed) return "-o: " + io::describe(removed.error());
  return std::nullopt;
}

void tell(Console& console, const Calibration& found) {
  if (console.detail() != Detail::quiet) {
    console.say(fmt::format("wallop calibrate   {}, {}", found.device, found.machine));
    for (const std::string& line : in_columns(disk_lines(found.disk), "   ")) console.say(line);
    console.say("the log in the simulated world with these figures, and on the device:");
  }
  std::vector<std::vector<std::string>> cells;
  for (const Comparison& comparison : found.twin) cells.push_back(twin_cells(comparison));
  const std::vector<std::string> lines = in_columns(cells, "   ");
  const bool has_open = std::ranges::any_of(
      found.twin, [](const Comparison& comparison) { return status_of(comparison) == Status::inconclusive; });
  const std::size_t width = has_open ? 14 : 6;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Status status = status_of(found.twin[i]);
    if (console.detail() != Detail::quiet || status != Status::pass)
      console.say(status_column(console, status, width) + lines[i]);
    console.row(twin_row(found.twin[i]));
  }
}

Exit conclude(const CalibrateRequest& request, Session& session, Console& console, const Calibration& found) {
  const std::string text = base::json::to_text(base::print(found.disk), base::json::Layout::indented) + "\n";
  if (const io::Status written = write_file(session.machine.files, request.file, text); !written) {
    console.complain("wallop calibrate: " + io::describe(written.error()));
    return Exit::harness;
  }
  Judgement judgement;
  for (const Comparison& comparison : found.twin) judgement.add(status_of(comparison));
  tell(console, found);
  if (console.format() == Format::json)
    console.document(base::json::to_text(document_of(request.file, found), base::json::Layout::indented) +
                     "\n");
  const Exit exit = request.strict ? judgement.exit(Strictness::strict) : Exit::passed;
  if (console.detail() != Detail::quiet || exit != Exit::passed) {
    console.say(fmt::format("{} of {} within 15 % at the median and 30 % at p99   wrote {}",
                            judgement.of(Status::pass), found.twin.size(), request.file));
  }
  console.row(end_row(judgement, exit));
  return exit;
}

}  // namespace

Exit calibrate(const CalibrateRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  if (const auto flaw = flaw_of(request.file, session.machine.files)) {
    console.complain("wallop calibrate: " + *flaw);
    return Exit::usage;
  }
  checklist::SystemProbes probes(request.directory);
  const auto found = checklist::calibrate(
      session.machine, probes, request.directory,
      {.budget = request.budget,
       .date = rfc3339(session.machine.clock.wall_now()).substr(0, 10),
       .interrupted = session.interrupted,
       .step = [&](std::string_view what) { console.progress(fmt::format("calibrate  {}", what)); }});
  console.clear_progress();
  if (!found) {
    console.complain("wallop calibrate: " + io::describe(found.error()));
    return Exit::usage;
  }
  console.row(start_row(session.command));
  if (!found->left_behind.empty()) console.complain("wallop calibrate: left behind " + found->left_behind);
  if (found->interrupted) {
    console.complain("wallop calibrate: interrupted; nothing was written");
    Judgement judgement;
    judgement.interrupt();
    console.row(end_row(judgement, Exit::interrupted));
    return Exit::interrupted;
  }
  return conclude(request, session, console, *found);
}

}  // namespace wallop::cli
