// SPDX-License-Identifier: Apache-2.0
// Format v1: where everything lies on disk. All numbers little-endian.
//
// A segment file, in blocks of `block_bytes` (a power of two; what the device and the kernel write as one):
//
//   block 0   header, first copy          | never written again once frames follow
//   block 1   header, second copy         |
//   block 2   watermark slot              | what is durable, as of some moment; written in turn
//   block 3   watermark slot              |
//   block 4   link frame, then frames ... | "the data"
//   ...
//   last      footer                      | once the segment is full, durable, and followed by another
//
// A frame is a header of 64 bytes and its payload, and begins at a multiple of 64: its header never straddles
// a sector, so no torn write can mix two headers. Every checksum is *seeded*: it covers, before the bytes
// themselves,
//
//   log_uuid 16 | segment_id 8 | epoch counter 4 | epoch nonce 4 | file offset 8
//
// so that bytes which belong to another log, segment, epoch or place never validate where they turn up
// (misdirected and stale writes; sqlite.org/fileformat2.html#the_write_ahead_log salts for the same reason).
// Zeros never validate: the magic numbers are not zero.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

using LogUuid = std::array<std::byte, 16>;

inline constexpr std::uint16_t kFormatMajor = 1;
inline constexpr std::uint16_t kFormatMinor = 0;

inline constexpr std::uint32_t kBlockBytesMin = 512;
inline constexpr std::uint32_t kBlockBytesMax = 1U << 20;
inline constexpr std::uint64_t kSegmentBytesMax = 1ULL << 40;
// LSNs, segment ids and epochs: nothing beyond validates, so that none of them ever wraps. An open goes on
// from the lower half only (decision.cc): the upper one is more than an epoch can use.
inline constexpr std::uint64_t kNumberMax = 1ULL << 62;
inline constexpr std::uint32_t kEpochCounterMax = ~0U - 1;

// Blocks of a segment.
inline constexpr std::uint64_t kHeaderCopies = 2;
inline constexpr std::uint64_t kFirstSlotBlock = 2;
inline constexpr std::uint64_t kDataBlock = 4;
inline constexpr std::uint64_t kFooterBlocks = 1;

// One seed's input.
inline constexpr std::size_t kSeedBytes = 16 + 8 + 4 + 4 + 8;

// A segment's header: the first 128 bytes of its block, the rest of the block zero.
namespace segment_header_at {
inline constexpr std::size_t kMagic = 0;           // u64
inline constexpr std::size_t kFormatMajor = 8;     // u16
inline constexpr std::size_t kFormatMinor = 10;    // u16
inline constexpr std::size_t kHeaderBytes = 12;    // u32, 128
inline constexpr std::size_t kLogUuid = 16;        // 16 bytes
inline constexpr std::size_t kSegmentId = 32;      // u64
inline constexpr std::size_t kEpochCounter = 40;   // u32, of the epoch that prepared it
inline constexpr std::size_t kEpochNonce = 44;     // u32
inline constexpr std::size_t kBlockBytes = 48;     // u32
inline constexpr std::size_t kFlags = 52;          // u32, bit 0 full_size, bit 1 recycled
inline constexpr std::size_t kCapacity = 56;       // u64, bytes, footer included
inline constexpr std::size_t kCreatedUnixMs = 64;  // u64
inline constexpr std::size_t kUnsyncedMax = 72;    // u64, bytes ever written beyond what is durable
inline constexpr std::size_t kReserved = 80;       // 44 bytes, zero
inline constexpr std::size_t kCrc = 124;           // u32, of bytes 0..123, seeded
inline constexpr std::size_t kEnd = 128;
}  // namespace segment_header_at
static_assert(segment_header_at::kFormatMajor == segment_header_at::kMagic + 8);
static_assert(segment_header_at::kFormatMinor == segment_header_at::kFormatMajor + 2);
static_assert(segment_header_at::kHeaderBytes == segment_header_at::kFormatMinor + 2);
static_assert(segment_header_at::kLogUuid == segment_header_at::kHeaderBytes + 4);
static_assert(segment_header_at::kSegmentId == segment_header_at::kLogUuid + sizeof(LogUuid));
static_assert(segment_header_at::kEpochCounter == segment_header_at::kSegmentId + 8);
static_assert(segment_header_at::kEpochNonce == segment_header_at::kEpochCounter + 4);
static_assert(segment_header_at::kBlockBytes == segment_header_at::kEpochNonce + 4);
static_assert(segment_header_at::kFlags == segment_header_at::kBlockBytes + 4);
static_assert(segment_header_at::kCapacity == segment_header_at::kFlags + 4);
static_assert(segment_header_at::kCreatedUnixMs == segment_header_at::kCapacity + 8);
static_assert(segment_header_at::kUnsyncedMax == segment_header_at::kCreatedUnixMs + 8);
static_assert(segment_header_at::kReserved == segment_header_at::kUnsyncedMax + 8);
static_assert(segment_header_at::kCrc == segment_header_at::kReserved + 44);
static_assert(segment_header_at::kEnd == segment_header_at::kCrc + 4);
static_assert(segment_header_at::kEnd <= kBlockBytesMin);

