// SPDX-License-Identifier: Apache-2.0
// Batches, above all those that are larger than one frame may be: there whole or not at all.
#include <catch2/catch.hpp>
#include <deque>

#include "wal/group.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::comes_true;
using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;

constexpr std::uint64_t kCount = 7;  // Records of a batch: three frames of three, three and one.

// Records n .. n + count - 1 of the fixture.
struct SomeRecords {
  SomeRecords(const LogFixture& log, std::uint64_t n, std::uint64_t count) {
    for (std::uint64_t i = n; i < n + count; ++i) {
      const std::string& key = texts.emplace_back(log.key(i));
      records.push_back(Record::put(key, texts.emplace_back(log.value(i))));
    }
  }
  std::deque<std::string> texts;
  std::vector<Record> records;
};

// A log with frames so small that a batch of kCount takes three.
struct Small : LogFixture {
  explicit Small(const SyncPolicy& sync = Always{}) {
    options.sync = sync;
    options.frame_bytes_max = 4000;
    value_bytes = 1200;
    open();
  }
  io::Result<Appended> append_batch(std::uint64_t n, std::uint64_t count = kCount) {
    return wal().append_batch(SomeRecords(*this, n, count).records);
  }
};

// ---- Frames ----

TEST_CASE("records fall into frames where the next one would make one too long") {
  const std::string value(2000, 'v');
  std::vector<EncodedRecord> records;  // Of views into it.
  for (const std::size_t size : {500UL, 300UL, 300UL, 2000UL, 10UL})
    records.push_back(
        EncodedRecord::make(Record::put("key", std::string_view(value).substr(0, size))).value());
  const FrameCuts cuts(1000);
  Group group(cuts);
  group.open(Lsn(5), kBlock);
  for (const EncodedRecord& record : records) group.add(record);
  REQUIRE(cuts.room_bytes(records) == group.end() - kBlock);
  const auto sealed = group.seal({{{}, SegmentId(7), {1, 2}}, Lsn(4), 3, 0});
  std::vector<std::uint32_t> counts;
  std::vector<int> bits;
  std::uint32_t chain = 3;
  for (std::uint64_t at = 0; at < sealed.bytes.size();) {
    const auto frame = decode_frame_header(sealed.bytes.subspan(at), {}, SegmentId(7), kBlock + at);
    REQUIRE(frame);
    REQUIRE(frame->header.previous_chain == std::exchange(chain, frame->chain));
    counts.push_back(frame->header.record_count);
    bits.push_back(frame->header.batch);
    at += frame_bytes(frame->header.payload_bytes);
  }
  REQUIRE(counts == std::vector<std::uint32_t>{2, 1, 1, 1});
  REQUIRE(bits == std::vector<int>{kBeginsBatch, 0, 0, kEndsBatch});
  REQUIRE(chain == sealed.chain);
}

// ---- Whole ----

TEST_CASE("a batch of several frames reads back whole, before and after a reopening") {
  Small log;
  log.write(2);
  const auto appended = log.append_batch(3);
  REQUIRE_OK(appended);
  REQUIRE(appended->lsns == LsnRange{Lsn(3), Lsn(9)});
  REQUIRE(log.position_of(3) == appended->first);
  REQUIRE(log.position_of(9) == appended->last);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 9));
  REQUIRE(log.reopen().tail == TailState::clean);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 9));
}

TEST_CASE("each record of a batch of several frames is found by its LSN and by its position") {
  Small log;
  for (std::uint64_t n = 1; n < 10 * kCount; n += kCount) REQUIRE_OK(log.append_batch(n));
  log.close();
  log.open();
  for (std::uint64_t n = 1; n <= 10 * kCount; ++n) {
    REQUIRE(log.read(log.wal().read_from(Lsn(n))) == LogFixture::numbers(n, 10 * kCount));
    REQUIRE(log.read(log.wal().read_from(log.position_of(n))) == LogFixture::numbers(n, 10 * kCount));
  }
}

TEST_CASE("a batch is written by one call, and not with what was appended before it") {
  Small log(Os{.buffer_bytes = 1 << 20, .buffer_time = std::chrono::seconds(60)});
  log.write(1);
  log.files().take_operations();
  REQUIRE_OK(log.append_batch(2));
  const std::string file = "write " + segment_name(SegmentId(1));
  REQUIRE(log.files().take_operations() == std::vector<std::string>{file});
  REQUIRE_OK(log.wal().flush());
  REQUIRE(log.files().take_operations() == std::vector<std::string>{file});
}

// ---- Torn ----

// A batch behind two durable records, written and never synced; where its bytes lie.
struct Torn : Small {
  Torn() : Small(Os{}) {
    write(2);
    REQUIRE_OK(wal().sync());
    const auto appended = append_batch(3);
    REQUIRE_OK(appended);
    begin = {appended->first.segment, appended->first.offset - kFrameHeaderBytes};
    bytes = wal().current_segment_bytes() - begin.offset;
    crash();
  }
  void require_gone() {
    const RecoveryInfo found = inspect();
    REQUIRE(found.tail == TailState::torn);
    REQUIRE(found.durable_proven == Lsn(2));
    REQUIRE(open().last == Lsn(2));
    REQUIRE(read_all() == numbers(1, 2));
    REQUIRE(reopen().tail == TailState::clean);
  }
  Position begin;
  std::uint64_t bytes = 0;
};

