// SPDX-License-Identifier: Apache-2.0
// What is encoded is decoded to itself, for anything that the log may write; and in no other place.
#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "wal/footer.h"
#include "wal/frame.h"
#include "wal/record.h"
#include "wal/segment_header.h"
#include "wal/watermark.h"

namespace wallop::wal {
namespace {

// Any number that the format counts: mostly small, up to its limit.
std::uint64_t any_number(std::uint64_t min = 0) {
  const auto digits = *rc::gen::inRange(1, 63);
  return min + *rc::gen::arbitrary<std::uint64_t>() % ((1ULL << digits) - min);
}
Lsn any_lsn() {
  return Lsn(any_number(1));
}
Epoch any_epoch() {
  const auto counter = *rc::gen::arbitrary<std::uint32_t>();
  return {std::min(counter, kEpochCounterMax), *rc::gen::arbitrary<std::uint32_t>()};
}
LogUuid any_uuid() {
  LogUuid uuid;
  for (std::byte& byte : uuid) byte = static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
  return uuid;
}
std::uint64_t any_offset() {
  return *rc::gen::inRange<std::uint64_t>(0, kSegmentBytesMax / kFrameAlignment) * kFrameAlignment;
}
ChainEnd any_end() {
  return {any_offset(), any_lsn(), *rc::gen::arbitrary<std::uint32_t>()};
}

// Key and value live as long as this.
struct AnyRecord {
  std::string key = *rc::gen::arbitrary<std::string>();
  std::string value;
  Record record;

