// SPDX-License-Identifier: Apache-2.0
#define FIU_ENABLE 1
#include "faults/point_count.h"

#include <fiu.h>

#include <array>
#include <catch2/catch.hpp>

#include "io/posix_world.h"

namespace wallop::faults {
namespace {

constexpr std::array<std::string_view, 3> kNames{"test/a", "test/b", "test/never"};

TEST_CASE("points are counted while somebody counts, on that thread alone, and never fire") {
  io::PosixWorld machine(".");
  REQUIRE_FALSE(counts_points());
  for (int round = 0; round < 2; ++round) {
    const PointCount count(kNames);
    REQUIRE(counts_points());
    for (int i = 0; i < 3; ++i) REQUIRE(fiu_fail("test/a") == 0);
    REQUIRE(fiu_fail("test/b") == 0);
    machine.world().threads.spawn("other", [] { fiu_fail("test/b"); });  // Joined at once.
    REQUIRE(std::vector(count.counts().begin(), count.counts().end()) == std::vector<std::uint64_t>{3, 1, 0});
  }
  REQUIRE_FALSE(counts_points());
  REQUIRE(fiu_fail("test/a") == 0);
}

TEST_CASE("without names nothing is counted, and no world needs to ask") {
  const PointCount count({});
  REQUIRE_FALSE(counts_points());
}

}  // namespace
}  // namespace wallop::faults
