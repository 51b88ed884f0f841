// SPDX-License-Identifier: Apache-2.0
// May I believe it, and how do I repeat it: crash states, environment, commands.
#include <fmt/format.h>

#include <algorithm>

#include "reports/page.h"

namespace wallop::reports {
namespace {

constexpr std::size_t kFactsMax = 100;
constexpr std::size_t kReplaysMax = 5;

data state_row(const ScenarioResult& scenario, const StateCount& states) {
  data row;
  set_flag(row, "fails", states.failures > 0 && !scenario.expected_failure);
  set_flag(row, "canary", scenario.expected_failure);
  set_text(row, "name", clipped(scenario.name, 200));
  set_text(row, "strategy", clipped(states.strategy, 60));
  set_text(row, "cuts", base::with_commas(states.cuts));
  set_text(row, "images", base::with_commas(states.images));
  set_text(row, "distinct", base::with_commas(states.distinct));
  set_text(row, "depth", base::with_commas(states.recovery_depth));
  set_text(row, "failures", base::with_commas(states.failures));
  set_text(row, "silent", base::with_commas(states.silent));
  set_text(row, "undetectable", base::with_commas(states.undetectable));
  set_text(row, "all", states.all ? "all" : states.bounds.empty() ? "sampled" : clipped(states.bounds, 200));
  return row;
}

// Totals of the logs that should hold; the canary's are not among them.
std::string states_about(const std::vector<const ScenarioResult*>& walked) {
  std::uint64_t images = 0, failures = 0, silent = 0;
  bool all = true;
  for (const ScenarioResult* scenario : walked) {
    if (scenario->expected_failure) continue;
    images += scenario->states->images;
    failures += scenario->states->failures;
    silent += scenario->states->silent;
    all = all && scenario->states->all;
  }
  return fmt::format(
      "{} {} walked{}: {}, {} of them silent. A silent failure is a loss that the disk still proves "
      "and recovery hid.",
      counted(images, "state"), images == 1 ? "was" : "were",
      all ? ", all there are within the bounds" : ", not all there are", counted(failures, "failure"),
      base::with_commas(silent));
}

void add_command(data& commands, std::string_view command) {
  if (command.empty()) return;
  data entry;
  set_text(entry, "command", command);
  commands.push_back(entry);
}

}  // namespace

void add_states(data& page, PageContext& context) {
  std::vector<const ScenarioResult*> walked;
  for (const ScenarioResult* scenario : context.summary.scenarios_by_urgency) {
    if (scenario->states) walked.push_back(scenario);
  }
  set_flag(page, "states", !walked.empty());
  if (walked.empty()) return;
  context.add_contents("states", "Crash states");
  set_text(page, "states_about", states_about(walked));
  data rows{data::type::list};
  const std::size_t shown = std::min(walked.size(), context.rows_max);
  for (std::size_t i = 0; i < shown; ++i) rows.push_back(state_row(*walked[i], *walked[i]->states));
  page.set("state_rows", rows);
  set_text(
      page, "states_more",
      walked.size() > shown ? fmt::format("And {} more, all in result.json.", walked.size() - shown) : "");
}

void add_environment(data& page, PageContext& context) {
  const Result& result = context.result;
  data facts{data::type::list};
  std::size_t count = 0;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty() || count == kFactsMax) return;
    ++count;
    data fact;
    set_text(fact, "fact", clipped(name, 60));
    set_text(fact, "value", clipped(value, 400));
    facts.push_back(fact);
  };
  for (const Fact& fact : result.environment) add(fact.name, fact.value);
  if (result.checklist) {
    add("Device", result.checklist->device);
    add("Device floor", result.checklist->floor);
  }
  add("Compiler", result.compiler);
  add("Wallop", result.commit.empty() ? result.wallop_version : result.wallop_version + ", " + result.commit);
  if (result.wall_time > Duration{}) add("Took", humane_duration(result.wall_time));
  set_flag(page, "environment", count > 0);
  page.set("facts", facts);
  if (count > 0) context.add_contents("environment", "Environment");
}

void add_reproduce(data& page, PageContext& context) {
  const Result& result = context.result;
  data commands{data::type::list};
  if (!result.command.empty())
    add_command(commands,
                (result.commit.empty() ? "" : "git checkout " + result.commit + "\n") + result.command);
  std::size_t replays = 0;
  for (const ScenarioResult* scenario : context.summary.scenarios_by_urgency) {
    if (scenario->status != Status::fail || ++replays > kReplaysMax) continue;
    add_command(commands, replay_of(*scenario));
  }
  set_flag(page, "reproduce", !commands.is_empty_list());
  if (commands.is_empty_list()) return;
  context.add_contents("reproduce", "Reproduce");
  set_text(
      page, "reproduce_about",
      std::string(result.scenarios.empty() ? ""
                                           : "The simulated part gives the same journals on every machine.") +
          (result.checklist ? " The real disk will differ; its floor is part of the result." : ""));
  page.set("commands", commands);
}

}  // namespace wallop::reports
