// SPDX-License-Identifier: Apache-2.0
// Appending, reading, rotation, batches, deletion: the calm life of a log.
#include <catch2/catch.hpp>

#include "wal/format.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;

TEST_CASE("a position leads back to its record, and to all after it") {
  LogFixture log;
  log.value_bytes = 900;
  log.open();
  log.write(100);
  for (const std::uint64_t n : {1UL, 2UL, 40UL, 99UL, 100UL}) {
    REQUIRE(log.read(log.wal().read_from(log.position_of(n))) == LogFixture::numbers(n, 100));
    REQUIRE(log.read(log.wal().read_from(Lsn(n))) == LogFixture::numbers(n, 100));
  }
  REQUIRE(log.read(log.wal().read_from(log.wal().current_position())).empty());
  REQUIRE(log.read(log.wal().read_from(Lsn(101))).empty());
}

TEST_CASE("append says where the record lies that it appended") {
  LogFixture log;
  log.value_bytes = 900;
  log.open();
  std::vector<Position> said;
  for (std::uint64_t n = 1; n <= 80; ++n) said.push_back(log.append(n)->position);
  for (std::uint64_t n = 1; n <= 80; ++n) REQUIRE(log.position_of(n) == said[n - 1]);
}

TEST_CASE("the current position separates what was appended before from what comes after") {
  LogFixture log;
  log.open();
  log.write(3);
  const Position between = log.wal().current_position();
  log.write(2);
  REQUIRE(log.read(log.wal().read_from(between)) == LogFixture::numbers(4, 5));
}

TEST_CASE("the last valid position of a recovery leads to what was appended since") {
  LogFixture log;
  log.open();
  log.write(3);
  const RecoveryInfo info = log.reopen();
  log.write(2);
  REQUIRE(log.read(log.wal().read_from(info.last_valid)) == LogFixture::numbers(4, 5));
}

TEST_CASE("compressed records of one log read back whole, before and after a reopen") {
  LogFixture log;
  log.open();
  const std::string value(20'000, 'v');
  const auto check = [&] {
    auto reader = log.wal().read_from(Position::start());
    REQUIRE_OK(reader);
    for (const Compression how : {Compression::lz4, Compression::zstd, Compression::none}) {
      auto next = reader->next();
      REQUIRE_OK(next);
      REQUIRE((*next)->record == Record::put("key", value));
      REQUIRE((*next)->record.compression == how);
    }
  };
  for (const Compression how : {Compression::lz4, Compression::zstd, Compression::none})
    REQUIRE_OK(log.wal().append(Record::put("key", value).with_compression(how)));
  check();
  log.reopen();
  check();
}

TEST_CASE("a reader ends where the log ended when it was made") {
  LogFixture log;
  log.open();
  log.write(3);
  auto reader = log.wal().read_from(Position::start());
  log.write(3);
  REQUIRE(log.read(std::move(reader)) == LogFixture::numbers(1, 3));
}

TEST_CASE("a reader sees what is accepted and not yet written") {
  LogFixture log;
  log.options.sync = Batch{.window = std::chrono::seconds(60)};
  log.open();
  log.write(3);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
}

TEST_CASE("a reader tells damage that came after the log was opened, again and again") {
  LogFixture log;
  log.open();
  log.write(3);
  auto reader = log.wal().read_from(Position::start());
  log.flip(log.position_of(2));
  REQUIRE_OK(reader->next());
  REQUIRE(reader->next().error().code == io::Code::corrupt);
  REQUIRE(reader->next().error().code == io::Code::corrupt);
}

TEST_CASE("records of every edge size are read back, before and after a reopening") {
  LogFixture log;
  log.options.segment_bytes = 64 * kBlock;
  log.open();
  std::vector<std::string> values;
  for (const std::size_t size :
       {0UL, 1UL, 63UL, 64UL, 127UL, 128UL, 4095UL, 4096UL, 4097UL, 100'000UL, 200'000UL}) {
    values.emplace_back(size, static_cast<char>('a' + values.size()));
    REQUIRE_OK(log.wal().append(Record::put("k", values.back())));
  }
  for (int round = 0; round < 2; ++round) {
    auto reader = log.wal().read_from(Position::start());
    for (const std::string& value : values) REQUIRE(text_of((*reader->next())->record.value) == value);
    REQUIRE_FALSE(reader->next()->has_value());
    log.reopen();
  }
}

TEST_CASE("the largest record that a segment takes is taken, and one byte more is too large") {
  LogFixture log;
  log.open();
  log.write(1);
  const std::uint64_t payload_max = (16 - 4 - 1 - 1 - 1) * kBlock  // Headers, footer, kept room, link.
                                    - kFrameHeaderBytes;
  const std::string largest(payload_max - 10, 'x');  // Kind, two lengths (1 + 3), key, checksum (4).
  REQUIRE(log.wal().append(Record::put("kk", largest)).error().code == io::Code::too_large);
  REQUIRE(log.wal().stats().appended == Lsn(1));
  REQUIRE_OK(log.wal().append(Record::put("k", largest)));
  log.reopen();
  auto reader = log.wal().read_from(Lsn(2));
  REQUIRE((*reader->next())->record.value.size() == largest.size());
}

TEST_CASE("a record above record_bytes_max is too large, and changes nothing") {
  LogFixture log;
  log.options.record_bytes_max = 100;
  log.open();
  REQUIRE(log.wal().append(Record::put("k", std::string(95, 'x'))).error().code == io::Code::too_large);
  log.write(2);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 2));
}

