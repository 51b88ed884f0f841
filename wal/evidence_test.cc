// SPDX-License-Identifier: Apache-2.0
// What watermarks and footers prove, when they are written, and how far recovery searches.
#include <catch2/catch.hpp>

#include "wal/format.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::comes_true;
using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;
using testing::range;
using namespace std::chrono_literals;

std::uint64_t count_of(const std::vector<std::string>& operations, const std::string& line) {
  return static_cast<std::uint64_t>(std::ranges::count(operations, line));
}

bool has_watermark(LogFixture& log, const std::string& segment) {
  const std::string bytes = log.bytes_of_file(segment);
  return bytes.substr(2 * kBlock, 8) == "WALLOPW1";
}

bool has_footer(LogFixture& log, const std::string& segment) {
  return log.bytes_of_file(segment).substr(15 * kBlock, 8) == "WALLOPF1";
}

TEST_CASE("after a clean close damage to any record is a loss of exactly the records from there on") {
  for (std::uint64_t damaged = 1; damaged <= 5; ++damaged) {
    LogFixture log;
    log.options.evidence = EvidenceLevel::sealed_idle;
    log.open();
    log.write(5);
    const Position at = log.position_of(damaged);
    log.close();
    log.flip(at);
    REQUIRE(log.inspect().lost == std::vector{range(damaged, 5)});
    REQUIRE(log.open_fails().code == io::Code::corrupt);
  }
}

TEST_CASE("without a watermark damage to the last record passes as torn") {
  LogFixture log;
  log.open();
  log.write(5);
  const Position at = log.position_of(5);
  log.close();
  log.flip(at);
  REQUIRE(log.inspect().tail == TailState::torn);
}

TEST_CASE("synchronous: damage to the last record is a loss, with no close and no pause") {
  for (const std::uint64_t count : {1U, 2U, 5U}) {
    LogFixture log;
    log.options.evidence = EvidenceLevel::synchronous;
    log.open();
    log.write(count);
    log.flip(log.position_of(count));
    log.crash();
    REQUIRE(log.inspect().lost == std::vector{range(count, count)});
  }
}

TEST_CASE("synchronous: each group costs one sync more, and its watermark is synced before append returns") {
  LogFixture log;
  log.options.evidence = EvidenceLevel::synchronous;
  log.open();
  log.write(1);  // The reserve is made before the first.
  log.files().take_operations();
  log.write(2);
  const std::string write = "write " + segment_name(SegmentId(1));
  const std::string sync = "sync " + segment_name(SegmentId(1));
  REQUIRE(log.files().take_operations() ==
          std::vector<std::string>{write, sync, write, sync, write, sync, write, sync});
}

TEST_CASE("sealed_idle: one interval after the last sync a watermark is there, and no group pays for it") {
  LogFixture log;
  log.options.evidence = EvidenceLevel::sealed_idle;
  log.options.idle_interval = 60s;
  log.open();
  log.files().take_operations();
  log.write(8);
  REQUIRE(count_of(log.files().take_operations(), "sync " + segment_name(SegmentId(1))) == 8);
  log.options.idle_interval = 1ms;
  log.reopen();
  const std::string segment = segment_name(log.wal().current_segment_id());
  log.write(1);
  REQUIRE(comes_true(log.world(), [&] { return has_watermark(log, segment); }));
  log.crash();
}

TEST_CASE("sealed_idle: a log that nothing was written to since its open is left alone") {
  LogFixture log;
  log.options.evidence = EvidenceLevel::sealed_idle;
  log.open();
  const auto before = log.everything();
  log.close();
  REQUIRE(log.everything() == before);
}

TEST_CASE("sealed_idle: close proves the records of a segment that was left without a successor's group") {
  LogFixture log;
  log.options.evidence = EvidenceLevel::sealed_idle;
  log.open();
  log.write(3);
  const Position last = log.position_of(3);
  REQUIRE_OK(log.wal().rotate());
  log.close();
  log.flip(last);
  REQUIRE(log.inspect().lost == std::vector{range(3, 3)});
}

