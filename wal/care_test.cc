// SPDX-License-Identifier: Apache-2.0
// The care of an open log: verify, checkpoint; and following it from outside by its files.
#include <atomic>
#include <optional>

#include "wal/file_follower.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using namespace std::chrono_literals;
using testing::failure_of;
using testing::LogFixture;
using testing::range;

class Care : public LogFixture {
 public:
  VerifyReport verify() {
    auto report = wal().verify();
    REQUIRE_OK(report);
    return *report;
  }
  // Of record n: a byte of its value.
  void damage(std::uint64_t n) {
    const Position at = position_of(n);
    flip({at.segment, at.offset + 15});
  }
  Checkpoint checkpoint() {
    auto made = wal().checkpoint("copy");
    REQUIRE_OK(made);
    return *made;
  }
  bool exists(std::string_view path) { return world().files.stat(path).has_value(); }
  // The numbers of the records in the checkpoint, which is opened.
  std::vector<std::uint64_t> copied() {
    Options of = options;
    of.directory = "copy";
    auto opened = Wal::open(world(), of);
    REQUIRE_OK(opened);
    REQUIRE(opened->info.tail == TailState::clean);
    return read(opened->wal.read_from(Position::start()));
  }
};

// ---- verify ----

TEST_CASE_METHOD(Care, "a whole log is verified to its last record") {
  options.sync = Os{.buffer_bytes = 1 << 20, .buffer_time = 30s};
  open();
  REQUIRE(verify().lsns.empty());
  write(300);
  const VerifyReport report = verify();
  REQUIRE(report.whole());
  REQUIRE(report.lsns == range(1, 300));
  REQUIRE(report.record_count == 300);
  REQUIRE(wal().stats().durable == Lsn(300));
}

TEST_CASE_METHOD(Care, "verify names exactly the records that are gone, and the log goes on") {
  open();
  write(60);
  damage(20);
  damage(60);  // The last one: no byte in the files proves that it was durable, but the log knows.
  const VerifyReport report = verify();
  REQUIRE_FALSE(report.whole());
  REQUIRE(report.lsns == range(1, 19));
  REQUIRE(report.damage.holes.size() == 2);
  REQUIRE(report.damage.holes[0].lsns == range(20, 20));
  REQUIRE(report.damage.holes[1].lsns == range(60, 60));
  REQUIRE(report.damage.out_of_reach_count == 39);
  write(1);
  REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
}

TEST_CASE_METHOD(Care, "verify reads what the device holds, not what the page cache shows") {
  open();
  write(9);
  files().lose_in_device("0000000000000001.wal", position_of(5).offset - 64);
  REQUIRE(read_all() == numbers(1, 9));
  const VerifyReport report = verify();
  REQUIRE_FALSE(report.whole());
  REQUIRE(report.damage.holes.front().lsns.first == Lsn(5));
  REQUIRE(report.damage.holes.front().has_no_end);
}

TEST_CASE_METHOD(Care, "where the cache cannot be passed verify says so") {
  open();
  write(9);
  constexpr int kNotSupported = 95;  // EOPNOTSUPP
  files().fail({.operation = "read stored ", .os_error = kNotSupported});
  REQUIRE(verify().whole());
  REQUIRE(verify().cache_not_bypassed);
}

TEST_CASE_METHOD(Care, "verify begins with the oldest record that is left") {
  open();
  fill_segment();
  fill_segment();
  REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
  const Lsn oldest = wal().segments().front().lsns.first;
  REQUIRE(verify().lsns == LsnRange{oldest, wal().stats().appended});
}

// ---- checkpoint ----