TEST_CASE("segments follow each other without a gap in LSNs, and say what they hold") {
  LogFixture log;
  log.value_bytes = 1500;
  log.open();
  log.fill_segment().fill_segment().fill_segment();
  const auto segments = log.wal().segments();
  REQUIRE(segments.size() == 4);
  for (std::size_t i = 1; i < segments.size(); ++i) {
    REQUIRE(segments[i].lsns.first == segments[i - 1].lsns.last.next());
    REQUIRE(segments[i].id > segments[i - 1].id);
    REQUIRE(segments[i].bytes <= log.options.segment_bytes);
  }
  REQUIRE(log.wal().stats().rotation_count == 3);
}

TEST_CASE("rotate starts a segment where the current one holds a record, and does nothing else") {
  LogFixture log;
  log.open();
  REQUIRE_OK(log.wal().rotate());
  REQUIRE(log.wal().segments().size() == 1);
  log.write(1);
  REQUIRE_OK(log.wal().rotate());
  REQUIRE_OK(log.wal().rotate());
  REQUIRE(log.wal().segments().size() == 2);
  log.write(1);
  log.reopen();
  REQUIRE(log.read_all() == LogFixture::numbers(1, 2));
}

TEST_CASE("a rotation costs the append no flush of its own where a segment is ready") {
  LogFixture log;
  log.value_bytes = 3000;
  log.options.spare_segments = 1;
  log.open();
  log.fill_segment();
  const Stats stats = log.wal().stats();
  REQUIRE(stats.sync_count == stats.record_count);  // Always, one writer: one sync for each.
}

TEST_CASE("a group in a new segment is not acknowledged before the old segment is durable") {
  LogFixture log;
  log.options.sync = Os{.buffer_bytes = 1 << 20, .buffer_time = std::chrono::seconds(60)};
  log.open();
  log.write(3);
  REQUIRE_OK(log.wal().rotate());
  log.write(1);
  log.files().take_operations();
  REQUIRE(log.wal().sync().value() == Lsn(4));
  auto operations = log.files().take_operations();
  std::erase_if(operations, [](const std::string& line) { return !line.starts_with("sync 0"); });
  REQUIRE(operations.back() == "sync " + segment_name(SegmentId(2)));
}

