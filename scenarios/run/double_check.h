// SPDX-License-Identifier: Apache-2.0
// The double check: what ran twice must have run alike, entry by entry (FoundationDB's unseed check). A
// difference is nobody's verdict: it says that no result of this binary can be trusted until it is gone.
#pragma once

#include <string>

#include "scenarios/run/runner.h"

namespace wallop::scenarios {

// The first entry that is not the same in both journals, in both forms; "" where all are. Both journals are
// whole, or keep their newest entries alone.
[[nodiscard]] std::string first_difference(sim::World& one, sim::World& other);
// World by world.
[[nodiscard]] std::string first_difference(const Worlds& one, const Worlds& other);

}  // namespace wallop::scenarios