// "WALLOPS1" as it lies on disk.
inline constexpr std::uint64_t kSegmentMagic = 0x3153504f4c4c4157;
// The size was made durable before the header was written: an end of file inside the capacity is damage.
// Without it, what lies beyond the end of the file reads as zeros.
inline constexpr std::uint32_t kFullSize = 1U << 0;
// The file was another segment before. Behind its first block of frames lie that one's bytes, up to the block
// that is kept for a deletion: they validate nowhere, and end no record.
inline constexpr std::uint32_t kRecycled = 1U << 1;

// A frame's header.
namespace frame_at {
inline constexpr std::size_t kMagic = 0;        // u32
inline constexpr std::size_t kHeaderCrc = 4;    // u32, of the header with this field zero, seeded
inline constexpr std::size_t kFirstLsn = 8;     // u64, of its first record; of the next one where it has none
inline constexpr std::size_t kDurableLsn = 16;  // u64, known durable when the frame was built: evidence
inline constexpr std::size_t kPayloadBytes = 24;       // u32
inline constexpr std::size_t kPayloadCrc = 28;         // u32, of the payload, seeded
inline constexpr std::size_t kPreviousChain = 32;      // u32, the header_crc of the frame before
inline constexpr std::size_t kEpochCounter = 36;       // u32
inline constexpr std::size_t kEpochNonce = 40;         // u32
inline constexpr std::size_t kRecordCount = 44;        // u32
inline constexpr std::size_t kKind = 48;               // u8
inline constexpr std::size_t kCodec = 49;              // u8, 0: the payload is not compressed
inline constexpr std::size_t kBatch = 50;              // u8, bit 0 begins, bit 1 ends a batch
inline constexpr std::size_t kReserved = 51;           // u8, zero
inline constexpr std::size_t kUncompressedBytes = 52;  // u32, equal to payload_bytes
inline constexpr std::size_t kWallUnixMs = 56;         // u64
inline constexpr std::size_t kEnd = 64;
}  // namespace frame_at
static_assert(frame_at::kHeaderCrc == frame_at::kMagic + 4);
static_assert(frame_at::kFirstLsn == frame_at::kHeaderCrc + 4);
static_assert(frame_at::kDurableLsn == frame_at::kFirstLsn + 8);
static_assert(frame_at::kPayloadBytes == frame_at::kDurableLsn + 8);
static_assert(frame_at::kPayloadCrc == frame_at::kPayloadBytes + 4);
static_assert(frame_at::kPreviousChain == frame_at::kPayloadCrc + 4);
static_assert(frame_at::kEpochCounter == frame_at::kPreviousChain + 4);
static_assert(frame_at::kEpochNonce == frame_at::kEpochCounter + 4);
static_assert(frame_at::kRecordCount == frame_at::kEpochNonce + 4);
static_assert(frame_at::kKind == frame_at::kRecordCount + 4);
static_assert(frame_at::kCodec == frame_at::kKind + 1);
static_assert(frame_at::kBatch == frame_at::kCodec + 1);
static_assert(frame_at::kReserved == frame_at::kBatch + 1);
static_assert(frame_at::kUncompressedBytes == frame_at::kReserved + 1);
static_assert(frame_at::kWallUnixMs == frame_at::kUncompressedBytes + 4);
static_assert(frame_at::kEnd == frame_at::kWallUnixMs + 8);

inline constexpr std::size_t kFrameHeaderBytes = frame_at::kEnd;
inline constexpr std::uint64_t kFrameAlignment = 64;
static_assert(kFrameHeaderBytes <= kFrameAlignment && kBlockBytesMin % kFrameAlignment == 0);
inline constexpr std::uint32_t kFrameMagic = 0x314d5246;  // "FRM1"

enum class FrameKind : std::uint8_t { records = 1, link = 2, control = 3 };
inline constexpr std::uint8_t kBeginsBatch = 1U << 0;
inline constexpr std::uint8_t kEndsBatch = 1U << 1;

