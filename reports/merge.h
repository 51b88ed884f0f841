// SPDX-License-Identifier: Apache-2.0
// Two results as one: what `wallop check --out out` does to the result that `wallop run --out out` left
// there.
#pragma once

#include "reports/result.h"

namespace wallop::reports {

// Scenarios: all of `first`, then all of `second`. The checklist of `second` where it has one, else that of
// `first`. Facts of the environment by name, the later value standing where they differ. Commands one a line;
// the earlier start; the sum of the wall times. Versions, commits and compilers that differ are both named,
// so that no report hides that two builds made it.
[[nodiscard]] Result merge(Result first, Result second);

}  // namespace wallop::reports
