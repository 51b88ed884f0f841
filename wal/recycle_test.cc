// SPDX-License-Identifier: Apache-2.0
// Recycling, step by step: the order, each place where it may be cut, and what recovery makes of a file that
// was another segment before.
#include "wal/recycle.h"

#include <catch2/catch.hpp>

#include "wal/log_fixture.h"
#include "wal/salvage.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;
using testing::range;

std::string name(std::uint64_t id) {
  return segment_name(SegmentId(id));
}

// Segments 1 and 2 are full, 3 holds records, 4 is the reserve.
struct TwoFullSegments {
  explicit TwoFullSegments(unsigned recycle_segments) {
    log.options.recycle_segments = recycle_segments;
    log.value_bytes = 3000;
    log.open();
    log.fill_segment().fill_segment().write(1);
    REQUIRE(log.segment_files() == std::vector{name(1), name(2), name(3), name(4)});
    first_kept = log.wal().segments().back().lsns.first.value();
  }
  auto remove_both() { return log.wal().delete_segments_before(SegmentId(3)); }
  // Both are removed, and the next rotation goes into what was segment 1 by then.
  void write_into_recycled() {
    REQUIRE_OK(remove_both());
    log.fill_segment();
    REQUIRE(log.wal().current_segment_id() == SegmentId(4));
    log.fill_segment();
    REQUIRE(log.wal().current_segment_id() == SegmentId(5));
  }
  std::uint64_t last() { return log.wal().stats().appended.value(); }

  LogFixture log;
  std::uint64_t first_kept = 0;
};

bool is_recycled(LogFixture& log, const std::string& file) {
  const std::string bytes = log.bytes_of_file(file);
  const auto header = decode_segment_header(std::as_bytes(std::span(bytes)), 0);
  REQUIRE_OK(header);
  return *header && (*header)->recycled == Recycled::yes;
}

TEST_CASE("recycling: low water, name, directory, erasing, headers, each in its place") {
  TwoFullSegments old(1);
  old.log.files().take_operations();
  REQUIRE(old.remove_both()->segment_count == 2);
  REQUIRE(old.log.files().take_operations() ==
          std::vector<std::string>{"write " + name(3), "sync " + name(3),   // The low water.
                                   "open " + name(1), "read " + name(1),    //
                                   "rename " + name(1) + " to " + name(5),  //
                                   "sync log",                              //
                                   "write " + name(1), "write " + name(1),  // Slots and link; the end.
                                   "write " + name(1), "write " + name(1),  // Headers.
                                   "sync " + name(1),                       //
                                   "remove " + name(2), "sync log"});       // More than is wanted.
  REQUIRE(old.log.segment_files() == std::vector{name(3), name(4), name(5)});
}

TEST_CASE("with recycle_segments 0 everything that is deleted is unlinked") {
  TwoFullSegments old(0);
  REQUIRE_OK(old.remove_both());
  REQUIRE(old.log.segment_files() == std::vector{name(3), name(4)});
}

TEST_CASE("a log that deletes as it goes makes no new segment once it recycles") {
  TwoFullSegments old(2);
  REQUIRE_OK(old.remove_both());
  old.log.files().fail({.operation = "create 0"});
  for (int round = 0; round < 12; ++round) {
    old.log.fill_segment();
    REQUIRE_OK(old.log.wal().delete_segments_before(old.log.wal().current_segment_id()));
  }
  REQUIRE(old.log.segment_files().size() <= 4);
  const std::uint64_t first = old.log.wal().segments().front().lsns.first.value();
  REQUIRE(old.log.read_all() == LogFixture::numbers(first, old.last()));
}

TEST_CASE("a recycled segment holds what was written into it, and nothing of what it was") {
  for (const std::uint64_t more : {0U, 1U, 3U}) {
    TwoFullSegments old(1);
    old.write_into_recycled();
    REQUIRE(is_recycled(old.log, name(5)));
    old.log.write(more);
    const std::uint64_t last = old.last();
    const RecoveryInfo info = old.log.reopen();
    REQUIRE(info.tail == TailState::recycled);
    REQUIRE(info.bytes_discarded == 0);
    REQUIRE(info.last == Lsn(last));
    REQUIRE(old.log.read_all() == LogFixture::numbers(old.first_kept, last));
  }
}

