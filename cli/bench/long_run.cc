// SPDX-License-Identifier: Apache-2.0
// Running a scenario by the machine's clock.
#include "cli/bench/long_run.h"

#include <fmt/format.h>

#include <chrono>

#include "scenarios/run/load.h"
#include "scenarios/run/runner.h"

namespace wallop::cli {

std::expected<Numbers, std::string> time_scenario(io::World& machine, const Contestant& who,
                                                  const std::function<bool()>& interrupted) {
  const auto library = scenarios::load(machine.files, {std::string(who.workload)}, scenarios::known());
  if (!library.problems.empty()) return std::unexpected(scenarios::describe(library.problems.front()));
  if (library.scenarios.size() != 1)
    return std::unexpected(fmt::format("{} is not one scenario", who.workload));
  const scenarios::LoadedScenario& scenario = library.scenarios.front();
  const io::Instant begin = machine.clock.now();
  const reports::ScenarioResult result =
      scenarios::run_scenario(scenario, scenario.scenario.seeds().front(), interrupted);
  const auto took = std::chrono::duration<double>(machine.clock.now() - begin);
  if (result.status != reports::Status::pass)
    return std::unexpected(fmt::format("{} does not pass: see wallop run {}", scenario.name, who.workload));
  return Numbers{{"seconds", took.count()},
                 {"virtual_seconds", std::chrono::duration<double>(result.virtual_time).count()}};
}

}  // namespace wallop::cli
