// SPDX-License-Identifier: Apache-2.0
// Runs against a plain set.
#include "sim/range_set.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

namespace wallop::sim {
namespace {

using Ranges = RangeSet::Ranges;

TEST_CASE("runs that touch or overlap are one run") {
  RangeSet set;
  set.add(10, 20);
  set.add(20, 25);
  set.add(0, 5);
  set.add(4, 11);
  REQUIRE(set.ranges() == Ranges{{0, 25}});
  REQUIRE(set.count() == 25);
}

TEST_CASE("what is removed from the middle leaves both ends") {
  RangeSet set;
  set.add(0, 30);
  set.remove(10, 20);
  REQUIRE(set.ranges() == Ranges{{0, 10}, {20, 30}});
  REQUIRE(set.count_in(5, 25) == 10);
}

TEST_CASE("copies stay apart") {
  RangeSet set;
  for (std::uint64_t begin = 0; begin < 50; begin += 10) set.add(begin, begin + 5);
  const RangeSet before = set;
  set.remove_from(12);
  REQUIRE(set.ranges() == Ranges{{0, 5}, {10, 12}});
  REQUIRE(before.ranges().size() == 5);
}

TEST_CASE("nothing added and nothing removed change nothing") {
  RangeSet set;
  set.add(7, 7);
  set.remove(0, 100);
  REQUIRE(set.empty());
}

bool is_normal(const Ranges& ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].begin >= ranges[i].end) return false;
    if (i > 0 && ranges[i - 1].end >= ranges[i].begin) return false;
  }
  return true;
}

TEST_CASE("after any changes the runs hold what a plain set holds") {
  const bool holds = rc::check([] {
    RangeSet set;
    std::set<std::uint64_t> plain;
    const int step_count = *rc::gen::inRange(0, 40);
    for (int step = 0; step < step_count; ++step) {
      const auto begin = *rc::gen::inRange<std::uint64_t>(0, 50);
      const auto end = *rc::gen::inRange<std::uint64_t>(0, 60);
      const bool adds = *rc::gen::inRange(0, 3) != 0;
      adds ? set.add(begin, end) : set.remove(begin, end);
      for (std::uint64_t i = begin; i < end; ++i) adds ? (void)plain.insert(i) : (void)plain.erase(i);
      RC_ASSERT(is_normal(set.ranges()));
      RC_ASSERT(set.count() == plain.size());
    }
    for (std::uint64_t i = 0; i < 60; ++i) RC_ASSERT(set.count_in(i, i + 1) == plain.count(i));
    for (std::uint64_t i = 0; i < 60; ++i) RC_ASSERT(set.has(i) == plain.contains(i));
    const auto begin = *rc::gen::inRange<std::uint64_t>(0, 50);
    const auto end = *rc::gen::inRange<std::uint64_t>(begin + 1, 60);
    RC_ASSERT(set.covers(begin, end) == (set.count_in(begin, end) == end - begin));
    RC_ASSERT(set.count_in(0, 60) == plain.size());
  });
  REQUIRE(holds);
}

}  // namespace
}  // namespace wallop::sim
