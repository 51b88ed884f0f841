// SPDX-License-Identifier: Apache-2.0
#include "wal/holes.h"

#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;
using testing::range;

Holes holes_of(LogFixture& log) {
  const auto found = examine(log.world(), "log", ReadVia::cache);
  REQUIRE_OK(found);
  auto holes = find_holes(log.world(), *found);
  REQUIRE_OK(holes);
  return *holes;
}

Hole only_hole(const Holes& holes) {
  REQUIRE(holes.holes.size() == 1);
  return holes.holes.front();
}

// Many records in one frame.
void append_batch(LogFixture& log, std::uint64_t count) {
  std::vector<std::string> keys(count, "key");
  std::vector<Record> records;
  for (const std::string& key : keys) records.push_back(Record::put(key, "some value"));
  REQUIRE_OK(log.wal().append_batch(records));
}

TEST_CASE("a sound log has no hole, and nothing in it is out of reach") {
  LogFixture log;
  log.open();
  log.write(10);
  log.crash();
  const Holes holes = holes_of(log);
  REQUIRE(holes.holes.empty());
  REQUIRE(holes.out_of_reach_count == 0);
}

TEST_CASE("a flipped bit in a record costs that record, and the rest of it is out of reach") {
  LogFixture log;
  log.open();
  log.write(10);
  const Position fifth = log.position_of(5);
  log.flip(fifth);
  log.crash();
  const Holes holes = holes_of(log);
  const Hole hole = only_hole(holes);
  REQUIRE(hole.lsns == range(5, 5));
  REQUIRE(hole.segment == fifth.segment);
  REQUIRE(hole.offset == fifth.offset - kFrameHeaderBytes);
  REQUIRE(hole.why == "the frame's payload does not match its checksum");
  REQUIRE(holes.out_of_reach == range(6, 10));
  REQUIRE(holes.out_of_reach_count == 5);
}

TEST_CASE("of a frame with many records only the damaged one is gone") {
  LogFixture log;
  log.open();
  append_batch(log, 20);
  log.flip(log.position_of(7));
  append_batch(log, 1);
  log.crash();
  const Holes holes = holes_of(log);
  REQUIRE(only_hole(holes).lsns == range(7, 7));
  REQUIRE(holes.out_of_reach == range(1, 21));
  REQUIRE(holes.out_of_reach_count == 20);
}

TEST_CASE("a frame whose header is damaged is gone with all its records") {
  LogFixture log;
  log.open();
  log.write(3);
  append_batch(log, 20);
  Position at = log.position_of(4);
  at.offset -= kFrameHeaderBytes;
  append_batch(log, 2);
  log.flip(at);
  log.crash();
  const Hole hole = only_hole(holes_of(log));
  REQUIRE(hole.lsns == range(4, 23));
  REQUIRE(hole.offset == at.offset);
  REQUIRE(hole.why == "no frame header there validates");
}

TEST_CASE("two damaged records are two holes, each where it is") {
  LogFixture log;
  log.open();
  log.write(10);
  log.flip(log.position_of(3));
  log.flip(log.position_of(8));
  log.crash();
  const Holes holes = holes_of(log);
  REQUIRE(holes.holes.size() == 2);
  REQUIRE(holes.holes[0].lsns == range(3, 3));
  REQUIRE(holes.holes[1].lsns == range(8, 8));
  REQUIRE(holes.holes[0].offset < holes.holes[1].offset);
}

TEST_CASE("a file that is gone is a hole of all that it held") {
  LogFixture log;
  log.open();
  log.fill_segment();
  const std::uint64_t first = log.wal().stats().durable.value();  // The first one of segment 2.
  log.fill_segment();
  const std::uint64_t behind = log.wal().stats().durable.value();
  log.crash();
  log.remove(segment_name(SegmentId(2)));
  const Holes holes = holes_of(log);
  const Hole hole = only_hole(holes);
  REQUIRE(hole.lsns == range(first, behind - 1));
  REQUIRE(hole.segment == SegmentId(2));
  REQUIRE(hole.why == "there is no such file");
}

TEST_CASE("a damaged link frame costs no record") {
  LogFixture log;
  log.open();
  log.write(5);
  log.crash();
  log.flip({SegmentId(1), kDataBlock * kBlock + 20});
  REQUIRE(log.inspect().corruption_detected());
  const Holes holes = holes_of(log);
  REQUIRE(holes.holes.empty());
  REQUIRE(holes.out_of_reach == range(1, 5));
}

TEST_CASE("a record that a recovery dropped does not stand for a later one with its LSN") {
  LogFixture log;
  log.open();
  log.write(5);
  const Position fifth = log.position_of(5);
  log.crash();
  log.flip(fifth);  // Nothing proves it: torn, and the log goes on with another record 5.
  log.reopen();
  log.crash();
  log.flip(fifth);  // Whole again, and dropped.
  log.reopen();
  REQUIRE_OK(log.append(5));
  REQUIRE_OK(log.append(6));
  const Position later = log.position_of(5);
  REQUIRE(later.segment != fifth.segment);
  log.flip(later);
  log.crash();
  REQUIRE(only_hole(holes_of(log)).lsns == range(5, 5));
}

TEST_CASE("what was accepted as lost is no hole") {
  LogFixture log;
  log.open();
  log.write(10);
  log.flip(log.position_of(5));
  log.crash();
  log.options.recovery = RecoveryMode::prefix;
  log.open();
  REQUIRE_OK(log.append(11));
  REQUIRE_OK(log.append(12));
  const Position damaged = log.position_of(10);
  log.flip(damaged);
  log.crash();
  const Holes holes = holes_of(log);
  REQUIRE(only_hole(holes).segment == damaged.segment);
}

}  // namespace
}  // namespace wallop::wal
