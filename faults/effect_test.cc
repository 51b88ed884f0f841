// SPDX-License-Identifier: Apache-2.0
// Joining two effects: each rule, and all pairs of tears of a write of six bytes.
#include "faults/effect.h"

#include <catch2/catch.hpp>
#include <cerrno>

namespace wallop::faults {
namespace {

using std::chrono::milliseconds;

Effect joined(Effect first, const Effect& second) {
  join(first, second);
  return first;
}

constexpr unsigned kBytes = 6;

// The bytes whose bit is set, as ranges.
std::vector<ByteRange> ranges(unsigned bits) {
  std::vector<ByteRange> list;
  for (unsigned i = 0; i < kBytes; ++i) {
    if ((bits >> i & 1U) == 0) continue;
    if (!list.empty() && list.back().end == i) {
      ++list.back().end;
    } else {
      list.push_back({i, i + 1});
    }
  }
  return list;
}

TEST_CASE("what two tears both let last lasts, over all pairs of tears of six bytes") {
  for (unsigned left = 0; left < 1U << kBytes; ++left) {
    for (unsigned right = 0; right < 1U << kBytes; ++right) {
      const auto both = joined({.lasting = ranges(left)}, {.lasting = ranges(right)}).lasting;
      if (both != ranges(left & right)) FAIL(left << " and " << right);
    }
  }
  REQUIRE(joined({.lasting = ranges(5)}, {}).lasting == ranges(5));
  REQUIRE(joined({}, {.lasting = ranges(5)}).lasting == ranges(5));
  REQUIRE_FALSE(joined({}, {}).lasting);
}

TEST_CASE("the first errno wins, and one effect that reaches nothing is enough") {
  REQUIRE(joined({.os_error = EIO}, {.os_error = ENOSPC}).os_error == EIO);
  REQUIRE(joined({}, {.os_error = ENOSPC}).os_error == ENOSPC);
  REQUIRE(joined({.reach = Reach::nothing}, {}).reach == Reach::nothing);
  REQUIRE(joined({}, {.reach = Reach::nothing}).reach == Reach::nothing);
}

TEST_CASE("waits add up, slowdowns multiply and the latest stall holds") {
  const io::Instant early(milliseconds(5));
  const io::Instant late(milliseconds(9));
  const Effect one{.extra_wait = milliseconds(1), .slowdown = 2, .stalled_until = late};
  const Effect other{.extra_wait = milliseconds(2), .slowdown = 10, .stalled_until = early};
  const Effect both{.extra_wait = milliseconds(3), .slowdown = 20, .stalled_until = late};
  REQUIRE(joined(one, other) == both);
  REQUIRE(joined(other, one) == both);
  REQUIRE(joined({}, one) == one);
}

TEST_CASE("what one of two spoils is spoilt, as one range where they touch") {
  const Effect both = joined({.garbage = {{0, 2}, {8, 9}}, .unreadable = {{0, 1}}},
                             {.garbage = {{2, 4}, {6, 7}}, .unreadable = {{5, 6}}});
  REQUIRE(both.garbage == std::vector<ByteRange>{{0, 4}, {6, 7}, {8, 9}});
  REQUIRE(both.unreadable == std::vector<ByteRange>{{0, 1}, {5, 6}});
}

TEST_CASE("the first place elsewhere wins, and the lowest limit") {
  REQUIRE(joined({.elsewhere = Elsewhere{.shift = 1}}, {.elsewhere = Elsewhere{.path = "b"}}).elsewhere ==
          Elsewhere{.shift = 1});
  REQUIRE(joined({}, {.elsewhere = Elsewhere{.path = "b"}}).elsewhere == Elsewhere{.path = "b"});
  REQUIRE(joined({.bytes_per_second = 5}, {.bytes_per_second = 3}).bytes_per_second == 3);
  REQUIRE(joined({.commands_per_second = 5}, {}).commands_per_second == 5);
  REQUIRE(joined({}, {.commands_per_second = 5}).commands_per_second == 5);
}

TEST_CASE("steps of the clock add up, back and forth") {
  REQUIRE(joined({.wall_step = milliseconds(5)}, {.wall_step = -milliseconds(7)}).wall_step ==
          -milliseconds(2));
  REQUIRE(joined({.wall_step = io::Duration::min()}, {.wall_step = io::Duration::min()}).wall_step ==
          -kForever);
}

TEST_CASE("what would be longer than for ever, or slower than allowed, stays at the bound") {
  const Effect endless{.extra_wait = io::Duration::max(), .slowdown = ~0ULL};
  REQUIRE(joined({}, endless).extra_wait == kForever);
  REQUIRE(joined(endless, endless).extra_wait == kForever);
  REQUIRE(joined(endless, endless).slowdown == kSlowdownMax);
}

}  // namespace
}  // namespace wallop::faults
