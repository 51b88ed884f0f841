// SPDX-License-Identifier: Apache-2.0
// A counterexample as a story: what happened, what the disk held before and after, what was promised and what
// was found.
#pragma once

#include "reports/result.h"
#include "scenarios/run/crash_state.h"

namespace wallop::scenarios {

// `workload` is the world that `reached` started from. Without the command that replays it, which the caller
// knows.
[[nodiscard]] reports::Story tell(const Subject& subject, sim::World& workload, const Reached& reached,
                                  std::uint64_t shrunk_from);

// Of a workload that did not come to its end: what each thread was at.
[[nodiscard]] reports::Story tell_ending(const Subject& subject, sim::World& workload, const Finding& end);
// Keeps its last lines: a run is longer than anybody reads.
void clip(reports::Story& story);

}  // namespace wallop::scenarios
