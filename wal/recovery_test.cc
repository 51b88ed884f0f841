// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "wal/format.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;
using testing::range;

// Fails to open with the lost range in its sentence, and leaves every byte as it was.
void require_loss(LogFixture& log, LsnRange lost) {
  log.crash();
  const auto before = log.everything();
  const io::Error error = log.open_fails();
  REQUIRE(error.code == io::Code::corrupt);
  REQUIRE(log.everything() == before);
  const RecoveryInfo info = log.inspect();
  REQUIRE(info.corruption_detected());
  REQUIRE(info.lost == std::vector{lost});
  const std::string sentence = "records " + std::to_string(lost.first.value()) + ".." +
                               std::to_string(lost.last.value()) + " were acknowledged";
  REQUIRE(error.detail.starts_with(sentence));
}

void require_damage(LogFixture& log, const std::string& words) {
  log.crash();
  const auto before = log.everything();
  const io::Error error = log.open_fails();
  REQUIRE(error.code == io::Code::corrupt);
  REQUIRE(error.detail.find(words) != std::string::npos);
  REQUIRE(log.everything() == before);
}

TEST_CASE("an empty directory is an empty log") {
  LogFixture log;
  const RecoveryInfo info = log.open();
  REQUIRE(info.tail == TailState::clean);
  REQUIRE(info.last == Lsn(0));
  REQUIRE(log.read_all().empty());
}

TEST_CASE("a crash between appends leaves a clean end") {
  LogFixture log;
  log.open();
  log.write(10);
  const RecoveryInfo info = log.reopen();
  REQUIRE(info.tail == TailState::clean);
  REQUIRE(info.bytes_discarded == 0);
  REQUIRE(info.last == Lsn(10));
}

TEST_CASE("a torn group that no sync covered is dropped, counted and never seen again") {
  LogFixture log;
  log.options.sync = Os{};
  log.open();
  log.write(5);
  const Position last = log.position_of(5);
  log.crash();
  log.flip(last);
  const RecoveryInfo info = log.open();
  REQUIRE(info.tail == TailState::torn);
  REQUIRE(info.last == Lsn(4));
  REQUIRE(info.bytes_discarded > 0);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 4));
  REQUIRE(log.reopen().tail == TailState::clean);
}

TEST_CASE("after a torn tail the log goes on with the LSN that was torn") {
  LogFixture log;
  log.options.sync = Os{};
  log.open();
  log.write(3);
  const Position last = log.position_of(3);
  log.crash();
  log.flip(last);
  log.open();
  const auto placed = log.append(3);
  REQUIRE_OK(placed);
  REQUIRE(placed->lsn == Lsn(3));
  log.reopen();
  REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
}

TEST_CASE(
    "a flipped bit in an acknowledged record is a loss of exactly what is proven, and nothing is changed") {
  LogFixture log;
  log.open();
  log.write(10);
  log.flip(log.position_of(5));
  require_loss(log, range(5, 9));  // The tenth frame proves nine.
}

TEST_CASE("a flipped bit in any header of an acknowledged frame is the same loss") {
  for (std::uint64_t byte = 0; byte < kFrameHeaderBytes; byte += 7) {
    LogFixture log;
    log.open();
    log.write(4);
    const Position record = log.position_of(2);
    log.flip({record.segment, record.offset - kFrameHeaderBytes + byte});
    require_loss(log, range(2, 3));
  }
}

TEST_CASE("once an open has served the last record its damage is a loss too: the seal proves it") {
  LogFixture log;
  log.open();
  log.write(10);
  log.reopen();
  log.flip(log.position_of(10));
  require_loss(log, range(10, 10));
}

TEST_CASE("zeros where acknowledged records were are a loss, not a clean end") {
  LogFixture log;
  log.open();
  log.write(10);
  const Position second = log.position_of(2);
  log.zero({second.segment, second.offset - kFrameHeaderBytes}, 6 * kBlock);
  require_loss(log, range(2, 9));
}

