// SPDX-License-Identifier: Apache-2.0
// The one place that calls libfiu; empty in the plain build.
#include "wal/points.h"

#ifdef WALLOP_WAL_POINTED
#include <fiu-local.h>

#include "base/ensure.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

bool passes(const char* name) {
  static const bool ready = fiu_init(0) == 0;  // Does nothing where whoever enables points has called it.
  base::ensure(ready, "libfiu can be initialised");
  return fiu_fail(name) != 0;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
#endif
