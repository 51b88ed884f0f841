// SPDX-License-Identifier: Apache-2.0
// What runs passed of their engines' failure points, and what they never reached: a place that no run comes
// to is tested by none.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace wallop::reports {

// A line for each engine that has points, all of its runs together:
// "reference_wal: 18 of 20 points passed; never wal/recycle/renamed, wal/recycle/erased".
[[nodiscard]] std::vector<std::string> points_in_words(std::span<const ScenarioResult> runs);

}  // namespace wallop::reports
