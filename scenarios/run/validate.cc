// SPDX-License-Identifier: Apache-2.0
// Names and contradictions. Each check names the path of the value that it is about; the place follows from
// the document, so the structs need not carry places.
#include "scenarios/run/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <tuple>

#include "base/suggest.h"
#include "faults/fault.h"
#include "faults/trigger.h"
#include "scenarios/run/oracle.h"

namespace wallop::scenarios {
namespace {

using base::json::Place;
using base::json::Problems;
using base::json::Value;

// The member or element that one step of a path names; null where there is none.
const Value* child(const Value& value, std::string_view step) {
  const auto* elements = value.get<base::json::Array>();
  if (elements == nullptr) return value.find(step);
  std::size_t index = elements->size();
  std::from_chars(step.data(), step.data() + step.size(), index);
  return index < elements->size() ? &(*elements)[index] : nullptr;
}

// Collects problems by path.
class Findings {
 public:
  explicit Findings(const Value& document) : document_(document) {}

  // `path` as "/crash/at". What is not in the document is said of the nearest thing around it that is.
  void add(std::string_view path, std::string_view what, std::string hint) {
    problems_.push_back({place_of(path), fmt::format("{} in {}", what, path), std::move(hint)});
  }
  Problems take() { return std::move(problems_); }

 private:
  [[nodiscard]] Place place_of(std::string_view path) const {
    const Value* at = &document_;
    while (!path.empty() && path != "/") {
      path.remove_prefix(1);
      const std::string_view step = path.substr(0, path.find('/'));
      const Value* inner = child(*at, step);
      if (inner == nullptr) break;
      at = inner;
      path.remove_prefix(step.size());
    }
    return at->place();
  }