TEST_CASE("salvage shows no record of what a recycled segment was before") {
  TwoFullSegments old(1);
  old.write_into_recycled();
  const std::uint64_t last = old.last();
  old.log.crash();
  auto salvage = Salvage::open(old.log.world(), "log");
  REQUIRE_OK(salvage);
  std::uint64_t expected = old.first_kept;
  for (;; ++expected) {
    auto next = salvage->next();
    REQUIRE_OK(next);
    if (!*next) break;
    REQUIRE(std::get<RecordView>(**next).lsn == Lsn(expected));
  }
  REQUIRE(expected == last + 1);
}

TEST_CASE("a torn frame in a recycled segment is torn where its header is whole, and else its end") {
  const auto inspect_torn = [](std::uint64_t from, std::size_t bytes) {
    TwoFullSegments old(1);
    old.write_into_recycled();
    old.log.write(2);
    const std::uint64_t last = old.last();
    const Position position = old.log.position_of(last);
    old.log.crash();
    old.log.zero({position.segment, position.offset - kFrameHeaderBytes + from}, bytes);
    const RecoveryInfo info = old.log.inspect();
    REQUIRE(info.last == Lsn(last - 1));
    return info;
  };
  const RecoveryInfo payload = inspect_torn(kFrameHeaderBytes + 100, 50);
  REQUIRE(payload.tail == TailState::torn);
  REQUIRE(payload.bytes_discarded > 3000);
  REQUIRE(payload.bytes_discarded < 2 * kBlock);
  const RecoveryInfo header = inspect_torn(0, kFrameHeaderBytes);
  REQUIRE(header.tail == TailState::recycled);
  REQUIRE(header.bytes_discarded == 0);
}

TEST_CASE("damage to an acknowledged record of a recycled segment is a loss, as in any other") {
  TwoFullSegments old(1);
  old.write_into_recycled();
  old.log.write(3);
  const std::uint64_t last = old.last();
  old.log.flip(old.log.position_of(last - 1));
  old.log.crash();
  REQUIRE(old.log.inspect().lost == std::vector{range(last - 1, last - 1)});
  REQUIRE(old.log.open_code() == io::Code::corrupt);
}

TEST_CASE("recycling that is cut anywhere leaves a log that holds what it should, and no file that stays") {
  for (int cut = 1; cut <= 13; ++cut) {
    TwoFullSegments old(1);
    const std::uint64_t last = old.last();
    old.log.files().fail({.operation = "", .after = cut});
    REQUIRE_FALSE(old.remove_both().has_value());
    old.log.files().heal();
    REQUIRE(old.log.reopen().tail == TailState::clean);
    const std::uint64_t first = old.log.wal().segments().front().lsns.first.value();
    REQUIRE((first == 1 || first == old.first_kept));
    REQUIRE(old.log.read_all() == LogFixture::numbers(first, last));
    old.log.write(1);
    REQUIRE(old.log.segment_files().size() <= (first == 1 ? 5 : 4));
  }
}

// Goal: the file that a cut leaves. Method: the old file's bytes under a new name, with each header copy old,
// new, or gone.
enum class Copy { old, of_new, gone };

void leave_cut(LogFixture& log, const std::string& old_bytes, Copy first, Copy second) {
  log.overwrite(name(9), 0, old_bytes);
  const auto header = decode_segment_header(std::as_bytes(std::span(old_bytes)), 0);
  SegmentHeader fresh = **header;
  fresh.id = SegmentId(9);
  fresh.recycled = Recycled::yes;
  std::uint64_t offset = 0;
  for (const Copy copy : {first, second}) {
    if (copy == Copy::gone) log.overwrite(name(9), offset, std::string(segment_header_at::kEnd, '\0'));
    if (copy == Copy::of_new) {
      const EncodedSegmentHeader encoded = encode_segment_header(fresh, offset);
      log.overwrite(name(9), offset, {reinterpret_cast<const char*>(encoded.data()), encoded.size()});
    }
    offset += kBlock;
  }
}

