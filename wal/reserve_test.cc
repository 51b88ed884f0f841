// SPDX-License-Identifier: Apache-2.0
// A full disk, from the first refusal to the append that goes on.
#include <catch2/catch.hpp>

#include "wal/format.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;

constexpr const char* kFullDisk = "allocate 0";

// Goal: a log on a disk that is full to the last segment. Method: allocations fail from here on.
std::uint64_t fill_disk(LogFixture& log) {
  log.files().fail({.operation = kFullDisk, .os_error = ENOSPC});
  const std::uint64_t before = log.wal().stats().appended.value();
  for (std::uint64_t n = before + 1;; ++n) {
    const auto placed = log.append(n);
    if (placed) continue;
    REQUIRE(placed.error().code == io::Code::no_space);
    return n - 1;
  }
}

TEST_CASE("rotation never takes the last prepared segment") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment();
  const std::uint64_t last = fill_disk(log);
  REQUIRE(log.segment_files().size() == log.wal().segments().size() + 1);
  REQUIRE(log.read_all() == LogFixture::numbers(1, last));
}

TEST_CASE("no_space says how to mend it, and changes nothing") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  const std::uint64_t last = fill_disk(log);
  REQUIRE(log.append(last + 1).error().detail.find("once segments are deleted") != std::string::npos);
  REQUIRE(log.wal().stats().appended == Lsn(last));
  REQUIRE_OK(log.wal().sync());
}

TEST_CASE("deletion on a full disk works with a segment full to its end, and append goes on") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().fill_segment();
  const std::uint64_t last = fill_disk(log);
  const auto segments = log.wal().segments();
  REQUIRE(log.wal().delete_segments_before(segments[1].id)->segment_count == 1);
  REQUIRE(log.append(last + 1).error().code == io::Code::no_space);
  log.files().heal();
  REQUIRE_OK(log.append(last + 1));
  log.reopen();
  REQUIRE(log.read_all() == LogFixture::numbers(segments[1].lsns.first.value(), last + 1));
}

TEST_CASE("an open on a full disk takes the reserve, and then refuses appends and nothing else") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment();
  const std::uint64_t last = fill_disk(log);
  REQUIRE(log.reopen().last == Lsn(last));
  REQUIRE(log.append(last + 1).error().code == io::Code::no_space);
  REQUIRE(log.read_all() == LogFixture::numbers(1, last));
  REQUIRE(log.wal().delete_segments_before(SegmentId(2))->segment_count == 1);
  log.files().heal();
  REQUIRE_OK(log.append(last + 1));
}

// Goal: the reserve is gone, for an open took it and the disk is still full.
struct Unsealed {
  LogFixture log;
  std::uint64_t last = 0;
  explicit Unsealed(std::uint64_t unsynced_bytes_max = Options{}.unsynced_bytes_max) {
    log.options.unsynced_bytes_max = unsynced_bytes_max;
    log.value_bytes = 3000;
    log.open();
    log.fill_segment().fill_segment();
    last = fill_disk(log);
    log.reopen();
    log.reopen();
  }
};

TEST_CASE("an open that finds neither reserve nor room reads, and writes nothing") {
  Unsealed full;
  const auto before = full.log.everything();
  REQUIRE(full.log.reopen().last == Lsn(full.last));
  REQUIRE(full.log.read_all() == LogFixture::numbers(1, full.last));
  REQUIRE(full.log.append(full.last + 1).error().code == io::Code::no_space);
  REQUIRE(full.log.wal().rotate().error().code == io::Code::no_space);
  REQUIRE_OK(full.log.wal().sync());
  REQUIRE_OK(full.log.wal().close());
  REQUIRE(full.log.everything() == before);
}

TEST_CASE("an unsealed log deletes, seals itself once there is room, and appends without a reopening") {
  Unsealed full;
  LogFixture& log = full.log;
  const std::uint64_t first = log.wal().segments()[1].lsns.first.value();
  REQUIRE(log.wal().delete_segments_before(SegmentId(2))->segment_count == 1);
  REQUIRE(log.append(full.last + 1).error().code == io::Code::no_space);
  log.files().heal();
  REQUIRE_OK(log.append(full.last + 1));
  REQUIRE(log.read_all() == LogFixture::numbers(first, full.last + 1));
  REQUIRE(log.segment_files().size() == log.wal().segments().size() + 1);
  REQUIRE(log.reopen().tail == TailState::clean);
  REQUIRE(log.read_all() == LogFixture::numbers(first, full.last + 1));
}

