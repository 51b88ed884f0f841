// SPDX-License-Identifier: Apache-2.0
// Shrinking a counterexample, from the outside in: first a calmer schedule under which the same oracle still
// fails somewhere, then an earlier crash and a disk that differs less.
//
// A crash image means nothing under another schedule: its answers name operations of a run that is no more.
// So of each calmer schedule the crash states are walked anew, within a bound, and the one that fails goes
// on.
#pragma once

#include "scenarios/run/explore.h"
#include "scenarios/run/leaf.h"

namespace wallop::scenarios {

// What fails afterwards is the same oracle; its finding, answers and length are those of the small one.
void make_small(const Subject& subject, Counterexample& failure, const ExploreOptions& options);

}  // namespace wallop::scenarios
