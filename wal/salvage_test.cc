// SPDX-License-Identifier: Apache-2.0
#include "wal/salvage.h"

#include <catch2/catch.hpp>

#include "wal/format.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;
using testing::range;

struct Found {
  std::vector<std::uint64_t> live, dead;
  std::vector<LsnRange> gaps;
};

// Reads with the log's own fixture's eyes: what is found is what was written under that LSN.
Found salvage(LogFixture& log) {
  auto salvage = Salvage::open(log.world(), "log");
  REQUIRE_OK(salvage);
  Found found;
  for (auto next = salvage->next();; next = salvage->next()) {
    REQUIRE_OK(next);
    if (!*next) return found;
    if (const auto* gap = std::get_if<SalvageGap>(&**next)) {
      found.gaps.push_back(gap->lsns);
      continue;
    }
    const RecordView& view = std::get<RecordView>(**next);
    REQUIRE(text_of(view.record.key) == log.key(view.lsn.value()));
    REQUIRE(text_of(view.record.value) == log.value(view.lsn.value()));
    (view.standing == Standing::live ? found.live : found.dead).push_back(view.lsn.value());
  }
}

TEST_CASE("a sound log is salvaged whole, all of it live and without a gap") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().write(3);
  const std::uint64_t last = log.wal().stats().durable.value();
  log.crash();
  const Found found = salvage(log);
  REQUIRE(found.live == LogFixture::numbers(1, last));
  REQUIRE(found.dead.empty());
  REQUIRE(found.gaps.empty());
}

TEST_CASE("after one flipped bit in an acknowledged record all others are found, those behind it dead") {
  LogFixture log;
  log.open();
  log.write(10);
  log.flip(log.position_of(5));
  log.crash();
  const auto before = log.everything();
  const Found found = salvage(log);
  REQUIRE(found.live == LogFixture::numbers(1, 4));
  REQUIRE(found.dead == LogFixture::numbers(6, 10));
  REQUIRE(found.gaps == std::vector{range(5, 5)});
  REQUIRE(log.everything() == before);
}

TEST_CASE("a damaged frame header costs the records of its frame") {
  LogFixture log;
  log.open();
  log.write(6);
  const Position third = log.position_of(3);
  log.flip({third.segment, third.offset - kFrameHeaderBytes + 9});
  log.crash();
  REQUIRE(salvage(log).gaps == std::vector{range(3, 3)});
}

TEST_CASE("a file without its headers is salvaged under the id of its name") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().write(3);
  const std::uint64_t last = log.wal().stats().durable.value();
  log.crash();
  log.zero({SegmentId(1), 0}, 5 * kBlock);
  const Found found = salvage(log);
  REQUIRE(found.live.empty());
  REQUIRE(found.dead == LogFixture::numbers(1, last));
  REQUIRE(found.gaps.empty());
}

TEST_CASE("a segment that is gone is a gap, and so is a proven end that is") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().write(3);
  const SegmentInfo second = log.wal().segments().back();
  log.reopen();
  log.crash();
  log.remove(segment_name(second.id));
  const Found found = salvage(log);
  REQUIRE(found.live == LogFixture::numbers(1, second.lsns.first.value() - 1));
  REQUIRE(found.gaps == std::vector{second.lsns});
}

TEST_CASE("an open in mode salvage reads everything, appends nothing and writes nothing") {
  LogFixture log;
  log.open();
  log.write(10);
  log.flip(log.position_of(5));
  log.crash();
  log.options.recovery = RecoveryMode::salvage;
  const auto before = log.everything();
  log.files().take_operations();
  const RecoveryInfo info = log.open();
  REQUIRE(info.lost == std::vector{range(5, 9)});
  auto reader = log.wal().read_from(Position::start());
  std::vector<LsnRange> gaps;
  for (const std::uint64_t n : {1U, 2U, 3U, 4U, 6U, 7U, 8U, 9U, 10U}) {
    const auto next = reader->next();
    REQUIRE((*next)->lsn == Lsn(n));
    REQUIRE((*next)->standing == (n < 5 ? Standing::live : Standing::dead));
    if (!(*next)->lost_before.empty()) gaps.push_back((*next)->lost_before);
  }
  REQUIRE(gaps == std::vector{range(5, 5)});
  REQUIRE(log.append(11).error().code == io::Code::invalid);
  REQUIRE(log.wal().sync().error().code == io::Code::invalid);
  REQUIRE_OK(log.wal().close());
  for (const std::string& line : log.files().take_operations())
    REQUIRE((line.starts_with("read ") || line.starts_with("open ")));
  REQUIRE(log.everything() == before);
}

TEST_CASE("an unreadable byte ends a salvage with an error") {
  LogFixture log;
  log.open();
  log.write(3);
  log.crash();
  auto salvage = Salvage::open(log.world(), "log");
  log.files().fail({.operation = "read 0"});
  REQUIRE(salvage->next().error().code == io::Code::io_error);
}

// A payload of `count` records, the n-th with a value of n bytes.
std::vector<std::byte> payload_of(std::uint64_t count) {
  std::vector<std::byte> payload;
  for (std::uint64_t n = 0; n < count; ++n) {
    const std::string value(n, 'v');
    const auto encoded = EncodedRecord::make(Record::put("k", value));
    const std::size_t at = payload.size();
    payload.resize(at + encoded->bytes());
    encoded->copy_to(&payload[at]);
  }
  return payload;
}

TEST_CASE("a bit flipped anywhere in a frame's records costs the one record that holds it") {
  const std::vector<std::byte> whole = payload_of(5);
  const auto offsets = whole_records(whole, whole.size(), range(1, 5));
  REQUIRE(offsets.size() == 5);
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    auto damaged = whole;
    damaged[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto found = whole_records(damaged, damaged.size(), range(1, 5));
    REQUIRE(found.size() == 4);
    for (const WholeRecord& record : found) REQUIRE(record.offset == offsets[record.lsn.value() - 1].offset);
  }
}

TEST_CASE("a payload that is cut short gives the records before the cut") {
  const std::vector<std::byte> whole = payload_of(5);
  const io::Bytes cut = io::Bytes(whole).first(whole.size() - 1);
  REQUIRE(whole_records(cut, whole.size(), range(1, 5)).size() == 4);
}

TEST_CASE("what a recovery dropped makes no gap, and fills none") {
  LogFixture log;
  log.open();
  log.write(6);
  const Position fifth = log.position_of(5), sixth = log.position_of(6);
  log.crash();
  log.flip({fifth.segment, fifth.offset - kFrameHeaderBytes});  // Header and evidence: only 1 to 4 are left.
  log.flip({sixth.segment, sixth.offset - kFrameHeaderBytes});
  REQUIRE(log.open().last == Lsn(4));
  REQUIRE_OK(log.append(5));
  REQUIRE_OK(log.append(6));
  REQUIRE_OK(log.append(7));
  const Position later = log.position_of(5);
  log.crash();
  log.flip({sixth.segment, sixth.offset - kFrameHeaderBytes});  // Whole again, and dropped.
  SECTION("no gap") {
    const Found found = salvage(log);
    REQUIRE(found.gaps.empty());
    REQUIRE(found.dead == std::vector<std::uint64_t>{6});
    REQUIRE(found.live == LogFixture::numbers(1, 7));
  }
  SECTION("a gap all the same") {
    log.flip({fifth.segment, fifth.offset - kFrameHeaderBytes});
    log.flip(later);
    REQUIRE(salvage(log).gaps == std::vector<LsnRange>{range(5, 5)});
  }
}

}  // namespace
}  // namespace wallop::wal