TEST_CASE_METHOD(Care, "a checkpoint opens by itself and holds everything, and the log goes on") {
  options.evidence = EvidenceLevel::sealed_idle;
  open();
  write(100);
  const Checkpoint made = checkpoint();
  REQUIRE(made.last == Lsn(100));
  REQUIRE(made.segment_count == wal().segments().size());
  REQUIRE(made.linked_count > 0);
  write(50);
  REQUIRE(copied() == numbers(1, 100));
  REQUIRE(copied() == numbers(1, 100));
  REQUIRE(read_all() == numbers(1, 150));
  REQUIRE(verify().whole());
}

TEST_CASE_METHOD(Care, "a checkpoint holds what lay in a buffer, and of a log right after a rotation") {
  options.sync = Os{.buffer_bytes = 1 << 20, .buffer_time = 30s};
  open();
  write(10);
  REQUIRE_OK(wal().rotate());
  REQUIRE(checkpoint().last == Lsn(10));
  write(10);
  REQUIRE(copied() == numbers(1, 10));
}

TEST_CASE_METHOD(Care, "a checkpoint of a log without a record opens as one") {
  open();
  REQUIRE(checkpoint().last == Lsn(0));
  REQUIRE(copied().empty());
}

TEST_CASE_METHOD(Care, "what the log deletes and recycles stays as it was in a checkpoint") {
  options.recycle_segments = 2;
  open();
  for (int i = 0; i < 4; ++i) fill_segment();
  const std::uint64_t last = wal().stats().appended.value();
  REQUIRE(checkpoint().linked_count > 1);
  REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
  for (int i = 0; i < 4; ++i) fill_segment();
  REQUIRE(copied() == numbers(1, last));
}

TEST_CASE_METHOD(Care, "a checkpoint of a log whose beginning was deleted begins where the log does") {
  open();
  fill_segment();
  fill_segment();
  REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
  const auto all = read_all();
  checkpoint();
  REQUIRE(copied() == all);
}

TEST_CASE_METHOD(Care, "a checkpoint replaces nothing") {
  open();
  write(3);
  REQUIRE_OK(world().files.make_directory("copy"));
  REQUIRE(wal().checkpoint("copy").error().code == io::Code::already_exists);
  REQUIRE(wal().checkpoint("nowhere/copy").error().code == io::Code::not_found);
}

// Goal: cut anywhere, there is no checkpoint or a whole one, and the next attempt succeeds.
// Method: from the n-th call on every call fails, also those that would clear away.
TEST_CASE_METHOD(Care, "a checkpoint that is cut is not there, and the next one is") {
  open();
  write(60);
  std::uint64_t cut_count = 0;
  for (int n = 1;; ++n) {
    files().fail({.operation = "", .after = n});
    const auto made = wal().checkpoint("copy");
    files().heal();
    if (made) break;
    ++cut_count;
    if (exists("copy")) {  // Only the parent's sync failed.
      REQUIRE(copied() == numbers(1, 60));
      break;
    }
    REQUIRE(verify().whole());
  }
  REQUIRE(cut_count > 10);
  REQUIRE(exists("copy"));
  REQUIRE_FALSE(exists("copy.partial"));
  REQUIRE(copied() == numbers(1, 60));
}

TEST_CASE_METHOD(Care, "writers go on while a checkpoint is made, and it holds a prefix of theirs") {
  options.spare_segments = 1;
  open();
  std::atomic<bool> enough = false;
  std::atomic<std::uint64_t> acknowledged = 0;
  auto writer = world().threads.spawn("writer", [&] {
    for (std::uint64_t n = 1; !enough && append(n); ++n) acknowledged = n;
  });
  REQUIRE(testing::comes_true(world(), [&] { return acknowledged > 30; }));
  const std::uint64_t before = acknowledged;
  const Lsn last = checkpoint().last;
  enough = true;
  writer.reset();
  REQUIRE(last >= Lsn(before));
  REQUIRE(copied() == numbers(1, last.value()));
}

// ---- Following by files ----

