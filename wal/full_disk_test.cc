// SPDX-License-Identifier: Apache-2.0
// A write that meets a full disk: nothing is lost, what is refused never appears, and the log goes on.
#include <atomic>
#include <catch2/catch.hpp>
#include <deque>

#include "wal/format.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::comes_true;
using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;
using namespace std::chrono_literals;

const Os kBuffered{.buffer_bytes = 1 << 20, .buffer_time = 60s};

// A log on a disk whose every write fails for space from fill() on, until there is room again.
struct Full : LogFixture {
  explicit Full(const SyncPolicy& sync) {
    options.sync = sync;
    options.preallocate = Preallocate::none;
    value_bytes = 1000;
    open();
  }
  void fill(std::uint64_t reaches_bytes = 0) {
    files().fail({.operation = "write 0", .os_error = ENOSPC, .reaches_bytes = reaches_bytes});
  }
  void require_held(std::uint64_t last) {
    REQUIRE(reopen().tail == TailState::clean);
    REQUIRE(read_all() == numbers(1, last));
  }
};

// ---- Withdrawn ----

TEST_CASE(
    "an append that meets a full disk is not appended, and its LSN is the next one's once there is room") {
  for (const SyncPolicy& policy : {SyncPolicy(Always{}), SyncPolicy(Os{})}) {
    Full log(policy);
    log.write(3);
    log.fill(500);
    for (int i = 0; i < 3; ++i) REQUIRE(log.append(4).error().code == io::Code::no_space);
    REQUIRE(log.wal().stats().appended == Lsn(3));
    REQUIRE(log.wal().stats().record_count == 3);
    REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
    REQUIRE(log.wal().sync().value() == Lsn(3));
    log.files().heal();
    log.write(3);
    REQUIRE(log.read_all() == LogFixture::numbers(1, 6));
    log.require_held(6);
  }
}

TEST_CASE("a withdrawn record does not come back, however much of it had been written") {
  for (std::uint64_t reached = 0; reached < 1000; reached += 24) {
    Full log(Always{});
    log.write(2);
    log.fill(reached);
    REQUIRE(log.append(3).error().code == io::Code::no_space);
    log.crash();
    log.files().heal();
    REQUIRE(log.open().last == Lsn(2));
    REQUIRE(log.read_all() == LogFixture::numbers(1, 2));
  }
}

TEST_CASE("the first group of a segment that met a full disk is written over what it left") {
  Full log(Always{});
  log.write(2);
  REQUIRE_OK(log.wal().rotate());
  log.fill(700);
  for (int i = 0; i < 3; ++i) REQUIRE(log.append(3).error().code == io::Code::no_space);
  log.files().heal();
  const SegmentId segment = log.wal().current_segment_id();
  log.write(2);
  REQUIRE(log.wal().current_segment_id() == segment);
  log.require_held(4);
}

TEST_CASE("a batch that was written in part is withdrawn whole") {
  Full log(Always{});
  log.close();
  log.options.frame_bytes_max = 1100;
  log.open();
  log.write(1);
  std::deque<std::string> texts;
  std::vector<Record> records;
  for (std::uint64_t n = 2; n <= 5; ++n) {
    const std::string& key = texts.emplace_back(log.key(n));
    records.push_back(Record::put(key, texts.emplace_back(log.value(n))));
  }
  log.fill(2 * kBlock / 3);
  REQUIRE(log.wal().append_batch(records).error().code == io::Code::no_space);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 1));
  log.files().heal();
  REQUIRE_OK(log.wal().append_batch(records));
  log.require_held(5);
}

TEST_CASE("what is not for want of space still poisons the log") {
  Full log(Always{});
  log.write(1);
  log.files().fail({.operation = "write 0"});
  REQUIRE_FALSE(log.append(2).has_value());
  log.files().heal();
  REQUIRE(log.append(2).error().code == io::Code::poisoned);
}

// ---- Held up ----

