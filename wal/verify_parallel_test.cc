// SPDX-License-Identifier: Apache-2.0
#include "wal/verify_parallel.h"

#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;

// Five segments; the third and the fourth are damaged.
void write_segments(LogFixture& log) {
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().fill_segment().fill_segment().fill_segment().write(2);
}

RecoveryInfo inspect_with(LogFixture& log, unsigned threads) {
  log.options.recovery_threads = threads;
  return log.inspect();
}

void require_same(const RecoveryInfo& one, const RecoveryInfo& other) {
  REQUIRE(one.valid_records == other.valid_records);
  REQUIRE(one.bytes_scanned > 0);
  REQUIRE(one.bytes_discarded == other.bytes_discarded);
  REQUIRE(one.tail == other.tail);
  REQUIRE(one.last_valid == other.last_valid);
  REQUIRE(one.last == other.last);
  REQUIRE(one.durable_proven == other.durable_proven);
  REQUIRE(one.lost == other.lost);
  REQUIRE(one.damage == other.damage);
}

TEST_CASE("what is found does not depend on how many threads look") {
  LogFixture log;
  write_segments(log);
  log.crash();
  require_same(inspect_with(log, 1), inspect_with(log, 8));
  REQUIRE(log.reopen().segments_scanned == 6);  // Five, and the reserve.
}

TEST_CASE("of two breaks the one in the first segment counts, whoever finds it first") {
  LogFixture log;
  write_segments(log);
  const auto segments = log.wal().segments();
  const Lsn third = segments[2].lsns.first;
  log.flip(log.position_of(segments[3].lsns.first.value()));
  log.flip(log.position_of(third.value()));
  log.crash();
  const RecoveryInfo one = inspect_with(log, 1);
  REQUIRE(one.last == third.previous());
  for (int round = 0; round < 10; ++round) require_same(one, inspect_with(log, 4));
}

TEST_CASE("of two unreadable files the first one is named") {
  LogFixture log;
  log.options.segment_bytes = 4 * kIdentityBytes;  // More than identifying them reads.
  write_segments(log);
  log.crash();
  log.options.recovery_threads = 4;
  log.files().fail({.operation = "read 0000000000000004"});  // By the cache, for they are sealed.
  log.files().fail({.operation = "read 0000000000000002"});
  for (int round = 0; round < 3; ++round)
    REQUIRE(log.open_fails().file.find("0002.wal") != std::string::npos);
}

TEST_CASE("progress rises to the whole, and is told by the opening thread") {
  LogFixture log;
  write_segments(log);
  log.crash();
  for (const unsigned threads : {1U, 3U}) {
    std::vector<RecoveryProgress> told;
    log.options.recovery_progress = [&](const RecoveryProgress& progress) { told.push_back(progress); };
    inspect_with(log, threads);
    REQUIRE(told.size() >= (threads == 1 ? 2 : 1));  // The other threads may have read it all.
    REQUIRE(told.front().bytes_total == 6 * log.options.segment_bytes);
    REQUIRE(told.back().bytes_done == told.back().bytes_total);
  }
}

TEST_CASE("reading and checking are timed apart, within the time that all took") {
  LogFixture log;
  write_segments(log);
  log.crash();
  const RecoveryInfo info = inspect_with(log, 1);
  REQUIRE(info.read_time > io::Duration(0));
  REQUIRE(info.checksum_time > io::Duration(0));
  REQUIRE(info.read_time + info.checksum_time <= info.elapsed);
  REQUIRE(info.gib_per_second() > 0);
}

TEST_CASE("threads that cannot be are refused by name") {
  LogFixture log;
  for (const unsigned threads : {0U, 65U}) {
    log.options.recovery_threads = threads;
    REQUIRE(log.open_fails().detail.starts_with("recovery_threads"));
  }
}

}  // namespace
}  // namespace wallop::wal
