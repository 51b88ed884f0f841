// SPDX-License-Identifier: Apache-2.0
// A scenario whole: one run, and where it says how to explore it its crash states too. What `wallop run`
// judges.
//
// A promise that holds in one run and breaks in a crash state is broken, and a log that is wrong on purpose
// may show it in either. Metrics and the journal's hash are those of the run.
#pragma once

#include "scenarios/run/explore.h"

namespace wallop::scenarios {

// Of a scenario that gives no budget of its own: so many states are walked at most, and the result says so.
inline constexpr std::uint64_t kWholeStatesMax = 1'000'000;

[[nodiscard]] Explored run_whole(const LoadedScenario& scenario, const ExploreOptions& options);

}  // namespace wallop::scenarios