TEST_CASE("accepted records stay in memory on a full disk, and are written in order once there is room") {
  for (const SyncPolicy& policy : {SyncPolicy(kBuffered), SyncPolicy(Batch{.window = 60s})}) {
    Full log(policy);
    log.write(3);
    REQUIRE_OK(log.wal().flush());
    log.write(2);
    log.fill(500);
    const io::Error refused = log.wal().sync().error();
    REQUIRE(refused.code == io::Code::no_space);
    REQUIRE(refused.detail.find("records 4..5 were accepted") != std::string::npos);
    REQUIRE(log.append(6).error().code == io::Code::no_space);
    REQUIRE(log.wal().stats().appended == Lsn(5));
    REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
    log.files().heal();
    REQUIRE(log.wal().sync().value() == Lsn(5));
    log.write(1);
    REQUIRE(log.read_all() == LogFixture::numbers(1, 6));
    REQUIRE_OK(log.wal().sync());
    log.require_held(6);
  }
}

TEST_CASE("what is written is made durable while what stands behind it is held up") {
  Full log(kBuffered);
  log.write(3);
  REQUIRE_OK(log.wal().flush());
  log.write(1);
  log.fill();
  REQUIRE_FALSE(log.wal().flush().has_value());
  REQUIRE_OK(log.wal().wait_durable(Lsn(3)));
  REQUIRE(log.wal().stats().durable == Lsn(3));
  REQUIRE(log.wal().wait_durable(Lsn(4)).error().code == io::Code::no_space);
}

TEST_CASE("held up records reach the disk by themselves once there is room") {
  Full log(Batch{.window = 2ms});
  log.write(1);
  log.fill();
  REQUIRE_OK(log.append(2));
  REQUIRE(comes_true(log.world(), [&] { return !log.wal().flush().has_value(); }));
  log.files().heal();
  REQUIRE(comes_true(log.world(), [&] { return log.wal().stats().durable == Lsn(2); }));
}

TEST_CASE("reading from where a held up record was to lie leads to it") {
  Full log(kBuffered);
  log.write(2);
  REQUIRE_OK(log.wal().flush());
  const Position said = log.append(3)->position;
  log.append(4).value();
  log.fill();
  REQUIRE_FALSE(log.wal().flush().has_value());
  log.files().heal();
  REQUIRE_OK(log.wal().flush());
  REQUIRE(log.read(log.wal().read_from(said)) == LogFixture::numbers(3, 4));
}

TEST_CASE("close on a full disk names the records that it loses, and loses no others") {
  Full log(kBuffered);
  log.write(3);
  REQUIRE_OK(log.wal().sync());
  log.write(2);
  log.fill();
  const io::Error refused = log.wal().close().error();
  REQUIRE(refused.code == io::Code::no_space);
  REQUIRE(refused.detail.find("records 4..5 were accepted") != std::string::npos);
  log.files().heal();
  REQUIRE(log.reopen().last == Lsn(3));
}

TEST_CASE("an append that must be written and cannot is unknown, not refused") {
  Full log(Batch{.window = 60s, .bytes = 500});
  log.write(1);
  log.fill();
  REQUIRE(log.append(2).error().code == io::Code::io_error);
  REQUIRE(log.wal().stats().appended == Lsn(2));
  REQUIRE(log.append(3).error().code == io::Code::no_space);
  log.files().heal();
  REQUIRE(log.wal().sync().value() == Lsn(2));
}

// ---- Deletion ----

TEST_CASE("deletion works while records are held up, and they follow") {
  Full log(kBuffered);
  log.write(3);
  REQUIRE_OK(log.wal().rotate());
  log.write(2);
  REQUIRE_OK(log.wal().flush());
  log.write(2);
  const std::string tail = log.segment_files()[1];
  // Behind what is written there is no room; the block that is kept for a low water is there.
  log.files().fail({.operation = "write " + tail, .os_error = ENOSPC});
  log.files().fail({.operation = "create 0", .os_error = ENOSPC});
  REQUIRE_FALSE(log.wal().flush().has_value());
  log.files().heal();
  log.files().fail({.operation = "create 0", .os_error = ENOSPC});
  REQUIRE(log.wal().delete_segments_before(SegmentId(2))->segment_count == 1);
  REQUIRE(log.append(8).error().code == io::Code::no_space);
  log.files().heal();
  REQUIRE_OK(log.wal().sync());
  REQUIRE(log.read_all() == LogFixture::numbers(4, 7));
  REQUIRE(log.reopen().tail == TailState::clean);
  REQUIRE(log.read_all() == LogFixture::numbers(4, 7));
}