TEST_CASE("an unsealed log whose deletion was cut anywhere loses nothing but what it was told to delete") {
  for (int cut = 1; cut <= 6; ++cut) {
    Unsealed full;
    LogFixture& log = full.log;
    const std::uint64_t first = log.wal().segments()[1].lsns.first.value();
    log.files().fail({.operation = "", .after = cut});
    const bool deleted = log.wal().delete_segments_before(SegmentId(2)).has_value();
    log.crash();
    log.files().heal();
    REQUIRE(log.open().tail != TailState::corrupt);
    const auto kept = log.read_all();
    REQUIRE(kept.back() == full.last);
    REQUIRE((kept.front() == first || (kept.front() == 1 && !deleted)));
  }
}

TEST_CASE("the low water of an unsealed log is durable before the first name goes") {
  Unsealed full;
  full.log.files().take_operations();
  const std::string tail = full.log.segment_files().back();
  REQUIRE_OK(full.log.wal().delete_segments_before(SegmentId(2)));
  REQUIRE(full.log.files().take_operations() ==
          std::vector<std::string>{"open " + tail, "write " + tail, "sync " + tail,
                                   "remove " + segment_name(SegmentId(1)), "sync log"});
}

TEST_CASE("the room kept for a deletion's record is used once, and its end says so") {
  Unsealed full;
  REQUIRE_OK(full.log.wal().delete_segments_before(SegmentId(2)));
  const auto again = full.log.wal().delete_segments_before(SegmentId(3));
  REQUIRE(again.error().code == io::Code::no_space);
  REQUIRE(full.log.read_all().back() == full.last);
}

TEST_CASE("a low water beside the chain is found far behind its end, and is no torn end") {
  Unsealed full(2 * kBlock);
  LogFixture& log = full.log;
  const std::uint64_t first = log.wal().segments()[1].lsns.first.value();
  REQUIRE_OK(log.wal().delete_segments_before(SegmentId(2)));
  log.crash();
  const RecoveryInfo info = log.inspect();
  REQUIRE(info.tail == TailState::clean);
  REQUIRE(info.bytes_discarded == 0);
  log.options.recovery = RecoveryMode::absolute;
  log.options.preallocate = Preallocate::zero_fill;
  log.files().heal();
  log.open();
  REQUIRE(log.read_all() == LogFixture::numbers(first, full.last));
}

TEST_CASE("a crash loop of 20 opens on a full disk writes nothing after the reserve is used") {
  Unsealed full;
  const auto before = full.log.everything();
  for (int i = 0; i < 20; ++i) REQUIRE(full.log.reopen().last == Lsn(full.last));
  REQUIRE(full.log.everything() == before);
}

TEST_CASE("a spare that a crash left stays as the reserve of the next open") {
  LogFixture log;
  log.value_bytes = 3000;
  log.options.spare_segments = 1;
  log.open();
  log.write(1);
  while (log.segment_files().size() < 3) log.world().threads.relax();
  log.crash();
  log.files().fail({.operation = "create 0", .os_error = ENOSPC});
  log.open();
  log.write(1);
  REQUIRE(log.wal().current_segment_id() == SegmentId(2));
}

TEST_CASE("with no space made ready, link and low water still have their blocks") {
  LogFixture log;
  log.options.preallocate = Preallocate::none;
  log.open();
  log.write(1);
  const std::string reserve = log.segment_files().back();
  REQUIRE(log.bytes_of_file(reserve).size() == 15 * kBlock);
}

// ---- Poisoned ----

TEST_CASE("the hook is called once, with the first error, and may use the log") {
  LogFixture log;
  std::vector<io::Error> told;
  log.options.on_poisoned = [&](const io::Error& error) {
    told.push_back(error);
    REQUIRE(log.wal().sync().error().code == io::Code::poisoned);
  };
  log.open();
  log.write(2);
  log.files().fail({.operation = "sync 0"});
  REQUIRE_FALSE(log.append(3).has_value());
  REQUIRE_FALSE(log.append(4).has_value());
  REQUIRE(told.size() == 1);
  REQUIRE(io::describe(told[0]).find("EIO") != std::string::npos);
}

TEST_CASE("a poisoned log names the records that are not known to be durable") {
  LogFixture log;
  log.options.sync = Batch{.window = std::chrono::seconds(60)};
  log.open();
  log.write(3);
  REQUIRE_OK(log.wal().sync());
  log.write(2);
  log.files().fail({.operation = "sync 0"});
  REQUIRE_FALSE(log.wal().sync().has_value());
  REQUIRE(log.wal().close().error().detail.find("records 4..5 were accepted") != std::string::npos);
}

}  // namespace
}  // namespace wallop::wal
