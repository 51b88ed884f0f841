// SPDX-License-Identifier: Apache-2.0
// Results as JSON lines.
#include "cli/json_lines.h"

#include "base/fields.h"
#include "cli/build_info.h"
#include "cli/console.h"
#include "cli/lines.h"
#include "reports/summary.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using reports::ScenarioResult;
using reports::Status;

std::uint64_t nanoseconds(base::Duration duration) {
  return duration.count() < 0 ? 0 : static_cast<std::uint64_t>(duration.count());
}

Value typed(std::string_view type) {
  return Value().set("type", type);
}

// What a run and an exploration have in common.
void add_scenario(Value& row, const ScenarioResult& scenario) {
  row.set("scenario", scenario.name);
  row.set("file", scenario.file);
  row.set("seed", scenario.seed);
  row.set("status", reports::status_name(scenario.status));
  row.set("expected_failure", scenario.expected_failure);
  row.set("engine", scenario.engine);
  row.set("model", scenario.model);
  row.set("disk", scenario.disk);
  row.set("journal", scenario.journal_hash);
  row.set("journal_entries", scenario.journal_entries);
  row.set("virtual_ns", nanoseconds(scenario.virtual_time));
  row.set("wall_ns", nanoseconds(scenario.wall_time));
  row.set("summary", scenario.summary);
  row.set("verdicts", base::print(scenario.verdicts));
  row.set("faults", base::print(scenario.receipts));
  if (scenario.drawn_from > 0) row.set("drawn_from", scenario.drawn_from).set("drawn", scenario.drawn);
  if (scenario.status != Status::fail) return;
  row.set("finding", reports::finding(scenario));
  row.set("replay", replay_command(scenario));
}

}  // namespace

Value start_row(std::string_view command) {
  const BuildInfo build = build_info();
  return typed("start")
      .set("version", kJsonLinesVersion)
      .set("wallop", build.version)
      .set("commit", build.commit)
      .set("command", command);
}

Value scenario_row(const ScenarioResult& scenario) {
  Value row = typed("scenario");
  add_scenario(row, scenario);
  return row;
}

Value exploration_row(const ScenarioResult& scenario) {
  Value row = typed("exploration");
  add_scenario(row, scenario);
  if (scenario.states) row.set("states", base::print(*scenario.states));
  return row;
}

Value check_row(const reports::Verdict& check) {
  Value row = typed("check");
  const Value printed = base::print(check);
  for (const base::json::Member& member : *printed.get<base::json::Object>())
    row.set(member.key, member.value);
  return row;
}

Value end_row(const Judgement& judgement, Exit exit) {
  const auto count = [&](Status status) { return std::uint64_t{judgement.of(status)}; };
  return typed("end")
      .set("exit", static_cast<std::uint64_t>(exit))
      .set("passed", count(Status::pass))
      .set("failed", count(Status::fail))
      .set("warned", count(Status::warn))
      .set("skipped", count(Status::skip))
      .set("inconclusive", count(Status::inconclusive))
      .set("manual", count(Status::manual))
      .set("harness_errors", std::uint64_t{judgement.harness_errors()})
      .set("interrupted", judgement.interrupted());
}

}  // namespace wallop::cli
