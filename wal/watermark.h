// SPDX-License-Identifier: Apache-2.0
// Watermarks: "every record up to this LSN was durable", written into a block of its own beside the frames.
//
// A frame can only tell what was durable when it was built: the last groups of a log are proven by nothing. A
// watermark proves them too. Each segment has two slots, written in turn, and each write is synced before the
// other slot is touched: a torn one costs no evidence that was ever relied on. A slot that does not validate
// says nothing.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "io/file.h"
#include "io/result.h"
#include "wal/segment_header.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

struct Watermark {
  Epoch epoch;
  Lsn durable;
  std::uint64_t end_offset = 0;  // Up to there this segment was durable; its first frame where none was.
  bool operator==(const Watermark&) const = default;
};

using EncodedWatermark = std::array<std::byte, watermark_at::kEnd>;
EncodedWatermark encode_watermark(const Watermark& mark, const LogUuid& uuid, SegmentId segment,
                                  std::uint64_t offset);
// Valid if and only if (1) magic and seeded checksum match at this offset, (2) it names this log and what is
// reserved is zero, (3) its numbers are within the format's limits.
std::optional<Watermark> decode_watermark(io::Bytes bytes, const LogUuid& uuid, SegmentId segment,
                                          std::uint64_t offset);

// The slots of a segment that is being written. For one thread at a time, which has the sync turn.
class WatermarkSlots {
 public:
  WatermarkSlots(const SegmentHeader& header, Epoch epoch, std::shared_ptr<io::File> file)
      : header_(header), epoch_(epoch), file_(std::move(file)) {}

  // Into the slot whose turn it is. Whatever happens to it, the other one holds what was synced before.
  io::Status write(Lsn durable, std::uint64_t end_offset);
  // Makes durable what write() wrote; only then is it the other slot's turn.
  io::Status sync();

 private:
  SegmentHeader header_;
  Epoch epoch_;
  std::shared_ptr<io::File> file_;
  std::uint64_t synced_count_ = 0;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
