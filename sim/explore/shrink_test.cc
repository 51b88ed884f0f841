// SPDX-License-Identifier: Apache-2.0
// Shrinking finds the smallest case of a toy whatever it starts from, and keeps to its bound.
#include "sim/explore/shrink.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace wallop::sim {
namespace {

std::uint64_t answer_of(const Answers& answers, std::uint64_t subject) {
  const auto found = std::ranges::find(answers, subject, &Answer::subject);
  return found == answers.end() ? 0 : found->answer;
}

// Fails where a cut at 5 or later loses both sector 3 and sector 8.
bool toy_fails(const Answers& answers) {
  return answer_of(answers, 100) >= 5 && answer_of(answers, 3) != 0 && answer_of(answers, 8) != 0;
}

Answers toy(std::uint64_t cut, std::uint64_t sector_count, std::uint64_t fate) {
  Answers answers{{"crash.cut", 0, 100, 0, 64, cut}};
  for (std::uint64_t sector = 0; sector < sector_count; ++sector)
    answers.push_back({"crash.sector", 0, sector, 0, 5, fate});
  return answers;
}

TEST_CASE("every failing toy shrinks to the same smallest one") {
  const Answers smallest{
      {"crash.cut", 0, 100, 0, 64, 5}, {"crash.sector", 0, 3, 0, 5, 1}, {"crash.sector", 0, 8, 0, 5, 1}};
  for (std::uint64_t cut = 5; cut < 64; ++cut) {
    for (std::uint64_t fate = 1; fate < 5; ++fate) {
      const Answers failing = toy(cut, 20, fate);
      REQUIRE(toy_fails(failing));
      REQUIRE(shrink(failing, toy_fails, 1000).answers == smallest);
    }
  }
}

TEST_CASE("what shrinking returns fails, however few tries it had") {
  for (std::uint64_t tries = 0; tries < 40; ++tries) {
    const Shrunk shrunk = shrink(toy(60, 20, 4), toy_fails, tries);
    REQUIRE(toy_fails(shrunk.answers));
    REQUIRE(shrunk.try_count <= tries);
  }
}

TEST_CASE("what fails with all calm shrinks to nothing") {
  const auto always = [](const Answers&) { return true; };
  REQUIRE(shrink(toy(9, 3, 2), always, 100).answers.empty());
}

}  // namespace
}  // namespace wallop::sim
