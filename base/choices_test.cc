// SPDX-License-Identifier: Apache-2.0
// Draws are a pure function of (seed, site, ordinal); seeded choices cover every answer.
#include "base/choices.h"

#include <catch2/catch.hpp>
#include <set>

namespace wallop::base {
namespace {

TEST_CASE("a draw depends on seed, site and ordinal, and on nothing that was drawn before") {
  Seeded one(1), again(1), other(2);
  for (std::uint64_t i = 0; i < 100; ++i) (void)one.bits(3, i);
  REQUIRE(one.bits(5, 9) == again.bits(5, 9));
  REQUIRE(one.bits(5, 9) != other.bits(5, 9));
  REQUIRE(one.bits(5, 9) != one.bits(5, 10));
  REQUIRE(one.bits(5, 9) != one.bits(6, 9));
}

TEST_CASE("the generator's values are fixed for ever: a seed in a repro file keeps its meaning") {
  REQUIRE(Seeded(1).bits(site_number("disk.latency"), 0) == 0xf0b38b37508fd05d);
}

TEST_CASE("a chance of one in ten comes true about one time in ten") {
  Seeded draws(1);
  int hits = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) hits += draws.chance(1, 10, 1, i) ? 1 : 0;
  REQUIRE(hits > 9'600);
  REQUIRE(hits < 10'400);
}

TEST_CASE("seeded choices reach every answer") {
  Seeded chooser(1);
  std::set<std::uint64_t> answers;
  for (int i = 0; i < 200; ++i) answers.insert(chooser.choose({"site"}, 7));
  REQUIRE(answers.size() == 7);
  REQUIRE(*answers.rbegin() == 6);
}

TEST_CASE("a question with one answer is not counted") {
  Seeded plain(1), asked(1);
  (void)asked.choose({"site"}, 1);
  REQUIRE(plain.choose({"site"}, 1000) == asked.choose({"site"}, 1000));
}

}  // namespace
}  // namespace wallop::base
