// SPDX-License-Identifier: Apache-2.0
// A Result as JUnit XML, which CI systems show beside other tests: one suite for the scenarios, one for the
// checks.
//
// FAIL is a failure with the finding, the broken limits and the command that repeats it; SKIP, INCONCLUSIVE
// and MANUAL are skipped with their reason; WARN passes and says why in system-out.
#pragma once

#include <string>

#include "reports/result.h"

namespace wallop::reports {

[[nodiscard]] std::string to_junit(const Result& result);

}  // namespace wallop::reports