TEST_CASE("whichever headers a cut leaves, the file is named as nothing, and the open removes it") {
  for (const Copy first : {Copy::old, Copy::of_new, Copy::gone}) {
    for (const Copy second : {Copy::old, Copy::of_new, Copy::gone}) {
      TwoFullSegments old(0);
      const std::string bytes = old.log.bytes_of_file(name(1));
      REQUIRE_OK(old.remove_both());
      const std::uint64_t last = old.last();
      old.log.crash();
      leave_cut(old.log, bytes, first, second);
      const RecoveryInfo info = old.log.inspect();
      REQUIRE(info.tail == TailState::clean);
      REQUIRE(info.bytes_discarded == 0);
      REQUIRE(info.cut == std::vector{SegmentId(9)});
      old.log.open();
      REQUIRE(old.log.read_all() == LogFixture::numbers(old.first_kept, last));
      REQUIRE_FALSE(old.log.everything().contains(name(9)));
      old.log.write(1);
      REQUIRE_OK(old.log.wal().rotate());
      REQUIRE(old.log.wal().current_segment_id() > SegmentId(9));
    }
  }
}

TEST_CASE("a file under a wrong name is damage where the low water does not explain it") {
  TwoFullSegments old(0);
  old.log.crash();
  const std::string bytes = old.log.bytes_of_file(name(2));
  old.log.remove(name(2));
  old.log.overwrite(name(9), 0, bytes);
  REQUIRE(old.log.inspect().damage == name(9) + ": its header is another segment's");
  REQUIRE(old.log.open_code() == io::Code::corrupt);
  REQUIRE(old.log.everything().contains(name(9)));
}

TEST_CASE("a used segment with one header of another segment is damage") {
  TwoFullSegments old(0);
  old.log.crash();
  const std::string other = old.log.bytes_of_file(name(1)).substr(kBlock, segment_header_at::kEnd);
  old.log.overwrite(name(3), kBlock, other);
  REQUIRE(old.log.inspect().damage == name(3) + ": one of its headers is another segment's");
}

TEST_CASE("a recycled spare that was written to is not used, and one that was not is") {
  for (const bool is_touched : {false, true}) {
    for (const std::uint64_t block : {2U, 3U, 4U, 14U, 15U}) {
      TwoFullSegments old(2);
      REQUIRE_OK(old.remove_both());
      old.log.crash();
      if (is_touched) old.log.overwrite(name(5), block * kBlock + 7, "x");
      old.log.remove(name(4));
      old.log.open();
      REQUIRE(old.log.wal().current_segment_id() == SegmentId(is_touched ? 6 : 5));
    }
  }
}

TEST_CASE("inspect names what is ready to be used") {
  TwoFullSegments old(1);
  REQUIRE_OK(old.remove_both());
  old.log.crash();
  REQUIRE(old.log.inspect().spares == std::vector{SegmentId(4), SegmentId(5)});
}

TEST_CASE("a segment of another size is unlinked, whatever recycle_segments says") {
  TwoFullSegments old(2);
  old.log.crash();
  old.log.options.segment_bytes = 32 * kBlock;
  old.log.open();
  old.log.write(1);
  REQUIRE_OK(old.log.wal().delete_segments_before(old.log.wal().current_segment_id()));
  for (const std::string& file : old.log.segment_files()) REQUIRE_FALSE(is_recycled(old.log, file));
}

TEST_CASE("on a full disk what is deleted becomes the reserve, and append goes on with no space taken") {
  TwoFullSegments old(1);
  old.log.files().fail({.operation = "allocate 0", .os_error = ENOSPC});
  std::uint64_t n = old.last();
  while (old.log.append(n + 1)) ++n;
  REQUIRE(old.log.append(n + 1).error().code == io::Code::no_space);
  REQUIRE_OK(old.remove_both());
  REQUIRE_OK(old.log.append(n + 1));
  old.log.crash();
  old.log.open();
  REQUIRE(old.log.read_all() == LogFixture::numbers(old.first_kept, n + 1));
}