TEST_CASE("a middle segment that is gone is a loss up to the last proof") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().fill_segment().write(2);
  const std::uint64_t first_of_second = log.wal().segments()[1].lsns.first.value();
  const std::uint64_t last = log.wal().stats().durable.value();
  log.crash();
  log.remove(log.segment_files()[1]);
  require_loss(log, range(first_of_second, last - 1));
}

TEST_CASE("the last segment of an epoch that was followed by another is missed when it is gone") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().write(2);
  const SegmentInfo last = log.wal().segments().back();
  log.reopen();
  log.crash();
  log.remove(segment_name(last.id));
  require_loss(log, last.lsns);
}

TEST_CASE("the first segment that is gone is a loss from the first record on") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().write(2);
  const std::uint64_t last = log.wal().stats().durable.value();
  log.crash();
  log.remove(log.segment_files()[0]);
  require_loss(log, range(1, last - 1));
}

TEST_CASE("one damaged header copy does no harm; both are a loss") {
  LogFixture log;
  log.open();
  log.write(3);
  const std::string segment = log.segment_files()[0];
  log.overwrite(segment, 20, "x");
  REQUIRE(log.reopen().last == Lsn(3));
  log.crash();
  log.overwrite(segment, kBlock + 20, "x");
  REQUIRE(log.open_code() == io::Code::corrupt);
}

TEST_CASE("a file cut short inside its capacity is damage") {
  LogFixture log;
  log.open();
  log.write(3);
  const std::string path = segment_path("log", log.wal().current_segment_id());
  auto file = log.world().files.open(path, {});
  REQUIRE_OK((*file)->truncate(5 * kBlock));
  require_damage(log, "shorter than its header says");
}

TEST_CASE("a segment of another log is damage, not data") {
  LogFixture log;
  log.open();
  log.write(3);
  LogFixture other;
  other.open();
  other.write(3);
  log.crash();
  log.overwrite(segment_name(SegmentId(9)), 0, other.bytes_of_file(other.segment_files()[0]));
  require_damage(log, "another");
}

TEST_CASE("files whose creation was cut are removed, and files with other names are left alone") {
  LogFixture log;
  log.open();
  log.write(3);
  log.crash();
  log.overwrite(segment_name(SegmentId(8)), 0, "");
  log.overwrite(segment_name(SegmentId(9)), 0, "not a header");
  log.overwrite("notes.txt", 0, "mine");
  REQUIRE(log.open().tail == TailState::clean);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
  REQUIRE(log.everything().contains("notes.txt"));
  REQUIRE_FALSE(log.everything().contains(segment_name(SegmentId(8))));
}

TEST_CASE("an id is never used twice, not even that of a file that never held a record") {
  LogFixture log;
  log.open();
  log.write(1);
  log.crash();
  log.overwrite(segment_name(SegmentId(40)), 0, "");
  log.open();
  log.write(1);
  REQUIRE_OK(log.wal().rotate());
  REQUIRE(log.wal().current_segment_id() > SegmentId(40));
}

TEST_CASE("an unreadable byte is an error and never the end of the log") {
  LogFixture log;
  log.open();
  log.write(3);
  log.crash();
  log.files().fail({.operation = "read stored 0"});
  REQUIRE(log.open_code() == io::Code::io_error);
  log.files().heal();
  REQUIRE(log.open().last == Lsn(3));
}

TEST_CASE("a world that cannot read past its cache is named, and opens all the same") {
  LogFixture log;
  log.open();
  log.write(3);
  log.crash();
  log.files().fail({.operation = "read stored ", .os_error = EOPNOTSUPP});
  const RecoveryInfo info = log.open();
  REQUIRE(info.cache_not_bypassed);
  REQUIRE(info.last == Lsn(3));
}

