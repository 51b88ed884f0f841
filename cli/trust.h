// SPDX-License-Identifier: Apache-2.0
// Trust: what makes every verdict of this Wallop worthless, whatever it says. Each is a sentence, or nothing.
#pragma once

#include <optional>
#include <string>

#include "reports/result.h"
#include "scenarios/run/scenario.h"

namespace wallop::cli {

// A log that is wrong on purpose (a canary) was not caught.
[[nodiscard]] std::optional<std::string> blindness(const scenarios::Scenario& scenario,
                                                   const reports::ScenarioResult& result);

// One seed gave two stories: where they part.
[[nodiscard]] std::string nondeterminism(const std::string& difference);

}  // namespace wallop::cli