TEST_CASE("an unsealed log seals itself with what it deletes, and appends with no space taken") {
  TwoFullSegments old(1);
  const std::uint64_t last = old.last();
  old.log.files().fail({.operation = "allocate 0", .os_error = ENOSPC});
  old.log.reopen();  // Takes the reserve.
  old.log.reopen();
  REQUIRE(old.log.append(last + 1).error().code == io::Code::no_space);
  REQUIRE(old.remove_both()->segment_count == 2);
  REQUIRE_OK(old.log.append(last + 1));
  old.log.reopen();
  REQUIRE(old.log.read_all() == LogFixture::numbers(old.first_kept, last + 1));
}

TEST_CASE("a file that a full disk keeps from being erased is unlinked, and nothing fails") {
  for (int write = 1; write <= 4; ++write) {
    TwoFullSegments old(1);
    old.log.files().fail({.operation = "write " + name(1), .after = write, .os_error = ENOSPC});
    REQUIRE(old.remove_both()->segment_count == 2);
    old.log.files().heal();
    REQUIRE(old.log.segment_files() == std::vector{name(3), name(4), name(6)});  // Segment 2 instead.
    old.log.write(1);
  }
}

TEST_CASE("a reader in the midst of a segment that is recycled says that it was deleted") {
  TwoFullSegments old(2);
  auto reader = old.log.wal().read_from(Position::start());
  REQUIRE_OK(reader);
  REQUIRE_OK(reader->next());
  REQUIRE_OK(old.remove_both());
  old.log.fill_segment().fill_segment();
  for (;;) {
    auto next = reader->next();  // What it holds in memory it may still show.
    if (!next) {
      REQUIRE(next.error().code == io::Code::not_found);
      return;
    }
    REQUIRE((*next)->lsn < Lsn(old.first_kept));
  }
}

TEST_CASE("absolute refuses to recycle, and an end in recycled space, until strict has left it behind") {
  TwoFullSegments old(1);
  old.log.options.preallocate = Preallocate::zero_fill;
  old.write_into_recycled();
  const std::uint64_t last = old.last();
  old.log.close();
  old.log.options.recovery = RecoveryMode::absolute;
  REQUIRE(old.log.open_fails().detail.starts_with("recovery is absolute, and recycle_segments is 1"));
  old.log.options.recycle_segments = 0;
  const io::Error refused = old.log.open_fails();
  REQUIRE(refused.code == io::Code::invalid);
  REQUIRE(refused.detail.starts_with("the log ends in a recycled segment"));
  old.log.options.recovery = RecoveryMode::strict;
  old.log.open();
  old.log.close();
  old.log.options.recovery = RecoveryMode::absolute;
  old.log.open();
  REQUIRE(old.log.read_all() == LogFixture::numbers(old.first_kept, last));
}

TEST_CASE("a crash loop of 20 opens holds at most two segments beyond those with data") {
  for (const unsigned recycled : {0U, 1U}) {
    TwoFullSegments old(recycled);
    REQUIRE_OK(old.remove_both());
    const std::uint64_t last = old.last();
    for (int i = 0; i < 20; ++i) {
      old.log.reopen();
      REQUIRE(old.log.segment_files().size() <= 3 + recycled);  // And what it was told to keep ready.
    }
    REQUIRE(old.log.read_all() == LogFixture::numbers(old.first_kept, last));
  }
}

TEST_CASE("a crash loop that writes and deletes in each of 20 opens stays as small as it began") {
  for (const unsigned recycled : {0U, 1U, 2U}) {
    TwoFullSegments old(recycled);
    std::uint64_t first = 1;
    for (int i = 0; i < 20; ++i) {
      old.log.write(1);
      first = old.log.wal().segments().back().lsns.first.value();
      REQUIRE_OK(old.log.wal().delete_segments_before(old.log.wal().current_segment_id()));
      const std::uint64_t last = old.last();
      old.log.reopen();
      REQUIRE(old.log.read_all() == LogFixture::numbers(first, last));
      REQUIRE(old.log.segment_files().size() <= 3 + recycled);
    }
  }
}

}  // namespace
}  // namespace wallop::wal
