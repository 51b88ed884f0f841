// SPDX-License-Identifier: Apache-2.0
// Watermarks and footers as bytes.
#include "wal/marks.h"

#include <catch2/catch.hpp>

namespace wallop::wal {
namespace {

LogUuid uuid_of(int first) {
  LogUuid uuid{};
  uuid[0] = static_cast<std::byte>(first);
  return uuid;
}

const LogUuid kLog = uuid_of(7);
constexpr SegmentId kSegment(3);
constexpr std::uint64_t kMarkOffset = 8192;
constexpr Watermark kMark{{5, 99}, Lsn(41), 20480};

Footer a_footer(std::size_t entry_count) {
  Footer footer;
  footer.epoch = {5, 99};
  footer.end = {100'000, Lsn(1000), 77};
  footer.record_count = 990;
  footer.next = SegmentId(4);
  std::vector<ChainEnd> entries;
  for (std::uint32_t i = 1; i <= entry_count; ++i) entries.push_back({i * 4096ULL, Lsn(i * 50ULL), i});
  footer.index = SparseIndex::from(entries, footer.end).value();
  return footer;
}

// True where a flip of any bit of the first `bytes` makes `decode` find nothing.
template <class Encoded, class Decode>
bool every_flip_is_noticed(const Encoded& good, std::size_t bytes, Decode decode) {
  for (std::size_t bit = 0; bit < bytes * 8; ++bit) {
    Encoded bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    if (decode(bad)) return false;
  }
  return true;
}

TEST_CASE("a watermark decodes to what was encoded, at its own place, segment and log only") {
  const EncodedWatermark bytes = encode_watermark(kMark, kLog, kSegment, kMarkOffset);
  REQUIRE(decode_watermark(bytes, kLog, kSegment, kMarkOffset) == kMark);
  REQUIRE_FALSE(decode_watermark(bytes, kLog, kSegment, kMarkOffset + 4096));
  REQUIRE_FALSE(decode_watermark(bytes, kLog, SegmentId(4), kMarkOffset));
  REQUIRE_FALSE(decode_watermark(bytes, uuid_of(8), kSegment, kMarkOffset));
}

TEST_CASE("a watermark with any bit flipped, cut short, or all zero is none") {
  const EncodedWatermark bytes = encode_watermark(kMark, kLog, kSegment, kMarkOffset);
  REQUIRE(every_flip_is_noticed(bytes, bytes.size(), [](const EncodedWatermark& bad) {
    return decode_watermark(bad, kLog, kSegment, kMarkOffset).has_value();
  }));
  REQUIRE_FALSE(decode_watermark(io::Bytes(bytes).first(63), kLog, kSegment, kMarkOffset));
  REQUIRE_FALSE(decode_watermark(EncodedWatermark{}, kLog, kSegment, kMarkOffset));
}

TEST_CASE("a footer decodes to what was encoded, with an index of any length") {
  for (std::size_t count = 0; count <= kFooterEntriesMax; ++count) {
    const Footer footer = a_footer(count);
    const auto found =
        decode_footer(encode_footer(footer, kLog, kSegment, kMarkOffset), kLog, kSegment, kMarkOffset);
    REQUIRE(found.has_value());
    REQUIRE(found->epoch == footer.epoch);
    REQUIRE(found->end == footer.end);
    REQUIRE(found->record_count == footer.record_count);
    REQUIRE(found->next == footer.next);
    REQUIRE(std::ranges::equal(found->index.entries(), footer.index.entries()));
    REQUIRE(found->proven() == Lsn(1001));
  }
}

TEST_CASE("a footer with any bit flipped, cut short, at another place, or all zero is none") {
  const EncodedFooter bytes = encode_footer(a_footer(3), kLog, kSegment, kMarkOffset);
  REQUIRE(every_flip_is_noticed(
      bytes, footer_at::kEntries + 3 * footer_entry_at::kEnd,
      [](const EncodedFooter& bad) { return decode_footer(bad, kLog, kSegment, kMarkOffset).has_value(); }));
  REQUIRE_FALSE(decode_footer(io::Bytes(bytes).first(511), kLog, kSegment, kMarkOffset));
  REQUIRE_FALSE(decode_footer(bytes, kLog, kSegment, kMarkOffset + 512));
  REQUIRE_FALSE(decode_footer(bytes, kLog, SegmentId(2), kMarkOffset));
  REQUIRE_FALSE(decode_footer(EncodedFooter{}, kLog, kSegment, kMarkOffset));
}

TEST_CASE("a footer whose next segment lies before its own is none") {
  Footer footer = a_footer(0);
  footer.next = kSegment;
  REQUIRE_FALSE(
      decode_footer(encode_footer(footer, kLog, kSegment, kMarkOffset), kLog, kSegment, kMarkOffset));
}

TEST_CASE("an index takes places that lie apart, and never more than it has room for") {
  SegmentHeader header;
  header.block_bytes = 4096;
  header.capacity = 1 << 20;
  SparseIndex index(header);
  std::uint64_t count = 0;
  for (std::uint64_t at = header.data_begin() + 64; at < header.data_end(); at += 64)
    index.add({at, Lsn(++count), 0});
  REQUIRE(index.entries().size() >= kFooterEntriesMax - 1);
  REQUIRE(index.entries().size() <= kFooterEntriesMax);
  const std::uint64_t apart = (header.data_end() - header.data_begin()) / kFooterEntriesMax;
  for (std::size_t i = 1; i < index.entries().size(); ++i)
    REQUIRE(index.entries()[i].offset - index.entries()[i - 1].offset >= apart);
}

TEST_CASE("an index that does not rise, or goes beyond its segment's end, is none") {
  const ChainEnd end{1000, Lsn(9), 1};
  const std::array falling{ChainEnd{500, Lsn(5), 1}, ChainEnd{400, Lsn(6), 1}};
  const std::array beyond{ChainEnd{1001, Lsn(9), 1}};
  const std::array late{ChainEnd{900, Lsn(10), 1}};
  REQUIRE_FALSE(SparseIndex::from(falling, end));
  REQUIRE_FALSE(SparseIndex::from(beyond, end));
  REQUIRE_FALSE(SparseIndex::from(late, end));
}

}  // namespace
}  // namespace wallop::wal
