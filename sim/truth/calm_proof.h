// SPDX-License-Identifier: Apache-2.0
// Proof: what is not armed is not there. Three runs of the same calls leave the same journal, disk, time and
// outcomes:
//   without a plan        no operation reaches a failure point: the layer of faults is not entered
//   with a plan that      each operation passes its point, which is armed and asks the plan; no fault draws
//   never fires
//   without a plan again  the process's points are armed by now, and none is reached
#pragma once

#include <functional>

#include "faults/plan.h"
#include "sim/truth/proof.h"

namespace wallop::sim {

// The plan that must leave no trace; a test hands in one that does.
using MakePlan = std::function<faults::Plan(std::uint64_t seed)>;

// One fault of every kind, for a path that nobody uses.
[[nodiscard]] faults::Plan plan_that_never_fires(std::uint64_t seed);

// Cases are sequences of random calls, each played three times, on a world with a disk, all models in turn.
[[nodiscard]] Finding prove_calm(const ProofRequest& request,
                                 const MakePlan& make_plan = plan_that_never_fires);

}  // namespace wallop::sim
