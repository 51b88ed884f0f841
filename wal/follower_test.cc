// SPDX-License-Identifier: Apache-2.0
// Reading one record by its position, and following a log.
#include <atomic>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using namespace std::chrono_literals;
using testing::comes_true;
using testing::failure_of;
using testing::LogFixture;

constexpr int kNoSpace = 28;  // ENOSPC

class Following : public LogFixture {
 public:
  Follower follow(std::uint64_t from = 1, Visibility visibility = Visibility::visible) {
    auto follower = wal().tail(Lsn(from), visibility);
    REQUIRE_OK(follower);
    return std::move(*follower);
  }
  // The numbers of the records that it shows without waiting, each checked.
  std::vector<std::uint64_t> shown(Follower& follower) {
    std::vector<std::uint64_t> numbers;
    for (;;) {
      const auto next = follower.next();
      REQUIRE_OK(next);
      if (!*next) return numbers;
      REQUIRE(text_of((*next)->record.key) == key((*next)->lsn.value()));
      REQUIRE(text_of((*next)->record.value) == value((*next)->lsn.value()));
      numbers.push_back((*next)->lsn.value());
    }
  }
  std::uint64_t shown_count(Follower& follower) {
    std::uint64_t count = 0;
    for (auto next = follower.next(); next && *next; next = follower.next()) ++count;
    return count;
  }
  // What ends it, once it has shown all.
  io::Code end_of(Follower& follower) {
    for (;;) {
      const auto next = follower.await_next();
      if (!next) return next.error().code;
    }
  }
};

// ---- One record by its position ----

TEST_CASE_METHOD(Following, "the record at a position that append told is the one appended there") {
  open();
  std::vector<Position> positions;
  for (std::uint64_t n = 1; n <= 300; ++n) positions.push_back(append(n).value().position);
  REQUIRE(wal().segments().size() > 3);
  for (std::uint64_t n = 1; n <= 300; ++n) {
    const auto found = wal().read_at(positions[n - 1]);
    REQUIRE_OK(found);
    REQUIRE(found->lsn() == Lsn(n));
    REQUIRE(found->record() == Record::put(key(n), value(n)));
  }
}

TEST_CASE_METHOD(Following, "no record begins a byte beside one, behind the last one, or nowhere") {
  open();
  write(3);
  const Position second = position_of(2);
  for (const Position at : {Position{second.segment, second.offset + 1}, wal().current_position(),
                            Position{second.segment.plus(7), 64}, Position::start()}) {
    REQUIRE(wal().read_at(at).error().code == io::Code::invalid);
  }
}

TEST_CASE_METHOD(Following, "a position in a deleted segment is not found") {
  open();
  fill_segment();
  const Position first = position_of(1);
  REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
  REQUIRE(wal().read_at(first).error().code == io::Code::not_found);
}

TEST_CASE_METHOD(Following, "a record whose frame is damaged is not read by its position") {
  open();
  write(3);
  const Position second = position_of(2);
  flip({second.segment, second.offset + 3});
  REQUIRE(wal().read_at(second).error().code == io::Code::corrupt);
}

// ---- Following ----

TEST_CASE_METHOD(Following, "a follower shows what is there, then what comes, across rotations") {
  open();
  write(5);
  Follower follower = follow();
  REQUIRE(shown(follower) == numbers(1, 5));
  REQUIRE(shown(follower).empty());
  write(300);
  REQUIRE(wal().segments().size() > 3);
  REQUIRE(shown(follower) == numbers(6, 305));
  REQUIRE_OK(wal().rotate());
  REQUIRE(shown(follower).empty());
  write(1);
  REQUIRE(shown(follower) == numbers(306, 306));
}

TEST_CASE_METHOD(Following, "a follower may begin in the midst of the log, or before a record is there") {
  open();
  write(200);
  Follower midst = follow(150), ahead = follow(203);
  REQUIRE(shown(midst) == numbers(150, 200));
  REQUIRE(shown(ahead).empty());
  write(2);
  REQUIRE(shown(ahead).empty());
  write(100);
  REQUIRE(shown(ahead) == numbers(203, 302));
}

TEST_CASE_METHOD(Following, "a record that lies in a buffer is shown once it is written") {
  options.sync = Os{.buffer_bytes = 1 << 20, .buffer_time = 30s};
  open();
  write(3);
  Follower follower = follow();
  REQUIRE(shown(follower).empty());
  REQUIRE_OK(wal().flush());
  REQUIRE(shown(follower) == numbers(1, 3));
}