  const Value& document_;
  Problems problems_;
};

void check_name(Findings& findings, std::string_view path, std::string_view kind, std::string_view name,
                std::span<const std::string_view> known) {
  if (std::ranges::find(known, name) != known.end()) return;
  findings.add(path, fmt::format("unknown {} \"{}\"", kind, name), base::did_you_mean(name, known));
}

// Letters, digits and hyphens: the name becomes part of file names and of links.
bool is_plain_word(std::string_view name) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !name.empty() && name.find_first_not_of(kPlain) == std::string_view::npos;
}

void check_header(Findings& findings, const Scenario& scenario) {
  if (!is_plain_word(scenario.name)) {
    findings.add("/name", fmt::format("\"{}\" is no name", scenario.name),
                 "lower-case letters, digits and hyphens");
  }
  if (scenario.about.empty()) findings.add("/about", "nothing is said", "one sentence: what does it show?");
  if (scenario.seed && scenario.seed_list) {
    findings.add("/seeds", "both \"seed\" and \"seeds\" are given", "leave one out");
  }
  if (scenario.seed_list && scenario.seed_list->empty()) {
    findings.add("/seeds", "no seed is given", "name at least one");
  }
}

// On the disk that costs nothing no time passes while somebody appends without a pause.
void check_time(Findings& findings, const Scenario& scenario) {
  if (!scenario.workload.duration || scenario.world.disk.name != kInstantDisk) return;
  for (std::size_t i = 0; i < scenario.workload.writers.size(); ++i) {
    if (scenario.workload.writers[i].rate) continue;
    findings.add(fmt::format("/workload/writers/{}", i),
                 fmt::format("no time passes without a rate on disk \"{}\"", kInstantDisk),
                 "give a \"rate\", or \"operations\" instead of \"duration\"");
  }
}

void check_ending(Findings& findings, const Workload& workload) {
  const bool grouped =
      std::ranges::any_of(workload.writers, [](const Writers& w) { return w.operations.has_value(); });
  if (workload.duration && (workload.operations || grouped)) {
    return findings.add("/workload/duration",
                        "the workload ends twice, by \"duration\" and by \"operations\"", "leave one out");
  }
  if (!workload.duration && !workload.writers.empty() && !workload.append_count()) {
    return findings.add("/workload", "the workload never ends", "add \"operations\" or \"duration\"");
  }
  if (workload.duration && *workload.duration <= base::Duration::zero()) {
    findings.add("/workload/duration", "nothing can happen in no time", "write like \"10s\"");
  }
}

void check_writers(Findings& findings, const Scenario& scenario) {
  const Workload& workload = scenario.workload;
  if (workload.writers.empty()) findings.add("/workload/writers", "nobody writes", "add {\"count\": 1}");
  const auto& segment = scenario.engine.options.segment_bytes;
  for (std::size_t i = 0; i < workload.writers.size(); ++i) {
    const Writers& group = workload.writers[i];
    if (group.rate && group.rate->per_second == 0) {
      findings.add(fmt::format("/workload/writers/{}/rate", i), "no append ever falls due",
                   "leave it out to append without pause");
    }
    const std::uint64_t record_bytes = group.key_bytes.value + group.value_bytes.p99;
    if (segment && record_bytes * group.batch.value > segment->value) {
      findings.add(fmt::format("/workload/writers/{}", i),
                   fmt::format("an append of {} bytes fits no segment", record_bytes * group.batch.value),
                   fmt::format("segment_bytes is {}", segment->value));
    }
  }
}

void check_deletion(Findings& findings, const Workload& workload) {
  if (!workload.deletion) return;
  if (workload.deletion->every <= base::Duration::zero()) {
    return findings.add("/workload/delete/every", "deletion would never pause", "write like \"10s\"");
  }
  if (workload.duration && workload.deletion->every >= *workload.duration) {
    findings.add("/workload/delete/every", "deletion never happens",
                 fmt::format("the workload ends after {}", base::to_text(*workload.duration)));
  }
}

void check_crash(Findings& findings, const Scenario& scenario) {
  if (!scenario.crash) return;
  const Crash& crash = *scenario.crash;
  const Workload& workload = scenario.workload;
  if (crash.at && crash.after) {
    return findings.add("/crash/after", "the crash comes twice, by \"at\" and by \"after\"", "leave one out");
  }
  if (!crash.at && !crash.after) {
    return findings.add("/crash", "the crash never comes",
                        "add \"at\": a time, or \"after\": a number of appends");
  }
  if (crash.at && workload.duration && *crash.at >= *workload.duration) {
    findings.add("/crash/at", "the crash never comes",
                 fmt::format("the workload ends after {}", base::to_text(*workload.duration)));
  }
  const auto appends = workload.append_count();
  if (crash.after && appends && crash.after->value > *appends) {
    findings.add("/crash/after", "the crash never comes",
                 fmt::format("the workload makes {} appends", *appends));
  }
}

void check_restarts(Findings& findings, const Scenario& scenario) {
  if (!scenario.restarts || scenario.explore) return;  // check_exploration() has told.
  const Restarts& restarts = *scenario.restarts;
  const auto& duration = scenario.workload.duration;
  if (!duration) {
    findings.add("/restarts", "the process restarts by the clock, and the workload does not end by it",
                 "write \"duration\" instead of \"operations\"");
  } else {
    auto end = *duration;
    if (scenario.crash && scenario.crash->at) end = std::min(end, *scenario.crash->at);
    if (restarts.every >= end) {
      findings.add("/restarts/every", "the process never restarts",
                   fmt::format("the run ends after {}", base::to_text(end)));
    }
  }
  if (scenario.crash && scenario.crash->after) {
    findings.add("/crash/after", "it counts appends, and the process restarts by the clock",
                 "write \"at\" instead");
  }
  if (restarts.every <= base::Duration::zero()) {
    findings.add("/restarts/every", "the process would never run", "write like \"6h\"");
  }
  if (restarts.kinds.empty()) {
    findings.add("/restarts/kinds", "an empty list names no way to end",
                 "leave it out: then there is one of each kind in turn");
  }
}

// The instants of a fault's trigger must come before the end. Whatever else can keep it from firing was told
// by faults/ as it was read.
void check_fault_times(Findings& findings, const Workload& workload, const Value* holder,
                       std::string_view place) {
  const Value* list = holder == nullptr ? nullptr : holder->find("faults");
  const auto* elements = list == nullptr ? nullptr : list->get<base::json::Array>();
  if (elements == nullptr || !workload.duration) return;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const Value* when = (*elements)[i].find("when");
    if (when == nullptr) continue;
    Problems ignored;
    base::Reading reading(ignored);
    faults::Trigger trigger;
    base::read(*when, trigger, reading);
    if (trigger.after == kCrashed) continue;  // In the time of another world.
    const auto check = [&](std::string_view key, base::Duration at) {
      if (at < *workload.duration) return;
      findings.add(fmt::format("{}/faults/{}/when/{}", place, i, key),
                   fmt::format("nothing can happen at {}", base::to_text(at)),
                   fmt::format("the workload ends after {}", base::to_text(*workload.duration)));
    };
    if (trigger.at && !trigger.at->values.empty()) check("at", std::ranges::max(trigger.at->values));
    if (trigger.during) check("during/from", trigger.during->from);
  }
}