TEST_CASE("watermarks take turns: one that is torn leaves the proof before it") {
  LogFixture log;
  log.options.evidence = EvidenceLevel::synchronous;
  log.open();
  log.write(4);
  const Position third = log.position_of(3);
  log.crash();
  log.flip({SegmentId(1), 3 * kBlock + 30});  // The second slot, with the fourth mark.
  REQUIRE(log.inspect().durable_proven == Lsn(3));
  REQUIRE(log.inspect().tail == TailState::clean);
  log.flip(third);
  REQUIRE(log.inspect().lost == std::vector{range(3, 3)});
}

TEST_CASE("bytes in a slot or a footer that validate as neither are torn, and no damage") {
  for (const std::uint64_t block : {2U, 3U, 15U}) {
    LogFixture log;
    log.open();
    log.write(3);
    log.crash();
    log.overwrite(segment_name(SegmentId(1)), block * kBlock + 5, "x");
    REQUIRE(log.open().tail == TailState::clean);
    REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
  }
}

TEST_CASE("a failed sync of a watermark is final, and what was acknowledged stays") {
  LogFixture log;
  log.options.evidence = EvidenceLevel::synchronous;
  log.open();
  log.write(2);
  log.files().fail({.operation = "sync 0", .after = 2});
  REQUIRE(log.append(3).error().code == io::Code::poisoned);
  log.files().heal();
  REQUIRE(log.wal().sync().error().code == io::Code::poisoned);
  REQUIRE(log.reopen().last >= Lsn(2));
}

TEST_CASE("a full disk costs the watermark of close, and nothing else") {
  LogFixture log;
  log.options.evidence = EvidenceLevel::sealed_idle;
  log.open();
  log.write(2);
  log.files().fail({.operation = "write 0", .os_error = ENOSPC});
  log.close();
  log.files().heal();
  REQUIRE(log.open().last == Lsn(2));
}

// ---- Footers ----

// Two full segments and a third with records.
void fill_two(LogFixture& log) {
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().fill_segment().write(1);
}

TEST_CASE("a footer is written once a record of the next segment is durable, and not before") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment();
  REQUIRE_FALSE(has_footer(log, segment_name(SegmentId(1))));
  log.fill_segment();
  REQUIRE(has_footer(log, segment_name(SegmentId(1))));
  REQUIRE_FALSE(has_footer(log, segment_name(SegmentId(2))));
  log.close();
  REQUIRE(has_footer(log, segment_name(SegmentId(2))));
  REQUIRE_FALSE(has_footer(log, segment_name(SegmentId(3))));
}

TEST_CASE("each policy leaves footers") {
  for (const SyncPolicy& policy : {SyncPolicy(Batch{}), SyncPolicy(Os{}), SyncPolicy(Always{})}) {
    for (const unsigned spares : {0U, 1U}) {
      LogFixture log;
      log.options.sync = policy;
      log.options.spare_segments = spares;
      fill_two(log);
      log.close();
      REQUIRE(has_footer(log, segment_name(SegmentId(1))));
    }
  }
}

TEST_CASE("a lost tail segment is reported as loss without an end, not as a clean end") {
  LogFixture log;
  fill_two(log);
  const Lsn first_lost = log.wal().segments().back().lsns.first;
  log.close();
  log.remove(segment_name(SegmentId(3)));
  const RecoveryInfo info = log.inspect();
  REQUIRE(info.corruption_detected());
  REQUIRE(info.loss_has_no_end);
  REQUIRE(info.lost == std::vector{LsnRange{first_lost, first_lost}});
  const std::string words = "records " + std::to_string(first_lost.value()) + "..? were acknowledged";
  REQUIRE(log.open_fails().detail.starts_with(words));
}

TEST_CASE(
    "a loss before a segment that is still there ends: that segment says more than the footer that names "
    "it") {
  LogFixture log;
  fill_two(log);
  const LsnRange third = log.wal().segments().back().lsns;
  const Position last = log.position_of(third.first.previous().value());
  log.crash();
  log.flip(last);
  const RecoveryInfo info = log.inspect();
  REQUIRE_FALSE(info.loss_has_no_end);
  REQUIRE(info.lost == std::vector{LsnRange{third.first.previous(), third.first}});
}