  AnyRecord() {
    const auto piece = *rc::gen::arbitrary<std::string>();
    const auto times = *rc::gen::inRange(0, 40);  // So that some get shorter when they are compressed.
    for (int i = 0; i < times; ++i) value += piece;
    const bool erases = *rc::gen::arbitrary<bool>();
    record = erases ? Record::erase(key) : Record::put(key, value);
    record.compression = *rc::gen::element(Compression::none, Compression::lz4, Compression::zstd);
    if (*rc::gen::arbitrary<bool>())
      record.expires_at = io::WallTime(std::chrono::milliseconds(*rc::gen::arbitrary<std::uint32_t>()));
    if (*rc::gen::arbitrary<bool>())
      record.version = Version{*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()};
  }
};

AcceptedLosses any_losses(Lsn below) {
  std::vector<LsnRange> ranges;
  Lsn at(1);
  const auto count = *rc::gen::inRange<std::size_t>(0, kAcceptedLossesMax + 1);
  while (ranges.size() < count) {
    const LsnRange range{at.plus(*rc::gen::inRange<std::uint64_t>(1, 9)),
                         at.plus(*rc::gen::inRange<std::uint64_t>(9, 20))};
    if (range.last >= below) break;
    ranges.push_back(range);
    at = range.last.next();
  }
  return AcceptedLosses::from(std::move(ranges)).value();
}

TEST_CASE("any record comes back as it was, whichever shape and codec it has") {
  REQUIRE(rc::check([] {
    const AnyRecord any;
    const auto encoded = EncodedRecord::make(any.record);
    RC_ASSERT(encoded.has_value());
    std::vector<std::byte> bytes(encoded->bytes());
    encoded->copy_to(bytes.data());
    auto decoded = decode_record(bytes, CheckRecordCrc::yes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->bytes == bytes.size());
    std::vector<std::byte> buffer;
    RC_ASSERT(expand_value(decoded->record, buffer).has_value());
    RC_ASSERT(decoded->record == any.record);
  }));
}

TEST_CASE("any segment header comes back as it was, and in no other place") {
  REQUIRE(rc::check([] {
    SegmentHeader header;
    header.log_uuid = any_uuid();
    header.id = SegmentId(any_number(1));
    header.prepared_in = any_epoch();
    header.block_bytes = kBlockBytesMin << *rc::gen::inRange(0, 12);
    header.capacity = header.block_bytes * *rc::gen::inRange<std::uint64_t>(16, 1U << 20);
    header.full_size = *rc::gen::element(FullSize::no, FullSize::yes);
    header.recycled = *rc::gen::element(Recycled::no, Recycled::yes);
    header.created_unix_ms = *rc::gen::arbitrary<std::uint64_t>();
    header.unsynced_bytes_max = *rc::gen::inRange<std::uint64_t>(kBlockBytesMin, kSegmentBytesMax + 1);
    const std::uint64_t offset = any_offset();
    const auto bytes = encode_segment_header(header, offset);
    RC_ASSERT(decode_segment_header(bytes, offset).value() == header);
    RC_ASSERT(!decode_segment_header(bytes, offset + kBlockBytesMin).value());
  }));
}

TEST_CASE("any frame header comes back as it was, with its chain value, and in no other place") {
  REQUIRE(rc::check([] {
    FrameHeader header;
    header.kind = *rc::gen::element(FrameKind::records, FrameKind::link, FrameKind::control);
    header.epoch = any_epoch();
    header.first_lsn = any_lsn();
    header.durable_lsn = Lsn(any_number());
    const bool has_records = header.kind == FrameKind::records;
    header.record_count = has_records ? *rc::gen::inRange<std::uint32_t>(1, ~0U) : 0;
    header.payload_bytes = *rc::gen::arbitrary<std::uint32_t>();
    header.payload_crc = *rc::gen::arbitrary<std::uint32_t>();
    header.previous_chain = *rc::gen::arbitrary<std::uint32_t>();
    header.batch = *rc::gen::inRange<std::uint8_t>(0, 4);
    header.wall_unix_ms = *rc::gen::arbitrary<std::uint64_t>();
    const LogUuid uuid = any_uuid();
    const SegmentId segment(any_number(1));
    const std::uint64_t offset = any_offset();
    const auto sealed = encode_frame_header(header, uuid, segment, offset);
    const auto decoded = decode_frame_header(sealed.bytes, uuid, segment, offset);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->header == header);
    RC_ASSERT(decoded->chain == sealed.chain);
    RC_ASSERT(!decode_frame_header(sealed.bytes, uuid, segment, offset + kFrameAlignment));
    RC_ASSERT(!decode_frame_header(sealed.bytes, uuid, segment.next(), offset));
  }));
}

TEST_CASE("any link comes back as it was, with the losses that it accepts") {
  REQUIRE(rc::check([] {
    Link link;
    link.predecessor = {SegmentId(any_number()), any_epoch(), any_end()};
    link.low_water = {SegmentId(any_number()), any_lsn()};
    link.losses = any_losses(link.predecessor.end.last);
    const EncodedLink encoded = encode_link(link);
    RC_ASSERT(encoded.bytes().size() == link_payload_bytes(link.losses.count()));
    RC_ASSERT(decode_link(encoded.bytes()) == link);
  }));
}

TEST_CASE("any control record comes back as it was") {
  REQUIRE(rc::check([] {
    const LowWater low_water{SegmentId(any_number()), any_lsn()};
    RC_ASSERT(decode_control(encode_control(low_water)) == low_water);
  }));
}

TEST_CASE("any watermark comes back as it was, and in no other slot") {
  REQUIRE(rc::check([] {
    const Watermark mark{any_epoch(), Lsn(any_number()), any_offset()};
    const LogUuid uuid = any_uuid();
    const SegmentId segment(any_number(1));
    const std::uint64_t offset = any_offset();
    const auto bytes = encode_watermark(mark, uuid, segment, offset);
    RC_ASSERT(decode_watermark(bytes, uuid, segment, offset) == mark);
    RC_ASSERT(!decode_watermark(bytes, uuid, segment, offset + kBlockBytesMin));
  }));
}

TEST_CASE("any footer comes back as it was, index and all") {
  REQUIRE(rc::check([] {
    Footer footer;
    footer.epoch = any_epoch();
    footer.end = {kSegmentBytesMax, Lsn(kNumberMax), *rc::gen::arbitrary<std::uint32_t>()};
    footer.record_count = *rc::gen::arbitrary<std::uint64_t>();
    const SegmentId segment(any_number(1));
    footer.next = segment.next();
    std::vector<ChainEnd> entries;
    const auto count = *rc::gen::inRange<std::size_t>(0, kFooterEntriesMax + 1);
    for (std::size_t i = 0; i < count; ++i)
      entries.push_back({(i + 1) * kFrameAlignment, any_lsn(), *rc::gen::arbitrary<std::uint32_t>()});
    footer.index = SparseIndex::from(entries, footer.end).value();
    const LogUuid uuid = any_uuid();
    const std::uint64_t offset = any_offset();
    const auto decoded = decode_footer(encode_footer(footer, uuid, segment, offset), uuid, segment, offset);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->epoch == footer.epoch);
    RC_ASSERT(decoded->end == footer.end);
    RC_ASSERT(decoded->record_count == footer.record_count);
    RC_ASSERT(decoded->next == footer.next);
    RC_ASSERT(std::ranges::equal(decoded->index.entries(), entries));
  }));
}

// Goal: what the question "which LSN comes next" is answered with never differs from the ranges themselves.
TEST_CASE("accepted losses answer as a walk over their ranges would") {
  REQUIRE(rc::check([] {
    const AcceptedLosses losses = any_losses(Lsn(10'000));
    const Lsn lsn(*rc::gen::inRange<std::uint64_t>(1, 600));
    const auto is_lost = [&](Lsn at) {
      return std::ranges::any_of(
          losses.ranges(), [at](const LsnRange& range) { return range.first <= at && at <= range.last; });
    };
    Lsn next = lsn.next();
    while (is_lost(next) && !is_lost(lsn)) next = next.next();
    if (!is_lost(lsn)) RC_ASSERT(losses.next_after(lsn) == next);
    Lsn before = lsn;
    while (is_lost(before)) before = before.previous();
    RC_ASSERT(losses.record_at_or_before(lsn) == before);
  }));
}

}  // namespace
}  // namespace wallop::wal
