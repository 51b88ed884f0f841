// SPDX-License-Identifier: Apache-2.0
// wallop bench: the standard measurements, ours beside the peers', in rounds.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "base/suggest.h"
#include "base/units.h"
#include "checklist/probe_system.h"
#include "cli/bench/long_run.h"
#include "cli/bench/program.h"
#include "cli/bench/tables.h"
#include "cli/build_info.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/files.h"
#include "cli/json_lines.h"
#include "cli/scratch.h"

namespace wallop::cli {
namespace {

constexpr std::string_view kOurs = "wallop";
constexpr std::uint64_t kGiB = 1ULL << 30;

// One of the two halves: what it is called, who measures, and what.
struct Half {
  std::string_view name, title, program;
  std::vector<Row> rows;
};

std::vector<Half> halves_of(const BenchRequest& request) {
  std::vector<Half> halves;
  if (request.what != BenchWhat::sim)
    halves.push_back({"log", "The log beside its peers", "wallop_peer", log_rows()});
  if (request.what != BenchWhat::log)
    halves.push_back(
        {"sim", "The simulated world beside its peers, one core", "wallop_sim_peer", sim_rows()});
  return halves;
}

// Narrows to the rows that were asked for; a name that is none's: its hint.
std::optional<std::string> narrow(std::vector<Half>& halves, const std::vector<std::string>& only) {
  if (only.empty()) return std::nullopt;
  std::vector<std::string_view> known;
  for (const Half& half : halves)
    for (const Row& row : half.rows) known.push_back(row.id);
  for (const std::string& id : only) {
    const bool is_known =
        std::ranges::any_of(known, [&](std::string_view name) { return name.starts_with(id); });
    if (is_known) continue;
    const std::string_view near = base::nearest(id, known);
    return fmt::format("--only: no row \"{}\"{}\n  rows: {}", id,
                       near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near),
                       fmt::join(known, ", "));
  }
  for (Half& half : halves) {
    std::erase_if(half.rows, [&](const Row& row) {
      return std::ranges::none_of(only, [&](const std::string& id) { return row.id.starts_with(id); });
    });
  }
  std::erase_if(halves, [](const Half& half) { return half.rows.empty(); });
  return std::nullopt;
}

// "AMD EPYC 9R14, 2 CPUs, 24 GiB, Linux 6.18, ext4 on vda".
std::string machine_in_words(const checklist::MachineFacts& facts) {
  return fmt::format("{}, {} CPUs, {} GiB, {}{}, {} on {}", facts.cpu.empty() ? "unknown CPU" : facts.cpu,
                     facts.cpu_count, (facts.memory_bytes + kGiB / 2) / kGiB, facts.kernel,
                     facts.virtual_machine ? ", virtual" : "", facts.file_system,
                     facts.device.empty() ? "an unknown device" : facts.device);
}

class Bench {
 public:
  Bench(const BenchRequest& request, Session& session, Console& console, std::string scratch)
      : request_(request),
        session_(session),
        console_(console),
        scratch_(std::move(scratch)),
        machine_(machine_in_words(checklist::SystemProbes(request.directory).facts())) {}

  [[nodiscard]] base::json::Value take_document() { return std::move(document_); }

  Exit run(const Half& half) {
    auto program = BenchProgram::find(half.program, scratch_);
    if (!program) return failed(program.error());
    console_.say(fmt::format("wallop bench {}   {} rounds   {}", half.name, rounds(), machine_));
    tell_missing(*program);
    const Outcome outcome = run_rounds(
        half.rows, pace(), [&](const Contestant& who) { return takes_part(*program, who); },
        [&](const Contestant& who) {
          return who.engine == kScenarioEngine ? time_scenario(session_.machine, who, session_.interrupted)
                                               : program->run(who);
        });
    console_.clear_progress();
    for (const Measured& each : outcome.rows) {
      if (outcome.failure.empty() || !each.numbers[0].empty()) tell(each);
    }
    if (!outcome.failure.empty()) return failed(outcome.failure);
    if (session_.interrupted()) return Exit::interrupted;
    return request_.write ? write(half, outcome.rows) : Exit::passed;
  }

 private:
  [[nodiscard]] std::size_t rounds() const { return request_.round_count; }

