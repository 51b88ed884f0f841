// SPDX-License-Identifier: Apache-2.0
// Reading a scenario whole: its shape, the names that it uses, and whether its parts contradict each other.
//
// Contradictions are looked for only where the shape is right: a duration that could not be read would
// contradict half of the document.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "scenarios/run/scenario.h"

namespace wallop::scenarios {

// What there is to be named. The views must outlive the call.
struct Known {
  std::vector<std::string_view> models, disks, engines, oracles;
  // Of a disk's own file, by the path that the scenario has: its figures, or what is wrong, in a line.
  // Without it no file can be named.
  std::function<std::expected<sim::DeviceSpec, std::string>(std::string_view path)> read_disk{};
};

struct ReadScenario {
  Scenario scenario;              // To be used only without problems.
  base::json::Problems problems;  // By line and column.
};

[[nodiscard]] ReadScenario read_scenario(std::string_view text, const Known& known);

// Of a scenario that was read from `document`: names that nothing has.
[[nodiscard]] base::json::Problems check_names(const Scenario& scenario, const base::json::Value& document,
                                               const Known& known);
// The same: parts that contradict each other, or that can never happen.
[[nodiscard]] base::json::Problems check_sense(const Scenario& scenario, const base::json::Value& document);

}  // namespace wallop::scenarios