TEST_CASE("a deletion that met a full disk beside records held up keeps what was durable after a crash") {
  Full log(kBuffered);
  log.write(3);
  REQUIRE_OK(log.wal().rotate());
  log.write(2);
  REQUIRE_OK(log.wal().sync());
  log.write(2);
  log.files().fail({.operation = "write 0", .os_error = ENOSPC, .reaches_bytes = 300});
  REQUIRE_FALSE(log.wal().flush().has_value());
  log.files().heal();
  log.files().fail({.operation = "create 0", .os_error = ENOSPC});
  REQUIRE_OK(log.wal().delete_segments_before(SegmentId(2)));
  log.crash();
  log.files().heal();
  REQUIRE(log.open().tail != TailState::corrupt);
  REQUIRE(log.read_all() == LogFixture::numbers(4, 5));
}

TEST_CASE("a deletion whose record finds no room in the chain puts it beside, and the log goes on") {
  Full log(Always{});
  log.write(3);
  REQUIRE_OK(log.wal().rotate());
  log.write(1);
  const std::string tail = segment_name(log.wal().current_segment_id());
  int writes = 0;  // The first is the one in the chain.
  log.files().before_each([&](std::string_view operation) {
    if (operation != "write " + tail) return;
    if (++writes == 1) log.files().fail({.operation = "write " + tail, .os_error = ENOSPC});
    if (writes == 2) log.files().heal();
  });
  REQUIRE(log.wal().delete_segments_before(SegmentId(2))->segment_count == 1);
  REQUIRE(writes == 2);
  log.write(2);
  log.reopen();
  REQUIRE(log.read_all() == LogFixture::numbers(4, 6));
}

// ---- Many threads ----

// Goal: whoever was told yes is there in order, whoever was told no_space is not. Method: the disk fills and
// empties under three writers.
TEST_CASE(
    "full for moments under many writers: what was acknowledged is there, and nothing that was refused") {
  Full log(Always{});
  constexpr std::size_t kRounds = 60;
  std::vector<std::vector<std::string>> told_yes(3);
  std::vector<std::unique_ptr<io::Thread>> writers;
  std::atomic<int> running = 3;
  for (std::vector<std::string>& yes : told_yes) {
    writers.push_back(log.world().threads.spawn("writer", [&] {
      const std::string name = std::to_string(&yes - told_yes.data());
      for (std::size_t i = 0; i < kRounds; ++i) {
        const std::string key = name + " " + std::to_string(i);
        const auto placed = log.wal().append(Record::put(key, std::string(200, 'v')));
        if (placed) yes.push_back(key);
        if (!placed && placed.error().code != io::Code::no_space) yes.push_back(failure_of(placed));
      }
      --running;
    }));
  }
  while (running > 0) {
    log.fill(100);
    log.world().clock.sleep_until(log.world().clock.now() + 200us);
    log.files().heal();
    log.world().clock.sleep_until(log.world().clock.now() + 500us);
  }
  writers.clear();
  log.crash();
  log.files().heal();
  log.open();
  std::vector<std::vector<std::string>> found(3);
  auto reader = log.wal().read_from(Lsn(1));
  for (auto next = reader->next(); next->has_value(); next = reader->next()) {
    const std::string key(text_of((*next)->record.key));
    found[static_cast<std::size_t>(key[0] - '0')].push_back(key);
  }
  REQUIRE(found == told_yes);
}

}  // namespace
}  // namespace wallop::wal
