// SPDX-License-Identifier: Apache-2.0
// ensure(): the way out when an invariant of ours does not hold.
#include "base/ensure.h"

#include <cstdio>
#include <cstdlib>

namespace wallop::base {

void ensure_failed(const char* what, std::source_location where) {
  std::fprintf(stderr, "%s:%u: %s: this must always hold and does not: %s\n", where.file_name(),
               static_cast<unsigned>(where.line()), where.function_name(), what);
  std::abort();
}

}  // namespace wallop::base