// ext4, XFS and Btrfs mark a page clean when its sync fails: the next process would read it, and sync it in
// vain.
TEST_CASE("records that only the page cache shows are not served: no later sync would write them") {
  LogFixture log;
  log.options.sync = Os{};
  log.open();
  log.write(5);
  const Position fourth = log.position_of(4);
  log.crash();
  log.files().lose_in_device(segment_name(fourth.segment), fourth.offset - kFrameHeaderBytes);
  const RecoveryInfo info = log.open();
  REQUIRE(info.last == Lsn(3));
  REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
}

TEST_CASE("absolute takes a log that was closed") {
  LogFixture log;
  log.options.sync = Os{};
  log.options.preallocate = Preallocate::zero_fill;
  log.options.recovery = RecoveryMode::absolute;
  log.open();
  log.write(5);
  log.close();
  REQUIRE(log.open().last == Lsn(5));
}

TEST_CASE("a torn end is an error in absolute, and nothing is changed") {
  LogFixture log;
  log.options.sync = Os{};
  log.options.preallocate = Preallocate::zero_fill;
  log.options.recovery = RecoveryMode::absolute;
  log.open();
  log.write(5);
  const Position last = log.position_of(5);
  log.crash();
  log.flip(last);
  const auto before = log.everything();
  const io::Error error = log.open_fails();
  REQUIRE(error.code == io::Code::corrupt);
  REQUIRE(error.detail.find("behind record 4 are no record, and recovery is absolute") != std::string::npos);
  REQUIRE(log.everything() == before);
  log.options.recovery = RecoveryMode::strict;
  REQUIRE(log.open().last == Lsn(4));
}

TEST_CASE("an unreadable byte is an error in every mode, and changes nothing") {
  for (const RecoveryMode mode :
       {RecoveryMode::strict, RecoveryMode::absolute, RecoveryMode::prefix, RecoveryMode::salvage}) {
    LogFixture log;
    log.options.preallocate = Preallocate::zero_fill;
    log.open();
    log.write(3);
    log.crash();
    log.options.recovery = mode;
    const auto before = log.everything();
    log.files().fail({.operation = "read stored 0"});
    REQUIRE(log.open_code() == io::Code::io_error);
    log.files().heal();
    REQUIRE(log.everything() == before);
  }
}

TEST_CASE("a second opener is turned away while the first one lives") {
  LogFixture log;
  log.open();
  const auto second = Wal::open(log.world(), log.options);
  REQUIRE(second.error().code == io::Code::locked);
  REQUIRE_OK(log.wal().close());
  REQUIRE_OK(Wal::open(log.world(), log.options));
}

TEST_CASE(
    "recovery syncs what it found before it writes, and seals before it removes what may prove something") {
  LogFixture log;
  log.options.preallocate = Preallocate::none;
  log.open();
  log.write(2);
  log.reopen();  // Leaves segment 2: a link, no record.
  log.crash();
  log.files().take_operations();
  log.open();
  auto operations = log.files().take_operations();
  std::erase_if(operations,
                [](const std::string& line) { return line.starts_with("read") || line.starts_with("open"); });
  const std::string first = segment_name(SegmentId(1));
  const std::string second = segment_name(SegmentId(2));
  const std::string third = segment_name(SegmentId(3));
  REQUIRE(operations == std::vector<std::string>{"make log", "sync .", "create LOCK",            //
                                                 "sync " + first, "sync " + second, "sync log",  // The chain.
                                                 "create " + third, "write " + third,
                                                 "write " + third,                    // Room for control.
                                                 "write " + third, "write " + third,  // The headers.
                                                 "sync " + third, "sync log", "write " + third,
                                                 "sync " + third,  // The seal.
                                                 "remove " + second, "sync log"});
}

TEST_CASE("a crash loop leaves at most two segments beyond those with data and those prepared ahead") {
  for (const unsigned spares : {0U, 1U}) {
    LogFixture log;
    log.options.spare_segments = spares;
    log.open();
    log.write(3);
    for (int i = 0; i < 20; ++i) {
      log.reopen();
      REQUIRE(log.segment_files().size() <= 3 + spares);  // Those prepared ahead may be there already.
    }
    REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
  }
}