TEST_CASE("a batch whose end did not last goes whole, wherever the cut is") {
  const std::uint64_t bytes = Torn().bytes;
  for (std::uint64_t kept = kFrameAlignment; kept < bytes; kept += 8 * kFrameAlignment) {
    Torn log;
    log.zero({log.begin.segment, log.begin.offset + kept}, bytes - kept);
    log.require_gone();
  }
}

TEST_CASE("a batch goes whole whichever one line of it did not last") {
  const std::uint64_t bytes = Torn().bytes;
  for (std::uint64_t lost = 0; lost < bytes; lost += 8 * kFrameAlignment) {
    Torn log;
    log.zero({log.begin.segment, log.begin.offset + lost}, kFrameAlignment);
    log.require_gone();
  }
}

TEST_CASE("what follows a batch without an end was not durable before it, and goes with it") {
  Small log(Os{});
  log.write(2);
  const Position last = log.append_batch(3)->last;
  REQUIRE_OK(log.append(10));
  log.crash();
  log.flip(last);
  REQUIRE(log.open().last == Lsn(2));
}

TEST_CASE("damage in any frame of a durable batch gives up all of the batch and nothing before it") {
  for (const std::uint64_t n : {3UL, 6UL, 9UL}) {
    Small log;
    log.write(2);
    REQUIRE_OK(log.append_batch(3));
    const Position damaged = log.position_of(n);
    REQUIRE_OK(log.append(10));
    log.crash();
    log.flip(damaged);
    REQUIRE(log.inspect().lost == std::vector{testing::range(3, 9)});
  }
}

// ---- Bounds ----

TEST_CASE("a batch that does not fit the rest of a segment begins the next one, and lies in it alone") {
  Small log;
  REQUIRE_OK(log.append_batch(1, 25));
  const auto appended = log.append_batch(26, 25);
  REQUIRE_OK(appended);
  REQUIRE(appended->first.segment == SegmentId(2));
  REQUIRE(appended->last.segment == SegmentId(2));
  log.reopen();
  REQUIRE(log.read_all() == LogFixture::numbers(1, 50));
}

TEST_CASE("the largest batch that a segment takes is taken, and a record more is too large") {
  Small log;
  std::uint64_t count = 30;
  while (log.append_batch(1, count).has_value()) {
    log.wal().delete_segments_before(SegmentId(99)).value();
    log.crash();
    for (const std::string& name : log.segment_files()) log.remove(name);
    log.open();
    ++count;
  }
  const io::Error refused = log.append_batch(1, count).error();
  REQUIRE(refused.code == io::Code::too_large);
  REQUIRE(refused.detail.find("segment_bytes 65536") != std::string::npos);
  const std::uint64_t room = (16 - 4 - 1 - 1 - 1) * kBlock;
  REQUIRE((count - 1) * log.value_bytes < room);
  REQUIRE((count + 1) * (log.value_bytes + 40) > room);
}

TEST_CASE("a batch larger than unsynced_bytes_max is refused, and the sentence names it") {
  Small log;
  log.close();
  log.options.unsynced_bytes_max = 2 * kBlock;
  log.open();
  const io::Error refused = log.append_batch(1).error();
  REQUIRE(refused.code == io::Code::too_large);
  REQUIRE(refused.detail.find("unsynced_bytes_max (8192)") != std::string::npos);
  REQUIRE(log.wal().stats().appended == Lsn(0));
  REQUIRE_OK(log.append_batch(1, 5));
}

TEST_CASE("a batch never leaves more than unsynced_bytes_max written and not durable") {
  Small log(Os{});
  log.close();
  log.options.unsynced_bytes_max = 4 * kBlock;
  log.open();
  for (std::uint64_t n = 1; n < 20 * kCount; n += kCount) {
    REQUIRE_OK(log.append_batch(n));
    const Stats stats = log.wal().stats();
    REQUIRE(stats.appended.since(stats.durable) * log.value_bytes <= 4 * kBlock);
  }
}

// ---- Many threads ----

// Goal: no mark of the log ever points inside a batch, and no record falls between its frames. Method: all
// writers append batches of kCount, so every mark is a multiple of it, and record n is some writer's
// (n - 1) % kCount-th.
TEST_CASE("written and durable step over whole batches, whoever writes beside them") {
  for (const SyncPolicy& policy : {SyncPolicy(Always{}), SyncPolicy(Os{}), SyncPolicy(Batch{})}) {
    Small log(policy);
    constexpr std::uint64_t kRounds = 30;
    std::vector<std::unique_ptr<io::Thread>> writers;
    std::deque<std::string> failures(3);
    for (std::string& failure : failures) {
      writers.push_back(log.world().threads.spawn("writer", [&] {
        for (std::uint64_t i = 0; i < kRounds && failure.empty(); ++i)
          failure = failure_of(log.append_batch(1));
      }));
    }
    const Lsn end(3 * kRounds * kCount);
    bool whole = true;
    REQUIRE(comes_true(log.world(), [&] {
      const Stats stats = log.wal().stats();
      for (const Lsn mark : {stats.appended, stats.written, stats.durable})
        whole = whole && mark.value() % kCount == 0;
      return stats.appended == end;
    }));
    writers.clear();
    REQUIRE(failures == std::deque<std::string>(3));
    REQUIRE(whole);
    auto reader = log.wal().read_from(Lsn(1));
    for (std::uint64_t n = 0; n < end.value(); ++n)
      REQUIRE(text_of((*reader->next())->record.key) == log.key(n % kCount + 1));
  }
}

}  // namespace
}  // namespace wallop::wal
