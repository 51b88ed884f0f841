// SPDX-License-Identifier: Apache-2.0
// Which engines this build has, and which it lacks. CMake defines WALLOP_HAVE_* where it found the package.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/peers/peer.h"

namespace wallop::bench {

std::span<const EngineKind> engines() {
  static const std::vector<EngineKind> kinds{
      kWallopEngine, kNaiveEngine,    kNaiveZeroedEngine,
#ifdef WALLOP_HAVE_LEVELDB
      kLevelEngine,
#endif
#ifdef WALLOP_HAVE_ROCKSDB
      kRocksEngine,  kRocksLogEngine,
#endif
#ifdef WALLOP_HAVE_SQLITE
      kSqliteEngine,
#endif
  };
  return kinds;
}

std::span<const MissingEngine> missing_engines() {
  static const std::vector<MissingEngine> missing{
#ifndef WALLOP_HAVE_LEVELDB
      {"leveldb", "libleveldb-dev"},
#endif
#ifndef WALLOP_HAVE_ROCKSDB
      {"rocksdb", "librocksdb-dev"},
      {"rocksdb-log", "librocksdb-dev"},
#endif
#ifndef WALLOP_HAVE_SQLITE
      {"sqlite", "libsqlite3-dev"},
#endif
  };
  return missing;
}

void give_up(std::string_view why) {
  std::fprintf(stderr, "wallop_peer: %.*s\n", static_cast<int>(why.size()), why.data());
  std::_Exit(1);
}

}  // namespace wallop::bench