TEST_CASE("a block that a sync covered is never written again") {
  LogFixture log;
  log.open();
  Position before = log.append(1)->position;
  for (std::uint64_t n = 2; n < 10; ++n) {
    const Position placed = log.append(n)->position;
    if (placed.segment == before.segment) REQUIRE(placed.offset / kBlock > before.offset / kBlock);
    before = placed;
  }
}

TEST_CASE("packed: what follows a sync begins right behind it, and reads back as it was") {
  LogFixture log;
  log.options.sectors = Sectors::packed;
  log.open();
  Position before = log.append(1)->position;
  for (std::uint64_t n = 2; n < 200; ++n) {
    const Position placed = log.append(n)->position;
    if (placed.segment == before.segment) REQUIRE(placed.offset - before.offset == 2 * kFrameAlignment);
    before = placed;
  }
  REQUIRE_OK(log.wal().delete_segments_before(SegmentId(1)));
  log.reopen();
  REQUIRE(log.read_all() == LogFixture::numbers(1, 199));
}

TEST_CASE("packed takes a frame for each synced record where fresh takes a block") {
  const auto bytes_of_100 = [](Sectors sectors) {
    LogFixture log;
    log.options.segment_bytes = 1 << 20;
    log.options.sectors = sectors;
    log.value_bytes = 100;
    log.open();
    const std::uint64_t begin = log.wal().current_segment_bytes();
    for (std::uint64_t n = 1; n <= 100; ++n) REQUIRE_OK(log.append(n));
    return log.wal().current_segment_bytes() - begin;
  };
  REQUIRE(bytes_of_100(Sectors::packed) == 100 * 3 * kFrameAlignment);
  REQUIRE(bytes_of_100(Sectors::fresh) >= 99 * kBlock);
}

TEST_CASE("a batch is one frame: all of it or none after a torn write") {
  LogFixture log;
  log.options.sync = Os{};
  log.open();
  log.write(2);
  const std::vector<Record> batch = {Record::put("a", "1"), Record::put("b", "2"), Record::erase("a")};
  const auto appended = log.wal().append_batch(batch);
  REQUIRE_OK(appended);
  REQUIRE(appended->lsns == LsnRange{Lsn(3), Lsn(5)});
  REQUIRE(log.reopen().last == Lsn(5));
  log.crash();
  log.flip(appended->last);
  REQUIRE(log.open_code() == io::Code::corrupt);  // The open before had served it.
}

TEST_CASE("a torn batch leaves no record of it") {
  LogFixture log;
  log.options.sync = Os{};
  log.open();
  log.write(2);
  const std::vector<Record> batch = {Record::put("a", "1"), Record::put("b", "2"), Record::erase("a")};
  const Position last = log.wal().append_batch(batch)->last;
  log.crash();
  log.flip(last);
  REQUIRE(log.open().last == Lsn(2));
}

