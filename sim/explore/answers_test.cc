// SPDX-License-Identifier: Apache-2.0
// Enumeration misses nothing and repeats nothing; what was recorded replays; what no longer fits is named.
#include "sim/explore/answers.h"

#include <catch2/catch.hpp>
#include <set>
#include <vector>

namespace wallop::sim {
namespace {

using List = std::vector<std::uint64_t>;

// Questions that hang on answers: how many digits, then each of them.
List ask(base::Chooser& chooser) {
  List list{chooser.choose({"count", 0, 0}, 3)};
  for (std::uint64_t i = 0; i < list.front(); ++i) list.push_back(chooser.choose({"digit", i, 0}, i + 2));
  return list;
}

TEST_CASE("every list of answers comes once, the calm one first") {
  std::vector<List> lists;
  EveryChoice every;
  do {
    lists.push_back(ask(every));
  } while (every.next());
  REQUIRE(lists.front() == List{0});
  REQUIRE(lists.size() == 1 + 2 + 2 * 3);
  REQUIRE(std::set<List>(lists.begin(), lists.end()).size() == lists.size());
}

TEST_CASE("without a question there is one list") {
  EveryChoice every;
  REQUIRE(every.choose({"alone", 0, 0}, 1) == 0);
  REQUIRE_FALSE(every.next());
}

TEST_CASE("what an enumeration answered, replayed, answers the same") {
  EveryChoice every;
  std::uint64_t count = 0;
  do {
    const List asked = ask(every);
    const Answers answers = every.answers(1);
    Replay replay(answers, 1);
    REQUIRE(ask(replay) == asked);
    REQUIRE(replay.unused().empty());
    ++count;
  } while (every.next());
  REQUIRE(count == 9);
}

TEST_CASE("a recording leaves calm answers out, and replays on its level alone") {
  base::Seeded seeded(7);
  Recording recording(seeded, 2);
  const List asked = ask(recording);
  for (const Answer& answer : recording.answers()) REQUIRE((answer.answer != 0 && answer.level == 2));
  Replay replay(recording.answers(), 2);
  REQUIRE(ask(replay) == asked);
  Replay other_level(recording.answers(), 1);
  REQUIRE(ask(other_level) == List{0});
}

TEST_CASE("answers that nobody asks for, or that are too large now, are named") {
  const Answers answers{{"count", 0, 0, 0, 3, 1}, {"digit", 0, 0, 0, 9, 7}, {"gone", 0, 4, 4, 2, 1}};
  Replay replay(answers, 0);
  REQUIRE(ask(replay) == List{1, 0});
  REQUIRE(replay.unused() == Answers{answers[1], answers[2]});
}

TEST_CASE("answers read back from their JSON") {
  const Answers answers{{"crash.sector", 1, 3, 8, 4, 2}};
  Answers again;
  const std::string text = base::json::to_text(base::print(answers), base::json::Layout::indented);
  REQUIRE(base::read_document(text, again).empty());
  REQUIRE(again == answers);
}

}  // namespace
}  // namespace wallop::sim
