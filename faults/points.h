// SPDX-License-Identifier: Apache-2.0
// Points: every operation of the simulated file system passes its libfiu point, under the name that libfiu's
// POSIX preload uses, so that one list of names serves the simulation and an unmodified binary on the real
// kernel.
//
// libfiu is the switch, the plan is the fault: the point's callback asks the plan about the operation that is
// passing and answers yes or no; errno and effect come from the plan. Points are armed once for the process,
// by exact name. A world without a plan never gets here: one flag stands in front, because a point costs
// 22-38 ns even when disabled.
#pragma once

#include <optional>
#include <string_view>

#include "faults/op.h"
#include "faults/plan.h"

namespace wallop::faults {

// "posix/io/rw/pwrite" for Verb::write.
[[nodiscard]] std::string_view point_of(Verb verb);

// Passes the operation by its point. What the plan answers; nothing where no fault fires. Blocks nobody and
// switches no fibre; any number of OS threads may pass operations of their own worlds at the same time.
[[nodiscard]] std::optional<Answer> pass(Plan& plan, const Op& op);

}  // namespace wallop::faults
