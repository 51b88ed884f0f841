// SPDX-License-Identifier: Apache-2.0
// The judges of the stress, judged: each kind of loss, repetition and mixture is told.
#include "wal/stress/judge.h"

#include <catch2/catch.hpp>
#include <deque>

namespace wallop::wal::stress {
namespace {

// Records of two writers as a reader would show them.
struct Shown {
  Sequence sequence{2};
  std::deque<std::string> texts;

  std::string show(std::uint64_t lsn, const Name& name) { return show(lsn, key_of(name), value_of(name)); }
  std::string show(std::uint64_t lsn, const std::string& key, const std::string& value) {
    RecordView view;
    view.lsn = Lsn(lsn);
    view.record = Record::put(texts.emplace_back(key), texts.emplace_back(value));
    return sequence.take(view);
  }
};

TEST_CASE("what a writer wrote is known by its bytes, and nothing else is") {
  const Name name{1, 50, 2, 3};
  const std::string key = key_of(name);
  std::string value = value_of(name);
  REQUIRE(name_of(Record::put(key, value)) == name);
  REQUIRE_FALSE(name_of(Record::erase(key)).has_value());
  REQUIRE_FALSE(name_of(Record::put(key + " ", value)).has_value());
  value.back() ^= 1;
  REQUIRE_FALSE(name_of(Record::put(key, value)).has_value());
  REQUIRE_FALSE(name_of(Record::put(key, "")).has_value());
}

TEST_CASE("each writer's records one after another are in order, from wherever they begin") {
  Shown shown;
  REQUIRE(shown.show(7, {0, 3}) == "");
  REQUIRE(shown.show(8, {1, 9}) == "");
  REQUIRE(shown.show(9, {0, 4}) == "");
  REQUIRE(shown.sequence.first() == Lsn(7));
  REQUIRE(shown.sequence.last() == Lsn(9));
  REQUIRE(shown.sequence.end() == "");
}

TEST_CASE("a record of other bytes, or of nobody, is none that was written") {
  REQUIRE(Shown().show(1, key_of({0, 1}), value_of({0, 2})) != "");
  REQUIRE(Shown().show(1, "x", "") != "");
  REQUIRE(Shown().show(1, {2, 1}) != "");
}

TEST_CASE("a gap in the LSNs, and one that comes twice, are told") {
  for (const std::uint64_t lsn : {1U, 3U}) {
    Shown shown;
    shown.show(1, {0, 1});
    REQUIRE(shown.show(lsn, {0, 2}) != "");
  }
}

TEST_CASE("a writer's record that is missing, and one that comes twice, are told") {
  for (const std::uint64_t number : {1U, 3U}) {
    Shown shown;
    shown.show(1, {0, 1});
    REQUIRE(shown.show(2, {0, number}) != "");
  }
}

TEST_CASE("behind what was deleted records stand further on, and never further back") {
  Shown shown;
  shown.show(1, {0, 1});
  shown.sequence.skip();
  REQUIRE(shown.show(5, {0, 4}) == "");
  shown.sequence.skip();
  REQUIRE(shown.show(5, {1, 1}) != "");
  shown.sequence.skip();
  REQUIRE(shown.show(6, {0, 4}) != "");
}

TEST_CASE("a batch that is not whole is told: cut, mixed with another's record, or begun in its middle") {
  Shown cut;
  REQUIRE(cut.show(1, {0, 1, 0, 2}) == "");
  REQUIRE(cut.sequence.end() != "");
  REQUIRE(cut.show(2, {1, 1}) != "");
  Shown begun;
  begun.show(1, {0, 1});
  REQUIRE(begun.show(2, {0, 2, 1, 2}) != "");
}

TEST_CASE("a reader may begin in the middle of a batch") {
  Shown shown;
  REQUIRE(shown.show(2, {0, 2, 1, 2}) == "");
  REQUIRE(shown.sequence.end() == "");
}

TEST_CASE(
    "what was acknowledged and is gone is lost; what was only appended may go unless the log was closed") {
  Shown shown;
  shown.show(1, {0, 1});
  const Found one{1, Lsn(1)};
  const Found two{2, Lsn(2)};
  REQUIRE(judge_survival(shown.sequence, shown.sequence.first(), 0, {two, one}, Ending::abandoned) == "");
  REQUIRE(judge_survival(shown.sequence, shown.sequence.first(), 0, {two, two}, Ending::abandoned) != "");
  REQUIRE(judge_survival(shown.sequence, shown.sequence.first(), 0, {two, one}, Ending::closed) != "");
}

TEST_CASE("what was refused and is there is told where the log was closed") {
  Shown shown;
  shown.show(1, {0, 1});
  shown.show(2, {0, 2});
  const Found one{1, Lsn(1)};
  REQUIRE(judge_survival(shown.sequence, shown.sequence.first(), 0, {one, one}, Ending::closed) != "");
  REQUIRE(judge_survival(shown.sequence, shown.sequence.first(), 0, {one, one}, Ending::abandoned) == "");
}

TEST_CASE("what stood in front of the log's first record was deleted, not lost") {
  Shown shown;
  shown.show(5, {0, 1});
  const Found deleted{1, Lsn(4)};
  REQUIRE(judge_survival(shown.sequence, shown.sequence.first(), 1, {deleted, deleted}, Ending::closed) ==
          "");
  REQUIRE(judge_survival(Sequence(2), Lsn(5), 1, {deleted, deleted}, Ending::closed) == "");
  REQUIRE(judge_survival(Sequence(2), Lsn(4), 1, {deleted, deleted}, Ending::closed) != "");
}

}  // namespace
}  // namespace wallop::wal::stress