  Pace pace() {
    return {.round_count = rounds(),
            .interrupted = session_.interrupted,
            .goes_on = [this](std::size_t round, const Row& row, const Contestant& who) {
              console_.progress(
                  fmt::format("bench  round {} of {}   {}   {}", round + 1, rounds(), row.id, who.label));
            }};
  }

  bool takes_part(const BenchProgram& program, const Contestant& who) {
    if (who.engine == kScenarioEngine) return session_.machine.files.stat(who.workload).has_value();
    return program.has(who.engine) && (request_.beside_peers || who.engine == kOurs);
  }

  void tell_missing(const BenchProgram& program) {
    if (!request_.beside_peers) return;
    for (const auto& [engine, package] : program.missing()) {
      console_.say(fmt::format("  left out  {}: built without {} (ci/setup --bench, then build again)",
                               engine, package));
      console_.row(base::json::Value().set("type", "left_out").set("engine", engine).set("package", package));
      left_out_ += fmt::format("{}{} (no {})", left_out_.empty() ? "" : ", ", engine, package);
    }
  }

  void tell(const Measured& measured) {
    const Contestant& ours = measured.row.ours;
    if (measured.numbers[0].empty() && !session_.interrupted()) {
      console_.say(fmt::format("  left out  {}: {} is not here", measured.row.id, ours.workload));
      console_.row(
          base::json::Value().set("type", "left_out").set("engine", ours.engine).set("row", measured.row.id));
      left_out_ += fmt::format("{}{}", left_out_.empty() ? "" : ", ", measured.row.id);
    }
    for (const std::string& line : lines_for_people(measured)) console_.say(line);
    for (base::json::Value& row : rows_for_machines(measured)) {
      console_.row(row);
      document_.push(std::move(row));
    }
  }

  // Into the section of that half; the rest of the file stays.
  Exit write(const Half& half, const std::vector<Measured>& measured) {
    const auto before = read_file(session_.machine.files, *request_.write);
    if (!before && before.error().code != io::Code::not_found) return failed(io::describe(before.error()));
    const std::time_t now = std::time(nullptr);
    std::tm date{};
    ::gmtime_r(&now, &date);
    const std::string text = fmt::format(
        "## {}\n{}; {:%Y-%m-%d}; commit {}, {}. {} rounds, each contestant once a round in turn; a ratio is "
        "of two runs of "
        "one round. Medians.{}\n\n```console\n$ {}\n```\n\n{}",
        half.title, machine_, date, build_info().commit, build_info().compiler, rounds(),
        left_out_.empty() ? "" : " Left out: " + left_out_ + ".", session_.command, markdown_table(measured));
    const auto after = with_section(before ? *before : std::string("# Performance\n"), half.name, text);
    if (!after) return failed(fmt::format("{}: {}", *request_.write, after.error()), Exit::usage);
    const auto written = write_file(session_.machine.files, *request_.write, *after);
    if (!written) return failed(io::describe(written.error()));
    if (console_.detail() != Detail::quiet) console_.say("written: " + *request_.write);
    return Exit::passed;
  }

  Exit failed(std::string_view why, Exit exit = Exit::harness) {
    console_.complain(fmt::format("wallop bench: {}", why));
    return exit;
  }

  const BenchRequest& request_;
  Session& session_;
  Console& console_;
  std::string scratch_, machine_, left_out_;
  base::json::Value document_{base::json::Array{}};
};

}  // namespace

Exit bench(const BenchRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  std::vector<Half> halves = halves_of(request);
  if (const auto hint = narrow(halves, request.only)) {
    console.complain("wallop bench: " + *hint);
    return Exit::usage;
  }
  const Scratch scratch(request.directory, "bench");
  if (scratch.error() != 0) {
    console.complain(
        "wallop bench: --dir: " +
        io::describe(io::failure(scratch.error(), "make a scratch directory", request.directory).error()));
    return Exit::usage;
  }
  console.row(start_row(session.command));
  Bench bench(request, session, console, scratch.path());
  Exit exit = Exit::passed;
  for (const Half& half : halves) {
    exit = bench.run(half);
    if (exit != Exit::passed) break;
  }
  console.document(base::json::to_text(
      base::json::Value().set("version", std::uint64_t{1}).set("measured", bench.take_document()),
      base::json::Layout::indented));
  return exit;
}

}  // namespace wallop::cli