TEST_CASE("a recovery does not sync a segment that has a footer") {
  LogFixture log;
  fill_two(log);
  log.crash();
  log.files().take_operations();
  log.open();
  const auto operations = log.files().take_operations();
  REQUIRE(count_of(operations, "sync " + segment_name(SegmentId(1))) == 0);
  REQUIRE(count_of(operations, "sync " + segment_name(SegmentId(2))) == 1);
}

TEST_CASE("a reader starts at the place that a footer's index names, at the right record") {
  LogFixture log;
  log.value_bytes = 100;
  log.options.sync = Os{};
  log.open();
  log.fill_segment().write(1);
  log.close();
  log.open();
  const SegmentInfo first = log.wal().segments().front();
  const std::uint64_t last = log.wal().stats().appended.value();
  for (std::uint64_t lsn = 1; lsn <= last; lsn += 13) {
    REQUIRE(log.read(log.wal().read_from(Lsn(lsn))) == LogFixture::numbers(lsn, last));
    REQUIRE(log.read(log.wal().read_from(log.position_of(lsn))) == LogFixture::numbers(lsn, last));
  }
  // Damage before that place is none of its business.
  log.flip({first.id, 4 * kBlock + link_frame_bytes(0) + kFrameHeaderBytes + 2});
  REQUIRE(log.read(log.wal().read_from(first.lsns.last)) ==
          LogFixture::numbers(first.lsns.last.value(), last));
}

// ---- How far recovery searches ----

TEST_CASE("recovery of a large segment reads what can have been written, not all of it") {
  LogFixture log;
  log.options.segment_bytes = 64 << 20;
  log.options.unsynced_bytes_max = 64 << 10;
  log.open();
  log.write(3);
  REQUIRE(log.reopen().bytes_scanned < 8 << 20);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
}

TEST_CASE("a loss is told to its true end, however far behind the damage that is") {
  LogFixture log;
  log.options.segment_bytes = 8 << 20;
  log.options.unsynced_bytes_max = 8 << 10;
  log.value_bytes = 5000;
  log.open();
  log.write(200);
  log.flip(log.position_of(2));
  log.crash();
  REQUIRE(log.inspect().lost == std::vector{range(2, 199)});
}

TEST_CASE("zeros longer than the search convict by the watermark behind them") {
  LogFixture log;
  log.options.evidence = EvidenceLevel::sealed_idle;
  log.options.segment_bytes = 8 << 20;
  log.options.unsynced_bytes_max = 8 << 10;
  log.value_bytes = 5000;
  log.open();
  log.write(200);
  const Position second = log.position_of(2);
  log.close();
  log.zero({second.segment, second.offset - kFrameHeaderBytes}, 100 * kBlock);
  REQUIRE(log.inspect().lost == std::vector{range(2, 200)});
}

TEST_CASE("no policy writes more than unsynced_bytes_max beyond what is durable") {
  const std::array policies{SyncPolicy(Os{}), SyncPolicy(Os{.buffer_bytes = 4000, .buffer_time = 60s}),
                            SyncPolicy(Batch{.window = 60s, .bytes = 1 << 20})};
  for (const SyncPolicy& policy : policies) {
    LogFixture log;
    log.options.sync = policy;
    log.options.segment_bytes = 1 << 20;
    log.options.unsynced_bytes_max = 16 << 10;
    log.value_bytes = 500;
    log.open();
    for (int i = 0; i < 200; ++i) {
      log.write(1);
      const Stats stats = log.wal().stats();
      REQUIRE(stats.appended.since(stats.durable) * 500 <= 16 << 10);
    }
  }
}

TEST_CASE("a record larger than unsynced_bytes_max is refused") {
  LogFixture log;
  log.options.unsynced_bytes_max = kBlock;
  log.value_bytes = kBlock;
  log.open();
  REQUIRE(log.append(1).error().code == io::Code::too_large);
}

}  // namespace
}  // namespace wallop::wal