void check_fault_names(Findings& findings, const Scenario& scenario) {
  for (faults::Flaw& flaw : faults::name_flaws(scenario.faults)) {
    findings.add("/faults/" + flaw.key, flaw.what, std::move(flaw.hint));
  }
  constexpr std::array kMarks{kCrashed, kDeletionBegins, kDeleted};
  for (faults::Flaw& flaw : faults::after_flaws(scenario.faults, kMarks)) {
    findings.add("/faults/" + flaw.key, flaw.what, std::move(flaw.hint));
  }
  if (!scenario.swarm) return;
  for (faults::Flaw& flaw : swarm_flaws(*scenario.swarm, scenario.faults)) {
    findings.add("/" + flaw.key, flaw.what, std::move(flaw.hint));
  }
}

void check_engine(Findings& findings, const EngineOptions& options) {
  if (options.segment_bytes && options.segment_blocks) {
    findings.add("/engine/options/segment_blocks", "a segment has two sizes, in bytes and in blocks",
                 "leave one out");
  }
}

void check_exploration(Findings& findings, const Scenario& scenario) {
  if (!scenario.explore) return;
  if (scenario.restarts) {
    findings.add("/restarts", "an exploration is of one life, and ends it everywhere by itself",
                 "leave out \"restarts\" or \"explore\"");
  } else if (scenario.workload.duration) {
    findings.add("/workload/duration", "an explored workload needs a fixed number of appends",
                 "write \"operations\" instead");
  }
  const bool draws_schedules = scenario.schedule && scenario.schedule->kind != ScheduleKind::run_to_block;
  if (scenario.explore->schedules && !draws_schedules) {
    findings.add("/explore/schedules",
                 "there is one schedule alone in which every thread runs until it waits",
                 "add \"schedule\": {\"kind\": \"pct\"} or \"seeded\"");
  }
  if (scenario.explore->samples && scenario.explore->strategy == Strategy::exhaustive) {
    findings.add("/explore/samples", "an exhaustive search draws no samples",
                 "leave it out, or write \"strategy\": \"sampled\"");
  }
}

void check_schedule(Findings& findings, const Scenario& scenario) {
  if (!scenario.schedule || scenario.schedule->kind == ScheduleKind::pct) return;
  if (scenario.schedule->depth)
    findings.add("/schedule/depth", "only pct has a depth", "leave it out, or write \"kind\": \"pct\"");
  if (scenario.schedule->length)
    findings.add("/schedule/length", "only pct has a length", "leave it out, or write \"kind\": \"pct\"");
}

