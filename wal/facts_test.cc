// SPDX-License-Identifier: Apache-2.0
// Facts about disks that other logs learned from lost data, each with what this log does about it.
#include <catch2/catch.hpp>

#include "wal/format.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;

// The place of the first line that is `wanted` at or behind `from`.
std::size_t place_of(const std::vector<std::string>& lines, const std::string& wanted, std::size_t from = 0) {
  REQUIRE(from <= lines.size());
  const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(from);
  const auto found = std::find(begin, lines.end(), wanted);
  INFO(wanted);
  REQUIRE(found != lines.end());
  return static_cast<std::size_t>(found - lines.begin());
}

// fdatasync of a file with blocks that were never written commits metadata with each sync (RocksDB D16761).
TEST_CASE("fact 1: a zero-filled segment is written and synced whole before its header says so") {
  LogFixture log;
  log.options.preallocate = Preallocate::zero_fill;
  log.open();
  const auto lines = log.files().take_operations();
  const std::string name = segment_name(SegmentId(1));
  const std::size_t filled = place_of(lines, "write " + name);
  const std::size_t synced = place_of(lines, "sync " + name, filled);
  REQUIRE(place_of(lines, "write " + name, synced) == synced + 1);
  REQUIRE(log.bytes_of_file(name).size() == log.options.segment_bytes);
}

// Blocks beyond the end of file were lost by a crash in spite of fdatasync (crashmonkey #70).
TEST_CASE("fact 2: reserved space lies inside the file's size") {
  LogFixture log;
  log.open();
  REQUIRE(log.bytes_of_file(segment_name(SegmentId(1))).size() == log.options.segment_bytes);
}

// A synced file whose name was never made durable is gone (SpacetimeDB #5785).
TEST_CASE("fact 4: a new segment's directory is synced before a record enters it") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.files().take_operations();
  log.fill_segment();
  const auto lines = log.files().take_operations();
  const std::string name = segment_name(SegmentId(2));
  const std::size_t headers = place_of(lines, "sync " + name);
  const std::size_t named = place_of(lines, "sync log", headers);
  REQUIRE(place_of(lines, "write " + name, named) > named);
}

// ext4, XFS and Btrfs mark pages clean when their sync fails: a second one succeeds over the hole.
TEST_CASE("fact 5: a sync that failed is never called again") {
  LogFixture log;
  log.open();
  log.write(1);
  log.files().fail({.operation = "sync 0"});
  REQUIRE_FALSE(log.append(2).has_value());
  log.files().heal();
  log.files().take_operations();
  REQUIRE(log.append(3).error().code == io::Code::poisoned);
  REQUIRE_FALSE(log.wal().sync().has_value());
  REQUIRE_FALSE(log.wal().close().has_value());
  for (const std::string& line : log.files().take_operations()) REQUIRE_FALSE(line.starts_with("sync "));
}

// What recovery reads after a process crash may be in memory alone (TigerBeetle, surrealkv #191).
TEST_CASE("fact 6: what recovery found is synced before anything else is written") {
  LogFixture log;
  log.options.sync = Os{};
  log.open();
  log.write(3);
  log.crash();
  log.files().take_operations();
  log.open();
  const auto lines = log.files().take_operations();
  const std::size_t synced = place_of(lines, "sync " + segment_name(SegmentId(1)));
  const std::size_t written = place_of(lines, "write " + segment_name(SegmentId(2)));
  REQUIRE(synced < written);
}

// Appending behind a torn tail can bring an older frame further on back to life.
TEST_CASE(
    "fact 7: after a torn tail nothing is written to that file, and an older frame behind it stays dead") {
  LogFixture log;
  log.options.sync = Os{};
  log.open();
  log.write(5);
  const Position third = log.position_of(3);
  log.crash();
  log.flip(third);
  const std::string torn = log.bytes_of_file(segment_name(third.segment));
  log.open();
  REQUIRE_OK(log.append(3));
  REQUIRE(log.bytes_of_file(segment_name(third.segment)) == torn);
  log.reopen();
  REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
}

// etcd #14098: a length of 13,563,782,407,139,376 bytes was believed.
TEST_CASE("fact 8: no bit of a length is believed without its checksum") {
  for (std::size_t bit = 0; bit < 32; bit += 5) {
    LogFixture log;
    log.options.sync = Os{};
    log.open();
    log.write(2);
    const Position second = log.position_of(2);
    log.crash();
    const std::uint64_t at = second.offset - kFrameHeaderBytes + frame_at::kPayloadBytes + bit / 8;
    const std::string name = segment_name(second.segment);
    const char flipped = static_cast<char>(log.bytes_of_file(name)[at] ^ (1 << (bit % 8)));
    log.overwrite(name, at, std::string(1, flipped));
    REQUIRE(log.open().last == Lsn(1));
  }
}

// Copies of a sound segment's bytes at another place, under another id, or of another log say nothing.
TEST_CASE("fact 8: a frame at another offset or in another segment is no frame") {
  LogFixture log;
  log.options.sync = Os{};
  log.open();
  log.write(3);
  const Position second = log.position_of(2);
  log.crash();
  const std::string name = segment_name(second.segment);
  const std::string bytes = log.bytes_of_file(name);
  const std::uint64_t begin = second.offset - kFrameHeaderBytes;
  log.overwrite(name, begin + 8 * 64, bytes.substr(begin, 2 * 64));
  log.overwrite(segment_name(SegmentId(7)), 0, bytes);
  REQUIRE(log.open_code() == io::Code::corrupt);  // Segment 7's header is segment 1's.
  log.remove(segment_name(SegmentId(7)));
  REQUIRE(log.open().last == Lsn(3));
}

// A neighbour of a sector that is rewritten may tear with it.
TEST_CASE("fact 9: bytes that were synced are never written again") {
  LogFixture log;
  log.open();
  for (std::uint64_t n = 1; n < 6; ++n) {
    log.write(1);
    REQUIRE(log.position_of(n).offset / kBlock == 4 + n);
  }
}

// etcd #14025: a legal write of 10 MB bricked the node that had to read it.
TEST_CASE("fact 11: the largest record that is taken is read back, and one byte more is refused") {
  LogFixture log;
  log.open();
  std::uint64_t low = 1;
  std::uint64_t high = log.options.segment_bytes;
  while (low + 1 < high) {
    const std::uint64_t middle = (low + high) / 2;
    const std::string value(middle, 'v');
    const auto placed = log.wal().append(Record::put("k", value));
    if (!placed) REQUIRE(placed.error().code == io::Code::too_large);
    (placed ? low : high) = middle;
  }
  const std::string largest(low, 'v');
  const Lsn lsn = log.wal().append(Record::put("k", largest))->lsn;
  log.reopen();
  auto reader = log.wal().read_from(lsn);
  REQUIRE(text_of((*reader->next())->record.value) == largest);
}

}  // namespace
}  // namespace wallop::wal
