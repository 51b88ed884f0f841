// SPDX-License-Identifier: Apache-2.0
// Footers: the last word about a segment that is full, durable, and followed by a segment with a durable
// record.
//
// So a footer proves one record more than its segment holds: the next segment's first one. A file that is
// gone with everything in it, evidence too, is missed all the same. How much it held nobody can tell: the
// loss has no end. Readers find their place by its index of at most 18 entries.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "io/file.h"
#include "wal/frame.h"
#include "wal/segment_header.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Where frames end, at least `spacing` bytes apart. A walk can begin behind each of them.
class SparseIndex {
 public:
  SparseIndex() = default;
  explicit SparseIndex(const SegmentHeader& header)
      : next_offset_(header.data_begin()),
        spacing_((header.data_end() - header.data_begin()) / kFooterEntriesMax + 1) {
    next_offset_ += spacing_;
  }

  // In the order of the segment.
  void add(const ChainEnd& end);
  [[nodiscard]] std::span<const ChainEnd> entries() const { return {entries_.data(), count_}; }

  // As a footer holds it; nothing where it does not rise or goes beyond `end`.
  static std::optional<SparseIndex> from(std::span<const ChainEnd> entries, const ChainEnd& end);

 private:
  std::array<ChainEnd, kFooterEntriesMax> entries_;
  std::size_t count_ = 0;
  std::uint64_t next_offset_ = 0;
  std::uint64_t spacing_ = 0;
};

struct Footer {
  Epoch epoch;  // Of its segment.
  ChainEnd end;
  std::uint64_t record_count = 0;
  SegmentId next;
  SparseIndex index;

  // What it proves to have been durable.
  [[nodiscard]] Lsn proven() const { return end.last.next(); }
};

using EncodedFooter = std::array<std::byte, kFooterBytesMax>;
EncodedFooter encode_footer(const Footer& footer, const LogUuid& uuid, SegmentId segment,
                            std::uint64_t offset);
// Valid if and only if (1) magic and seeded checksum match at this offset, (2) it names this log, a segment
// behind this one and an index that rises, and what is reserved is zero, (3) its numbers are within the
// format's limits.
std::optional<Footer> decode_footer(io::Bytes bytes, const LogUuid& uuid, SegmentId segment,
                                    std::uint64_t offset);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
