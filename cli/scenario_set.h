// SPDX-License-Identifier: Apache-2.0
// The scenarios that a command line names, or what is wrong with them.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/session.h"
#include "scenarios/run/load.h"

namespace wallop::cli {

// All of them without a problem, and at least one. Otherwise everything that is wrong has been told, and the
// error is the exit code: usage, or inconclusive where nothing matched.
[[nodiscard]] std::expected<scenarios::Library, Exit> load_scenarios(const std::vector<std::string>& paths,
                                                                     Session& session, Console& console);

// The widest of their names; one that is much longer than the rest does not push all others aside.
[[nodiscard]] std::size_t name_width(const std::vector<scenarios::LoadedScenario>& loaded);

// One run of one scenario.
struct Planned {
  scenarios::LoadedScenario scenario;
  std::uint64_t seed = 1;
  // Of the names of its files: the scenario's name, with the model where it is not the scenario's own choice,
  // and with the seed where there are several.
  std::string stem;
};

// What was asked for instead of what the scenarios say.
struct Instead {
  std::optional<std::uint64_t> seed;
  std::vector<std::string> models{};
};

// Each scenario under each model with each seed.
[[nodiscard]] std::vector<Planned> plan(const std::vector<scenarios::LoadedScenario>& loaded,
                                        const Instead& instead);

// A line for each path that cannot be a scenario, with what to do with it instead.
[[nodiscard]] std::vector<std::string> misplaced(const std::vector<std::string>& paths);

}  // namespace wallop::cli