// A link frame's payload: what came before this segment, what the log still holds, and what it was told to
// give up. Predecessor 0: nothing did.
namespace link_at {
inline constexpr std::size_t kPredecessor = 0;          // u64, segment id
inline constexpr std::size_t kPredecessorEnd = 8;       // u64, file offset of the end of its last frame
inline constexpr std::size_t kPredecessorLastLsn = 16;  // u64
inline constexpr std::size_t kPredecessorChain = 24;    // u32, the header_crc of its last frame
inline constexpr std::size_t kPredecessorCounter = 28;  // u32, its epoch: the link of a higher one is a seal
inline constexpr std::size_t kPredecessorNonce = 32;    // u32
inline constexpr std::size_t kAcceptedLossCount = 36;   // u32, kAcceptedLossesMax at most
inline constexpr std::size_t kLowWater = 40;            // u64, the lowest segment that may hold data
inline constexpr std::size_t kLowWaterLsn = 48;         // u64, where that one began
inline constexpr std::size_t kLosses = 56;              // So many accepted losses.
}  // namespace link_at
static_assert(link_at::kPredecessorEnd == link_at::kPredecessor + 8);
static_assert(link_at::kPredecessorLastLsn == link_at::kPredecessorEnd + 8);
static_assert(link_at::kPredecessorChain == link_at::kPredecessorLastLsn + 8);
static_assert(link_at::kPredecessorCounter == link_at::kPredecessorChain + 4);
static_assert(link_at::kPredecessorNonce == link_at::kPredecessorCounter + 4);
static_assert(link_at::kAcceptedLossCount == link_at::kPredecessorNonce + 4);
static_assert(link_at::kLowWater == link_at::kAcceptedLossCount + 4);
static_assert(link_at::kLowWaterLsn == link_at::kLowWater + 8);
static_assert(link_at::kLosses == link_at::kLowWaterLsn + 8);

// Of each: the LSNs first .. last. They rise, and none touches the next.
namespace accepted_loss_at {
inline constexpr std::size_t kFirst = 0;  // u64
inline constexpr std::size_t kLast = 8;   // u64
inline constexpr std::size_t kEnd = 16;
}  // namespace accepted_loss_at
static_assert(accepted_loss_at::kLast == accepted_loss_at::kFirst + 8);
static_assert(accepted_loss_at::kEnd == accepted_loss_at::kLast + 8);
// As many as leave a link frame in one sector.
inline constexpr std::size_t kAcceptedLossesMax = 24;

constexpr std::size_t link_payload_bytes(std::size_t loss_count) {
  return link_at::kLosses + loss_count * accepted_loss_at::kEnd;
}

// A control frame's payload: what a deletion makes durable before it removes a name.
namespace control_at {
inline constexpr std::size_t kLowWater = 0;     // u64
inline constexpr std::size_t kLowWaterLsn = 8;  // u64
inline constexpr std::size_t kEnd = 16;
}  // namespace control_at
static_assert(control_at::kLowWaterLsn == control_at::kLowWater + 8);
static_assert(control_at::kEnd == control_at::kLowWaterLsn + 8);

// A watermark: the first 64 bytes of its slot, the rest of the block zero.
namespace watermark_at {
inline constexpr std::size_t kMagic = 0;          // u64
inline constexpr std::size_t kLogUuid = 8;        // 16 bytes
inline constexpr std::size_t kDurableLsn = 24;    // u64
inline constexpr std::size_t kEndOffset = 32;     // u64, file offset up to which this segment was durable
inline constexpr std::size_t kEpochCounter = 40;  // u32
inline constexpr std::size_t kEpochNonce = 44;    // u32
inline constexpr std::size_t kReserved = 48;      // 12 bytes, zero
inline constexpr std::size_t kCrc = 60;           // u32, of bytes 0..59, seeded
inline constexpr std::size_t kEnd = 64;
}  // namespace watermark_at
static_assert(watermark_at::kLogUuid == watermark_at::kMagic + 8);
static_assert(watermark_at::kDurableLsn == watermark_at::kLogUuid + sizeof(LogUuid));
static_assert(watermark_at::kEndOffset == watermark_at::kDurableLsn + 8);
static_assert(watermark_at::kEpochCounter == watermark_at::kEndOffset + 8);
static_assert(watermark_at::kEpochNonce == watermark_at::kEpochCounter + 4);
static_assert(watermark_at::kReserved == watermark_at::kEpochNonce + 4);
static_assert(watermark_at::kCrc == watermark_at::kReserved + 12);
static_assert(watermark_at::kEnd == watermark_at::kCrc + 4);
inline constexpr std::uint64_t kWatermarkSlots = 2;
static_assert(kFirstSlotBlock + kWatermarkSlots == kDataBlock);
// "WALLOPW1" as it lies on disk.
inline constexpr std::uint64_t kWatermarkMagic = 0x3157504f4c4c4157;

