// SPDX-License-Identifier: Apache-2.0
// A segment's header: who the file is. Two copies, in blocks 0 and 1; format.h draws them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "io/file.h"
#include "io/result.h"
#include "wal/format.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

enum class FullSize : bool { no, yes };
enum class Recycled : bool { no, yes };

struct SegmentHeader {
  LogUuid log_uuid{};
  SegmentId id;
  Epoch prepared_in;  // Not the epoch of its frames: that is its link frame's.
  std::uint32_t block_bytes = 0;
  std::uint64_t capacity = 0;
  FullSize full_size = FullSize::no;
  Recycled recycled = Recycled::no;
  std::uint64_t created_unix_ms = 0;
  std::uint64_t unsynced_bytes_max = 0;  // Options::unsynced_bytes_max of who prepared it.

  bool operator==(const SegmentHeader&) const = default;

  [[nodiscard]] std::uint64_t data_begin() const { return kDataBlock * block_bytes; }
  [[nodiscard]] std::uint64_t data_end() const { return capacity - kFooterBlocks * block_bytes; }
  [[nodiscard]] std::uint64_t slot_offset(std::uint64_t slot) const {
    return (kFirstSlotBlock + slot) * block_bytes;
  }
  [[nodiscard]] std::uint64_t footer_offset() const { return data_end(); }
  // Where records end: the last block is kept for the low water of a deletion on a full disk.
  [[nodiscard]] std::uint64_t records_end() const { return data_end() - block_bytes; }
  // Whether what lies there may be another segment's: recycling erases the rest, so that nothing stands there
  // which was not written for this one.
  [[nodiscard]] bool may_be_stale(std::uint64_t offset) const {
    return recycled == Recycled::yes && offset >= data_begin() + block_bytes && offset < records_end();
  }
  // How far behind what is durable anything was ever written: unsynced_bytes_max and a group, which is no
  // larger; with their alignment.
  [[nodiscard]] std::uint64_t unsynced_reach() const { return 2 * (unsynced_bytes_max + block_bytes); }
  // For frames behind a link frame of its own block: what every segment can take.
  [[nodiscard]] std::uint64_t room_bytes_max() const { return records_end() - data_begin() - block_bytes; }
};

// What every checksum of one segment's header or frames is seeded with, apart from the place.
struct Identity {
  LogUuid log_uuid{};
  SegmentId segment;
  Epoch epoch;
};
std::uint32_t checksum_seed(const Identity& identity, std::uint64_t offset);

using EncodedSegmentHeader = std::array<std::byte, segment_header_at::kEnd>;

// The copy that belongs at `offset`.
EncodedSegmentHeader encode_segment_header(const SegmentHeader& header, std::uint64_t offset);

// Valid if and only if (1) magic, length and checksum match at this offset, (2) its numbers are within the
// format's limits. Not valid: nothing. unsupported: valid, and of a format or with a flag that
// this version does not know.
io::Result<std::optional<SegmentHeader>> decode_segment_header(io::Bytes bytes, std::uint64_t offset);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