void check_expectation(Findings& findings, const Expect& expect) {
  if (expect.verdict == Outcome::pass) {
    if (expect.oracle)
      findings.add("/expect/oracle", "no oracle fails where the verdict is pass",
                   "leave it out, or write \"verdict\": \"fail\"");
    return;
  }
  if (!expect.oracle) {
    return findings.add("/expect/verdict", "which oracle must fail?",
                        "add \"oracle\": \"durable\" or another");
  }
  const auto& asked = expect.oracles.names;
  if (asked && !is_ending(*expect.oracle) && std::ranges::find(*asked, *expect.oracle) == asked->end()) {
    findings.add("/expect/oracle",
                 fmt::format("oracle \"{}\" is not among those that are asked", *expect.oracle),
                 "add it to \"oracles\"");
  }
}

void check_disk(Findings& findings, const DiskChoice& disk, const Known& known) {
  if (disk.own) return;
  if (!disk.is_file()) return check_name(findings, "/world/disk", "disk", disk.name, known.disks);
  findings.add("/world/disk", fmt::format("nobody has read the disk's file \"{}\"", disk.name),
               "name it in a scenario's file, or write its figures here");
}

// The figures of a disk that is named by its file.
void read_disk(Findings& findings, DiskChoice& disk, const Known& known) {
  if (disk.own || !disk.is_file() || !known.read_disk) return;
  auto read = known.read_disk(disk.name);
  if (read) {
    disk.own = std::make_shared<const sim::DeviceSpec>(std::move(*read));
  } else {
    findings.add("/world/disk", std::move(read.error()), "");
  }
}

}  // namespace

Problems check_names(const Scenario& scenario, const Value& document, const Known& known) {
  Findings findings(document);
  check_name(findings, "/world/model", "model", scenario.world.model, known.models);
  check_disk(findings, scenario.world.disk, known);
  check_name(findings, "/engine/name", "engine", scenario.engine.name, known.engines);
  if (scenario.expect.oracle)
    check_name(findings, "/expect/oracle", "oracle", *scenario.expect.oracle, known.oracles);
  const auto& asked = scenario.expect.oracles.names;
  for (std::size_t i = 0; asked && i < asked->size(); ++i) {
    check_name(findings, fmt::format("/expect/oracles/{}", i), "oracle", (*asked)[i], known.oracles);
  }
  return findings.take();
}

Problems check_sense(const Scenario& scenario, const Value& document) {
  Findings findings(document);
  check_header(findings, scenario);
  check_ending(findings, scenario.workload);
  check_time(findings, scenario);
  check_writers(findings, scenario);
  check_deletion(findings, scenario.workload);
  check_fault_times(findings, scenario.workload, &document, "");
  check_fault_times(findings, scenario.workload, document.find("swarm"), "/swarm");
  check_fault_names(findings, scenario);
  check_engine(findings, scenario.engine.options);
  check_restarts(findings, scenario);
  check_crash(findings, scenario);
  check_schedule(findings, scenario);
  check_exploration(findings, scenario);
  check_expectation(findings, scenario.expect);
  return findings.take();
}

ReadScenario read_scenario(std::string_view text, const Known& known) {
  auto document = base::json::parse(text);
  if (!document) return {{}, {std::move(document.error())}};
  ReadScenario result;
  base::Reading reading(result.problems);
  base::read(*document, result.scenario, reading);
  const bool shape_is_right = result.problems.empty();
  const auto add = [&](Problems found) {
    for (base::json::Problem& problem : found) result.problems.push_back(std::move(problem));
  };
  Findings findings(*document);
  read_disk(findings, result.scenario.world.disk, known);
  const Problems unread = findings.take();
  add(unread);
  if (unread.empty()) add(check_names(result.scenario, *document, known));
  if (shape_is_right) add(check_sense(result.scenario, *document));
  std::ranges::sort(result.problems, {}, [](const base::json::Problem& problem) {
    return std::tuple(problem.place.line, problem.place.column, std::string_view(problem.what));
  });
  return result;
}

}  // namespace wallop::scenarios