// A footer: the first bytes of a segment's last block, the rest zero. Entries follow each other.
namespace footer_at {
inline constexpr std::size_t kMagic = 0;          // u64
inline constexpr std::size_t kLogUuid = 8;        // 16 bytes
inline constexpr std::size_t kEpochCounter = 24;  // u32
inline constexpr std::size_t kEpochNonce = 28;    // u32
inline constexpr std::size_t kEndOffset = 32;     // u64, file offset of the end of the last frame
inline constexpr std::size_t kEndLsn = 40;        // u64, the last record
inline constexpr std::size_t kRecordCount = 48;   // u64
inline constexpr std::size_t kNextSegment = 56;   // u64
inline constexpr std::size_t kChain = 64;         // u32, the header_crc of the last frame
inline constexpr std::size_t kEntryCount = 68;    // u32
inline constexpr std::size_t kReserved = 72;      // u32, zero
inline constexpr std::size_t kCrc = 76;           // u32, of all but itself, entries included, seeded
inline constexpr std::size_t kEntries = 80;
}  // namespace footer_at
static_assert(footer_at::kLogUuid == footer_at::kMagic + 8);
static_assert(footer_at::kEpochCounter == footer_at::kLogUuid + sizeof(LogUuid));
static_assert(footer_at::kEpochNonce == footer_at::kEpochCounter + 4);
static_assert(footer_at::kEndOffset == footer_at::kEpochNonce + 4);
static_assert(footer_at::kEndLsn == footer_at::kEndOffset + 8);
static_assert(footer_at::kRecordCount == footer_at::kEndLsn + 8);
static_assert(footer_at::kNextSegment == footer_at::kRecordCount + 8);
static_assert(footer_at::kChain == footer_at::kNextSegment + 8);
static_assert(footer_at::kEntryCount == footer_at::kChain + 4);
static_assert(footer_at::kReserved == footer_at::kEntryCount + 4);
static_assert(footer_at::kCrc == footer_at::kReserved + 4);
static_assert(footer_at::kEntries == footer_at::kCrc + 4);
// "WALLOPF1" as it lies on disk.
inline constexpr std::uint64_t kFooterMagic = 0x3146504f4c4c4157;

// An entry of the index: where a frame ends, so that a walk can begin behind it.
namespace footer_entry_at {
inline constexpr std::size_t kOffset = 0;     // u64, of the end of the frame
inline constexpr std::size_t kLsn = 8;        // u64, its last record
inline constexpr std::size_t kChain = 16;     // u32, its header_crc
inline constexpr std::size_t kReserved = 20;  // u32, zero
inline constexpr std::size_t kEnd = 24;
}  // namespace footer_entry_at
static_assert(footer_entry_at::kLsn == footer_entry_at::kOffset + 8);
static_assert(footer_entry_at::kChain == footer_entry_at::kLsn + 8);
static_assert(footer_entry_at::kReserved == footer_entry_at::kChain + 4);
static_assert(footer_entry_at::kEnd == footer_entry_at::kReserved + 4);
inline constexpr std::size_t kFooterEntriesMax = 18;
inline constexpr std::size_t kFooterBytesMax =
    footer_at::kEntries + kFooterEntriesMax * footer_entry_at::kEnd;
static_assert(kFooterBytesMax <= kBlockBytesMin, "a footer lies in one sector: whole or not at all");

constexpr std::uint64_t align_up(std::uint64_t offset, std::uint64_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

// What a frame takes of its segment.
constexpr std::uint64_t frame_bytes(std::uint64_t payload_bytes) {
  return align_up(kFrameHeaderBytes + payload_bytes, kFrameAlignment);
}
constexpr std::uint64_t link_frame_bytes(std::size_t loss_count) {
  return frame_bytes(link_payload_bytes(loss_count));
}
inline constexpr std::uint64_t kLinkFrameBytesMax = link_frame_bytes(kAcceptedLossesMax);
inline constexpr std::uint64_t kControlFrameBytes = frame_bytes(control_at::kEnd);
static_assert(kLinkFrameBytesMax <= kBlockBytesMin, "a link frame lies in one sector: whole or not at all");

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