TEST_CASE("a recovery that is cut anywhere leaves the next one everything, and at most two segments more") {
  for (int cut = 1; cut < 25; ++cut) {
    LogFixture log;
    log.options.preallocate = Preallocate::none;
    log.open();
    log.write(3);
    log.reopen();
    log.crash();
    for (int again = 0; again < 4; ++again) {
      log.files().fail({.operation = "", .after = cut});
      auto opened = Wal::open(log.world(), log.options);
      log.files().heal();
      REQUIRE(log.segment_files().size() <= 3);
    }
    log.open();
    REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
  }
}

TEST_CASE("a disk that is full before there is a log makes open say so") {
  LogFixture log;
  log.files().fail({.operation = "create 0", .os_error = ENOSPC});
  REQUIRE(log.open_code() == io::Code::no_space);
  log.files().heal();
  REQUIRE(log.open().last == Lsn(0));
}

TEST_CASE("a spare that an earlier epoch prepared is used: a full disk does not stop that open") {
  LogFixture log;
  log.options.spare_segments = 1;
  log.open();
  log.write(3);
  while (log.segment_files().size() < 2) log.world().threads.relax();
  log.crash();  // Waits for the preparer.
  log.files().fail({.operation = "create 0", .os_error = ENOSPC});
  log.open();
  REQUIRE(log.wal().current_segment_id() == SegmentId(2));
  REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
}

TEST_CASE("inspect says what open would find, and changes nothing") {
  LogFixture log;
  log.open();
  log.write(4);
  log.crash();
  const auto before = log.everything();
  const RecoveryInfo seen = log.inspect();
  REQUIRE(log.everything() == before);
  const RecoveryInfo found = log.open();
  REQUIRE(seen.last == found.last);
  REQUIRE(seen.tail == found.tail);
  REQUIRE(seen.last_valid == found.last_valid);
  REQUIRE(seen.valid_records == found.valid_records);
}

TEST_CASE("inspecting a directory that is not there finds no log, and makes none") {
  LogFixture log;
  REQUIRE(Wal::inspect(log.world(), log.options).error().code == io::Code::not_found);
  REQUIRE_FALSE(log.world().files.stat("log").has_value());
}

TEST_CASE("options that cannot be are refused by name, before a directory is made") {
  const auto refused = [](auto change, const std::string& name) {
    LogFixture log;
    change(log.options);
    const io::Error error = log.open_fails();
    REQUIRE(error.code == io::Code::invalid);
    REQUIRE(error.detail.starts_with(name));
    REQUIRE_FALSE(log.world().files.stat("log").has_value());
  };
  refused([](Options& o) { o.directory = ""; }, "directory");
  refused([](Options& o) { o.segment_bytes = 15 * kBlock; }, "segment_bytes");
  refused([](Options& o) { o.segment_bytes += 1; }, "segment_bytes");
  refused([](Options& o) { o.record_bytes_max = 0; }, "record_bytes_max");
  refused([](Options& o) { o.spare_segments = 17; }, "spare_segments");
  refused([](Options& o) { o.recovery = RecoveryMode::absolute; }, "recovery is absolute");
  refused([](Options& o) { o.first_lsn = Lsn(5); }, "first_lsn");
  refused([](Options& o) { o.idle_interval = io::Duration(0); }, "idle_interval");
  refused([](Options& o) { o.unsynced_bytes_max = kBlock - 1; }, "unsynced_bytes_max");
  refused([](Options& o) { o.frame_bytes_max = 511; }, "frame_bytes_max");
  refused([](Options& o) { o.sync = Batch{.window = io::Duration(0)}; }, "window");
  refused([](Options& o) { o.sync = Batch{.bytes = 0}; }, "bytes");
  refused([](Options& o) { o.sync = Os{.buffer_time = std::chrono::minutes(2)}; }, "buffer_time");
}

}  // namespace
}  // namespace wallop::wal
