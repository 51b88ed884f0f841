// SPDX-License-Identifier: Apache-2.0
#include "wal/compact.h"

#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;
using testing::range;

CompactOptions how(const LogFixture& log) {
  return {.directory = log.options.directory};
}

Compacted compacted(LogFixture& log, const CompactOptions& options) {
  auto done = compact(log.world(), options);
  REQUIRE_OK(done);
  return std::move(*done);
}

// Nothing is left beside the log.
void require_alone(LogFixture& log) {
  REQUIRE_FALSE(log.world().files.stat("log.compacted").has_value());
  REQUIRE_FALSE(log.world().files.stat("log.replaced").has_value());
}

// Thirty records in more than three segments of a life with three opens.
void live(LogFixture& log) {
  log.value_bytes = 3000;
  for (int i = 0; i < 3; ++i) {
    log.open();
    log.write(10);
    log.crash();
  }
}

TEST_CASE("a compacted log holds the same records in fewer segments, and goes on with the next LSN") {
  LogFixture log;
  live(log);
  const Compacted done = compacted(log, how(log));
  REQUIRE(done.info.valid_records == 30);
  REQUIRE(done.before.segment_count > done.after.segment_count);
  REQUIRE(done.after.segment_count == 3);  // 90,000 bytes in segments of 64 KiB, less what a segment keeps.
  require_alone(log);
  const RecoveryInfo info = log.open();
  REQUIRE(info.tail == TailState::clean);
  REQUIRE(info.durable_proven >= Lsn(30));
  REQUIRE(log.read_all() == LogFixture::numbers(1, 30));
  log.write(1);
  REQUIRE(log.reopen().last == Lsn(31));
}

TEST_CASE("what was deleted stays deleted, and the log begins where it began") {
  LogFixture log;
  live(log);
  log.open();
  log.fill_segment();
  REQUIRE_OK(log.wal().delete_segments_before(log.wal().segments()[2].id));
  const std::uint64_t first = log.read_all().front();
  const std::uint64_t last = log.read_all().back();
  REQUIRE(first > 1);
  log.crash();
  compacted(log, how(log));
  log.open();
  REQUIRE(log.read_all() == LogFixture::numbers(first, last));
}

TEST_CASE("an accepted loss is told as before, between records and at the end") {
  LogFixture log;
  log.options.segment_bytes = 32 * kBlock;
  log.open();
  log.write(10);
  log.flip(log.position_of(5));
  log.crash();
  log.options.recovery = RecoveryMode::prefix;
  REQUIRE(log.open().accepted == std::vector{range(5, 9)});
  const bool goes_on = GENERATE(true, false);
  if (goes_on) REQUIRE_OK(log.append(10));
  log.crash();
  log.options.recovery = RecoveryMode::strict;
  compacted(log, how(log));
  const RecoveryInfo info = log.open();
  REQUIRE(info.accepted == std::vector{range(5, 9)});
  REQUIRE(info.last == Lsn(goes_on ? 10 : 4));
  REQUIRE(log.append(11)->lsn == Lsn(goes_on ? 11 : 10));
  // What proved the damage is kept.
  REQUIRE(log.world().files.stat("log/quarantine").has_value());
  require_alone(log);
}

TEST_CASE("values can be stored otherwise") {
  LogFixture log;
  live(log);
  CompactOptions options = how(log);
  options.compression = Compression::zstd;
  REQUIRE(compacted(log, options).after.segment_count == 1);
  log.open();
  REQUIRE(log.read_all() == LogFixture::numbers(1, 30));
}

TEST_CASE("a log of no records keeps its place") {
  LogFixture log;
  log.open();
  log.crash();
  compacted(log, how(log));
  log.open();
  log.write(1);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 1));
}

TEST_CASE("much is synced in between: never more than unsynced_bytes_max lies beyond what is durable") {
  LogFixture log;
  log.options.unsynced_bytes_max = 3 * kBlock;
  live(log);
  log.files().take_operations();
  compacted(log, how(log));
  const auto operations = log.files().take_operations();
  REQUIRE(std::ranges::count(operations, "sync 0000000000000001.wal") > 5);
  log.open();
  REQUIRE(log.read_all() == LogFixture::numbers(1, 30));
}

TEST_CASE("a log that is open, damaged, or not there is not compacted, and nothing changes") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.write(30);
  REQUIRE(compact(log.world(), how(log)).error().code == io::Code::locked);
  log.flip(log.position_of(3));
  log.crash();
  const auto before = log.everything();
  REQUIRE(compact(log.world(), how(log)).error().code == io::Code::corrupt);
  REQUIRE(log.everything() == before);
  require_alone(log);
  CompactOptions elsewhere = how(log);
  elsewhere.directory = "nowhere";
  REQUIRE(compact(log.world(), elsewhere).error().code == io::Code::not_found);
  REQUIRE_OK(log.world().files.make_directory("empty"));
  elsewhere.directory = "empty";
  REQUIRE(compact(log.world(), elsewhere).error().code == io::Code::invalid);
  REQUIRE(log.world().files.list("empty")->empty());
}

TEST_CASE("a record that no new segment can take is named, and the log stays as it was") {
  LogFixture log;
  log.options.segment_bytes = 64 * kBlock;
  log.value_bytes = 100'000;
  log.open();
  log.write(2);
  log.crash();
  const auto before = log.everything();
  CompactOptions smaller = how(log);
  smaller.segment_bytes = kBlocksPerSegmentMin * kBlock;
  const auto done = compact(log.world(), smaller);
  REQUIRE(done.error().code == io::Code::too_large);
  REQUIRE(done.error().detail.starts_with("record 1 takes"));
  REQUIRE(log.everything() == before);
  require_alone(log);
}

// As if the process had ended there; and a second attempt from there.
TEST_CASE("whatever operation fails, an open finds all records, and compacting again leaves nothing behind") {
  int failed_count = 0;
  for (bool has_failed = true; has_failed;) {
    LogFixture log;
    live(log);
    log.files().fail({.operation = "", .after = ++failed_count});
    has_failed = !compact(log.world(), how(log)).has_value();
    log.files().heal();
    INFO("operation " << failed_count);
    log.open();
    REQUIRE(log.read_all() == LogFixture::numbers(1, 30));
    log.crash();
    compacted(log, how(log));
    require_alone(log);
    log.open();
    REQUIRE(log.read_all() == LogFixture::numbers(1, 30));
  }
  REQUIRE(failed_count > 60);
}

TEST_CASE("a directory made anew over a compaction that was cut is not taken for an empty log") {
  LogFixture log;
  live(log);
  REQUIRE_OK(log.world().files.rename("log", "log.replaced"));
  REQUIRE_OK(log.world().files.make_directory("log"));
  const io::Error refused = log.open_fails();
  REQUIRE(refused.code == io::Code::invalid);
  REQUIRE(refused.detail.find("log.replaced") != std::string::npos);
  REQUIRE_OK(log.world().files.remove("log/LOCK"));
  REQUIRE_OK(log.world().files.remove("log"));
  log.open();
  REQUIRE(log.read_all() == LogFixture::numbers(1, 30));
}

}  // namespace
}  // namespace wallop::wal
