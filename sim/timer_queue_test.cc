// SPDX-License-Identifier: Apache-2.0
// Deadlines come out in order, ties by arrival, and can be taken back.
#include "sim/timer_queue.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/choices.h"

namespace wallop::sim {
namespace {

io::Instant at(std::int64_t nanoseconds) {
  return io::Instant(io::Duration(nanoseconds));
}

TEST_CASE("the earliest deadline comes out first, equal ones as they arrived") {
  TimerQueue timers;
  timers.add(1, at(20));
  timers.add(2, at(10));
  timers.add(3, at(20));
  timers.add(4, at(10));
  for (const FibreId expected : {2U, 4U, 1U, 3U}) REQUIRE(timers.pop() == expected);
  REQUIRE(timers.empty());
}

TEST_CASE("a deadline that was taken back does not come out, and can be set again") {
  TimerQueue timers;
  timers.add(1, at(10));
  timers.add(2, at(20));
  timers.remove(1);
  timers.remove(1);
  REQUIRE(timers.find(1) == nullptr);
  timers.add(1, at(30));
  REQUIRE(timers.pop() == 2);
  REQUIRE(timers.pop() == 1);
}

TEST_CASE("a million waits that are cut short leave nothing behind") {
  TimerQueue timers;
  for (int i = 0; i < 1'000'000; ++i) {
    timers.add(3, at(3'600'000'000'000 + i));
    timers.remove(3);
  }
  REQUIRE(timers.size() == 0);
}

// Goal: any mix of adding, taking back and popping agrees with a sorted list.
// Method: a seeded walk, beside the obvious implementation.
TEST_CASE("random sequences agree with a sorted list") {
  struct Entry {
    std::int64_t at;
    int arrival;
    FibreId id;
    auto operator<=>(const Entry&) const = default;
  };
  base::Seeded draws(7);
  TimerQueue timers;
  std::vector<Entry> sorted;
  for (int step = 0; step < 20'000; ++step) {
    const auto ordinal = static_cast<std::uint64_t>(step);
    const auto id = static_cast<FibreId>(draws.below(40, 1, ordinal));
    const auto same = std::ranges::find(sorted, id, &Entry::id);
    if (same != sorted.end()) {
      timers.remove(id);
      sorted.erase(same);
    } else if (!sorted.empty() && draws.chance(1, 4, 2, ordinal)) {
      REQUIRE(timers.pop() == sorted.front().id);
      sorted.erase(sorted.begin());
    } else {
      const auto when = static_cast<std::int64_t>(draws.below(50, 3, ordinal));
      timers.add(id, at(when));
      sorted.push_back({when, step, id});
      std::ranges::sort(sorted);
    }
    REQUIRE(timers.size() == sorted.size());
  }
}

}  // namespace
}  // namespace wallop::sim
