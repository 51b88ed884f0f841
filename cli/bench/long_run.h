// SPDX-License-Identifier: Apache-2.0
// A contestant that is a scenario: how long its run takes.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "cli/bench/rounds.h"
#include "io/world.h"

namespace wallop::cli {

// The engine of such contestants; their workload is the scenario's file.
inline constexpr std::string_view kScenarioEngine = "scenario";

// "seconds", and "virtual_seconds". A scenario that cannot be read, or does not pass, is no measurement.
[[nodiscard]] std::expected<Numbers, std::string> time_scenario(io::World& machine, const Contestant& who,
                                                                const std::function<bool()>& interrupted);

}  // namespace wallop::cli