TEST_CASE("a batch of nothing, of too much, or with one bad record is refused whole") {
  LogFixture log;
  log.open();
  REQUIRE(log.wal().append_batch({}).error().code == io::Code::invalid);
  const std::string half(30'000, 'x');
  const std::vector<Record> large = {Record::put("a", half), Record::put("b", half)};
  REQUIRE(log.wal().append_batch(large).error().code == io::Code::too_large);
  Record bad = Record::erase("k");
  bad.value = bytes_of("v");
  const std::vector<Record> mixed = {Record::put("a", "b"), bad};
  REQUIRE(log.wal().append_batch(mixed).error().code == io::Code::invalid);
  REQUIRE(log.wal().stats().appended == Lsn(0));
}

TEST_CASE("deletion removes whole segments from the oldest on, and the log goes on without them") {
  LogFixture log;
  log.value_bytes = 1500;
  log.open();
  log.fill_segment().fill_segment().fill_segment();
  const auto segments = log.wal().segments();
  const auto deleted = log.wal().delete_segments_before(segments[2].id);
  REQUIRE_OK(deleted);
  REQUIRE(deleted->segment_count == 2);
  const std::uint64_t first = segments[2].lsns.first.value();
  const std::uint64_t last = segments[3].lsns.last.value();
  REQUIRE(log.read_all() == LogFixture::numbers(first, last));
  REQUIRE(log.reopen().tail == TailState::clean);
  log.write(3);
  log.reopen();
  REQUIRE(log.read_all() == LogFixture::numbers(first, last + 3));
}

TEST_CASE("deletion keeps the segment being written, whatever it is told") {
  LogFixture log;
  log.value_bytes = 1500;
  log.open();
  log.fill_segment();
  REQUIRE(log.wal().delete_segments_before(SegmentId(99))->segment_count == 1);
  REQUIRE(log.wal().delete_segments_before(SegmentId(99))->segment_count == 0);
  REQUIRE(log.wal().segments().size() == 1);
}

TEST_CASE("everything may be deleted and the log still knows its next LSN") {
  LogFixture log;
  log.open();
  log.write(5);
  REQUIRE_OK(log.wal().rotate());
  REQUIRE_OK(log.wal().delete_segments_before(SegmentId(99)));
  for (int round = 0; round < 3; ++round) REQUIRE(log.reopen().last == Lsn(5));
  REQUIRE(log.append(6)->lsn == Lsn(6));
}

TEST_CASE("the low water is durable before the first name goes, and the directory is synced after the last") {
  LogFixture log;
  log.value_bytes = 1500;
  log.open();
  log.fill_segment().fill_segment();
  log.files().take_operations();
  REQUIRE_OK(log.wal().delete_segments_before(SegmentId(99)));
  const std::string third = segment_name(SegmentId(3));
  REQUIRE(log.files().take_operations() ==
          std::vector<std::string>{"write " + third, "sync " + third, "remove " + segment_name(SegmentId(1)),
                                   "remove " + segment_name(SegmentId(2)), "sync log"});
}

TEST_CASE("a deletion that was cut is finished by the next open, and its hole is no loss") {
  for (int cut = 1; cut <= 5; ++cut) {
    LogFixture log;
    log.value_bytes = 1500;
    log.open();
    log.fill_segment().fill_segment();
    const std::uint64_t first = log.wal().segments().back().lsns.first.value();
    log.files().fail({.operation = "", .after = cut});
    REQUIRE_FALSE(log.wal().delete_segments_before(SegmentId(99)).has_value());
    log.crash();
    log.files().heal();
    REQUIRE(log.open().tail != TailState::corrupt);
    const auto kept = log.read_all();
    REQUIRE((kept.front() == 1 || kept.front() == first));
  }
}

TEST_CASE("a reader whose segment was deleted says so") {
  LogFixture log;
  log.value_bytes = 1500;
  log.open();
  log.fill_segment();
  auto reader = log.wal().read_from(Position::start());
  REQUIRE_OK(log.wal().delete_segments_before(SegmentId(99)));
  REQUIRE(reader->next().error().code == io::Code::not_found);
}

TEST_CASE("a closed log refuses everything, and is closed once") {
  LogFixture log;
  log.open();
  log.write(1);
  Wal& wal = log.wal();
  REQUIRE_OK(wal.close());
  REQUIRE(wal.append(Record::put("k", "v")).error().code == io::Code::closed);
  REQUIRE(wal.sync().error().code == io::Code::closed);
  REQUIRE(wal.flush().error().code == io::Code::closed);
  REQUIRE(wal.rotate().error().code == io::Code::closed);
  REQUIRE(wal.wait_durable(Lsn(1)).error().code == io::Code::closed);
  REQUIRE(wal.read_from(Lsn(1)).error().code == io::Code::closed);
  REQUIRE(wal.delete_segments_before(SegmentId(9)).error().code == io::Code::closed);
  REQUIRE(wal.close().error().code == io::Code::closed);
}

}  // namespace
}  // namespace wallop::wal
