// SPDX-License-Identifier: Apache-2.0
// Two judgements of one scenario become one.
#include "scenarios/run/whole.h"

#include <algorithm>
#include <utility>

#include "scenarios/run/double_check.h"
#include "scenarios/run/verdicts.h"

namespace wallop::scenarios {
namespace {

using reports::Status;

// "expect" is the verdict on a canary that no oracle caught.
bool is_of_oracles(const reports::Verdict& verdict) {
  return verdict.id == kExpectVerdict || is_ending(verdict.id) ||
         std::ranges::find(oracle_names(), verdict.id) != oracle_names().end();
}

// Whether the run has shown already what a crash state could show.
bool has_decided(const reports::ScenarioResult& run, Outcome expected) {
  if (run.status == Status::inconclusive || run.expected_failure) return true;
  return expected == Outcome::pass && run.status == Status::fail;
}

// The oracles speak for the crash states, the metrics for the run.
void take_over(reports::ScenarioResult& run, const reports::ScenarioResult& explored) {
  std::vector<reports::Verdict> verdicts;
  std::ranges::copy_if(explored.verdicts, std::back_inserter(verdicts), [](const reports::Verdict& verdict) {
    return is_of_oracles(verdict) || verdict.status == Status::fail || verdict.status == Status::inconclusive;
  });
  std::ranges::remove_copy_if(run.verdicts, std::back_inserter(verdicts), is_of_oracles);
  run.verdicts = std::move(verdicts);
  run.expected_failure = explored.expected_failure;
  run.story = explored.story;
  conclude(run);
  if (run.status == explored.status && !run.expected_failure) run.summary = explored.summary;
}

// The run once more, and what was not the same.
std::string nondeterminism_of(const LoadedScenario& scenario, const ExploreOptions& options,
                              const Worlds& first, const reports::ScenarioResult& result) {
  Worlds again;
  const reports::ScenarioResult repeated = run_scenario(scenario, options.seed, options.interrupted, &again);
  if (options.interrupted && options.interrupted()) return "";
  const std::string difference = first_difference(first, again);
  if (!difference.empty() || repeated.status == result.status) return difference;
  return "the journals are equal, and the verdicts are not";
}

}  // namespace

Explored run_whole(const LoadedScenario& scenario, const ExploreOptions& options) {
  Explored whole;
  {
    Worlds worlds;
    Worlds* const kept = options.double_check ? &worlds : nullptr;
    whole.result = run_scenario(scenario, options.seed, options.interrupted, kept);
    if (kept != nullptr) whole.nondeterminism = nondeterminism_of(scenario, options, worlds, whole.result);
  }
  if (!scenario.scenario.explore || whole.result.status == Status::inconclusive) return whole;
  ExploreOptions bounded = options;
  if (!bounded.states_max) bounded.states_max = kWholeStatesMax;
  Explored explored = explore(scenario, bounded);
  if (whole.nondeterminism.empty()) whole.nondeterminism = std::move(explored.nondeterminism);
  whole.result.states = explored.result.states;
  whole.failures = std::move(explored.failures);
  if (!has_decided(whole.result, scenario.scenario.expect.verdict)) take_over(whole.result, explored.result);
  return whole;
}

}  // namespace wallop::scenarios
