// SPDX-License-Identifier: Apache-2.0
// OverTime: nothing is lost when stretches are joined.
#include "scenarios/run/over_time.h"

#include <catch2/catch.hpp>

namespace wallop::scenarios {
namespace {

using namespace std::chrono_literals;

TEST_CASE("latencies fall into the stretch in which they ended") {
  OverTime over_time;
  over_time.record(io::Instant{500us}, 10us);
  over_time.record(io::Instant{3ms}, 2ms);
  const auto intervals = over_time.intervals();
  REQUIRE(intervals.size() == 2);
  REQUIRE(intervals[0].begin == 0ms);
  REQUIRE(intervals[0].max == 10us);
  REQUIRE(intervals[1].begin == 3ms);
  REQUIRE(intervals[1].length == 1ms);
}

TEST_CASE("a long run has at most 128 stretches, and every latency is in one of them") {
  OverTime over_time;
  constexpr int kCount = 100'000;
  for (int i = 0; i < kCount; ++i) over_time.record(io::Instant{i * 1ms}, 1us * (i % 7));
  const auto intervals = over_time.intervals();
  REQUIRE(intervals.size() > 64);
  REQUIRE(intervals.size() <= OverTime::kStretchesMax);
  std::uint64_t count = 0;
  for (const reports::Interval& interval : intervals) {
    REQUIRE(interval.begin == intervals.front().length * static_cast<int>(&interval - intervals.data()));
    count += interval.count;
  }
  REQUIRE(count == kCount);
}

TEST_CASE("one late sample after a gap does not stretch time beyond need") {
  OverTime over_time;
  over_time.record(io::Instant{1ms}, 1us);
  over_time.record(io::Instant{24h}, 5us);
  const auto intervals = over_time.intervals();
  REQUIRE(intervals.size() == 2);
  REQUIRE(intervals.back().begin <= 24h);
  REQUIRE(intervals.back().begin + intervals.back().length > 24h);
  REQUIRE(intervals.back().length < 30min);
}

}  // namespace
}  // namespace wallop::scenarios