TEST_CASE_METHOD(Following, "who asks for what is durable is shown no record before its sync") {
  options.sync = Os{};
  open();
  write(3);
  Follower visible = follow(), durable = follow(1, Visibility::durable);
  REQUIRE(shown(visible) == numbers(1, 3));
  REQUIRE(shown(durable).empty());
  REQUIRE_OK(wal().sync());
  REQUIRE(shown(durable) == numbers(1, 3));
  files().fail({.operation = "sync 0000000000000001.wal"});
  write(1);
  REQUIRE_FALSE(wal().sync().has_value());
  REQUIRE(visible.next().value()->lsn == Lsn(4));
  REQUIRE(durable.next().error().code == io::Code::poisoned);
  REQUIRE(visible.next().error().code == io::Code::poisoned);
}

TEST_CASE_METHOD(Following, "a record that a full disk made withdrawn is never shown") {
  options.preallocate = Preallocate::none;
  open();
  write(2);
  Follower follower = follow();
  REQUIRE(shown(follower) == numbers(1, 2));
  files().fail({.operation = "write ", .os_error = kNoSpace, .reaches_bytes = 80});
  REQUIRE(append(77).error().code == io::Code::no_space);
  REQUIRE(shown(follower).empty());
  files().heal();
  write(2);
  REQUIRE(shown(follower) == numbers(3, 4));
}

TEST_CASE_METHOD(Following, "a follower that waits is woken by the next record, and by its deadline") {
  open();
  Follower follower = follow();
  REQUIRE(follower.next_until(world().clock.now() + 1ms).value() == std::nullopt);
  std::atomic<std::uint64_t> got = 0;
  const auto thread = world().threads.spawn("follower", [&] {
    for (std::uint64_t n = 1; n <= 3; ++n) got = follower.await_next()->lsn.value();
  });
  for (std::uint64_t n = 1; n <= 3; ++n) {
    write(1);
    REQUIRE(comes_true(world(), [&] { return got == n; }));
  }
  thread->join();
}

TEST_CASE_METHOD(Following, "a follower shows all, and then says that the log was closed") {
  options.sync = Batch{.window = 30s};
  open();
  write(40);
  Follower follower = follow();
  std::atomic<std::uint64_t> count = 0;
  std::atomic<io::Code> code = io::Code::invalid;
  const auto thread = world().threads.spawn("follower", [&] {
    auto next = follower.await_next();
    for (; next; next = follower.await_next()) ++count;
    code = next.error().code;
  });
  close();
  thread->join();
  REQUIRE(count == 40);
  REQUIRE(code == io::Code::closed);
}

TEST_CASE_METHOD(Following, "a follower outlives its log") {
  open();
  write(200);
  Follower begun = follow(), waiting = follow(201);
  REQUIRE_OK(begun.next());
  std::atomic<io::Code> code = io::Code::invalid;
  const auto thread = world().threads.spawn("follower", [&] { code = end_of(waiting); });
  crash();
  thread->join();
  REQUIRE(code == io::Code::closed);
  REQUIRE(shown_count(begun) == 199);
  REQUIRE(begun.next().error().code == io::Code::closed);
}

TEST_CASE_METHOD(Following, "a follower goes on where what it has read is deleted") {
  open();
  Follower follower = follow();
  for (int round = 0; round < 3; ++round) {
    fill_segment();
    REQUIRE(shown(follower).size() >= 5);
    REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
    REQUIRE(shown(follower).empty());
  }
  write(1);
  REQUIRE(shown(follower).size() == 1);
}

TEST_CASE_METHOD(Following, "a follower is told where what it has not read is deleted") {
  open();
  fill_segment();
  fill_segment();
  Follower follower = follow();
  REQUIRE(follower.next().value()->lsn == Lsn(1));
  REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
  REQUIRE(end_of(follower) == io::Code::not_found);
  REQUIRE(follower.next().error().code == io::Code::not_found);
}

TEST_CASE_METHOD(Following, "no record is shown out of a segment that was recycled under a follower") {
  options.recycle_segments = 2;
  value_bytes = 9000;
  options.segment_bytes = 8 << 20;
  open();
  fill_segment();
  Follower follower = follow();
  const std::uint64_t last = wal().segments().front().lsns.last.value();
  REQUIRE(follower.next().value()->lsn == Lsn(1));
  REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
  while (wal().stats().rotation_count < 4) write(1);
  std::uint64_t count = 1;
  auto next = follower.next();
  for (; next && *next; next = follower.next()) {
    REQUIRE((*next)->lsn == Lsn(++count));
    REQUIRE(text_of((*next)->record.value) == value(count));
  }
  REQUIRE(next.error().code == io::Code::not_found);
  REQUIRE(count < last);
}