class Outside : public Care {
 public:
  std::unique_ptr<FileFollower> look(std::optional<std::uint64_t> from) {
    auto follower = FileFollower::open(world(), "log", from ? std::optional(Lsn(*from)) : std::nullopt);
    REQUIRE_OK(follower);
    return std::move(*follower);
  }
  std::vector<std::uint64_t> shown(FileFollower& follower) {
    std::vector<std::uint64_t> numbers;
    for (;;) {
      const auto next = follower.next();
      REQUIRE_OK(next);
      if (!*next) return numbers;
      REQUIRE(text_of((*next)->record.value) == value((*next)->lsn.value()));
      numbers.push_back((*next)->lsn.value());
    }
  }
};

TEST_CASE_METHOD(Outside, "whoever looks from outside sees what is there, and what comes, across rotations") {
  open();
  write(3);
  const auto all = look(1), midst = look(3), coming = look(std::nullopt);
  REQUIRE(shown(*all) == numbers(1, 3));
  REQUIRE(shown(*midst) == numbers(3, 3));
  REQUIRE(shown(*coming).empty());
  for (std::uint64_t n = 4; n <= 60; ++n) {
    write(1);
    REQUIRE(shown(*all) == numbers(n, n));
  }
  REQUIRE(shown(*coming) == numbers(4, 60));
  REQUIRE(wal().segments().size() > 3);
  REQUIRE(shown(*look(40)) == numbers(40, 60));
}

TEST_CASE_METHOD(Outside, "whoever looks from outside sees the log go on behind an open") {
  open();
  write(5);
  const auto follower = look(1);
  REQUIRE(shown(*follower) == numbers(1, 5));
  for (int i = 0; i < 3; ++i) reopen();  // Two of them leave an empty segment behind.
  write(2);
  REQUIRE(shown(*follower) == numbers(6, 7));
}

TEST_CASE_METHOD(Outside, "whoever looks from outside is told of a deletion that came before") {
  options.recycle_segments = 1;
  open();
  write(1);
  const auto up_to_date = look(1), late = look(1);
  REQUIRE(shown(*up_to_date) == numbers(1, 1));
  fill_segment();
  const std::uint64_t last = wal().stats().appended.value();
  REQUIRE(shown(*up_to_date) == numbers(2, last));
  fill_segment();
  fill_segment();
  REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
  write(20);
  std::uint64_t expected = 0;
  auto next = late->next();
  for (; next && *next; next = late->next()) REQUIRE((*next)->lsn == Lsn(++expected));
  REQUIRE_FALSE(next.has_value());
  REQUIRE(next.error().code == io::Code::not_found);
}

TEST_CASE_METHOD(Outside, "whoever looks from outside sees a batch of several frames whole or not at all") {
  options.frame_bytes_max = kFrameBytesMin;
  open();
  write(1);
  std::vector<std::string> values;
  for (std::uint64_t n = 2; n <= 5; ++n) values.push_back(value(n) + std::string(400, '.'));
  std::vector<Record> batch;
  for (const std::string& text : values) batch.push_back(Record::put("key", text));
  const Position last = wal().append_batch(batch)->last;
  const std::string name = segment_name(last.segment);
  const std::string bytes = bytes_of_file(name);
  zero({last.segment, last.offset - 64}, 64);  // As if that frame had not been written yet.
  const auto follower = look(2);
  REQUIRE(follower->next().value() == std::nullopt);
  overwrite(name, last.offset - 64, std::string_view(bytes).substr(last.offset - 64, 64));
  REQUIRE(follower->next().value()->lsn == Lsn(2));
}

TEST_CASE_METHOD(Outside, "a damaged frame that others follow ends the looking on from outside") {
  open();
  fill_segment();
  damage(2);
  const auto follower = look(1);
  REQUIRE(follower->next().value()->lsn == Lsn(1));
  REQUIRE(follower->next().error().code == io::Code::corrupt);
  REQUIRE(FileFollower::open(world(), "nowhere", std::nullopt).error().code == io::Code::not_found);
}

}  // namespace
}  // namespace wallop::wal
