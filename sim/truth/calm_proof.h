// SPDX-License-Identifier: Apache-2.0
// Proof: what is not armed is not there. With faults that never match, no fault draws, and a run is
// byte-equal to one whose plan is empty, and to one with failure points armed and never hit.
#pragma once

#include <functional>

#include "faults/plan.h"
#include "sim/truth/proof.h"

namespace wallop::sim {

// The plan that must leave no trace; a test hands in one that does.
using MakePlan = std::function<faults::Plan(std::uint64_t seed)>;

// One fault of every kind, for a path that nobody uses.
[[nodiscard]] faults::Plan plan_that_never_fires(std::uint64_t seed);

// Cases are sequences of random calls on a world with a disk, all models in turn.
[[nodiscard]] Finding prove_calm(const ProofRequest& request,
                                 const MakePlan& make_plan = plan_that_never_fires);

}  // namespace wallop::sim