TEST_CASE_METHOD(Following, "a follower passes over what an open gave up, and tells of it") {
  open();
  write(4);
  const Position third = position_of(3);
  close();
  flip({third.segment, third.offset + 3});
  options.recovery = RecoveryMode::prefix;
  open();
  Follower follower = follow();
  REQUIRE(append(4).value().lsn == Lsn(4));
  REQUIRE(follower.next().value()->lsn == Lsn(1));
  REQUIRE(follower.next().value()->lsn == Lsn(2));
  const auto behind = follower.next();
  REQUIRE(behind.value()->lsn == Lsn(4));
  REQUIRE((*behind)->lost_before == testing::range(3, 3));
  REQUIRE(follower.next().value() == std::nullopt);
}

TEST_CASE_METHOD(Following, "a follower of damage is refused, and stays so") {
  open();
  write(2);
  Follower follower = follow();
  flip({position_of(2).segment, position_of(2).offset + 3});
  REQUIRE_OK(follower.next());
  REQUIRE(follower.next().error().code == io::Code::corrupt);
  REQUIRE(follower.next().error().code == io::Code::corrupt);
}

// Goal: whatever writers, rotation, deletion and recycling do meanwhile, a follower sees each record once,
// whole and in order, and skips only what it is told was deleted; a durable one never overtakes the log's own
// durable mark. Method: four writers, two followers that begin again behind each not_found, a thread that
// deletes.
TEST_CASE_METHOD(Following, "followers keep up with writers, rotation, deletion and recycling") {
  options.sync = GENERATE(SyncPolicy{Batch{.window = 1ms}}, SyncPolicy{Os{}});
  options.spare_segments = 1;
  options.recycle_segments = 2;
  options.evidence = EvidenceLevel::sealed_idle;
  open();
  constexpr std::uint64_t kEach = 3000;
  constexpr std::uint64_t kWriters = 4;
  std::atomic<std::uint64_t> wrong = 0, told_deleted = 0, last_seen[2] = {0, 0};
  std::vector<std::unique_ptr<io::Thread>> threads;
  const auto follow_all = [&](Visibility visibility, std::atomic<std::uint64_t>& last) {
    Follower follower = std::move(*wal().tail(Lsn(1), visibility));
    while (last < kWriters * kEach) {
      const auto next = follower.await_next();
      if (!next && next.error().code == io::Code::not_found) {
        ++told_deleted;
        const Lsn oldest = wal().segments().front().lsns.first;
        last = std::max<std::uint64_t>(last, oldest.value() - 1);
        follower = std::move(*wal().tail(Lsn(last + 1), visibility));
        continue;
      }
      if (!next) return void(++wrong);
      const std::uint64_t lsn = next->lsn.value();
      const bool overtakes = visibility == Visibility::durable && next->lsn > wal().stats().durable;
      const bool is_next = lsn == last + 1 || (lsn > last && told_deleted > 0);
      if (!is_next || overtakes || !text_of(next->record.value).starts_with(text_of(next->record.key)))
        ++wrong;
      last = lsn;
    }
  };
  threads.push_back(world().threads.spawn("visible", [&] { follow_all(Visibility::visible, last_seen[0]); }));
  threads.push_back(world().threads.spawn("durable", [&] { follow_all(Visibility::durable, last_seen[1]); }));
  std::vector<std::unique_ptr<io::Thread>> writers;
  for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
    writers.push_back(world().threads.spawn("writer", [&, writer] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        const std::string own_key = std::to_string(writer) + "/" + std::to_string(i);
        if (!wal().append(Record::put(own_key, own_key + std::string(i % 100, '.')))) ++wrong;
        if (writer == 0 && i % 500 == 499 && !wal().delete_segments_before(wal().current_segment_id()))
          ++wrong;
      }
    }));
  }
  writers.clear();  // Joins.
  REQUIRE_OK(wal().sync());
  threads.clear();
  REQUIRE(wrong == 0);
  REQUIRE(last_seen[0] == kWriters * kEach);
  REQUIRE(last_seen[1] == kWriters * kEach);
}

}  // namespace
}  // namespace wallop::wal
