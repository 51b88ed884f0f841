// SPDX-License-Identifier: Apache-2.0
// Frames: one group of records, a link, or a control record, with the checksums that make it part of the
// chain.
//
// A frame's *chain value* is its header's checksum. Each header holds the chain value of the frame before it
// and the checksum of its own payload, so a header that validates vouches for all that went before it, down
// to the first link.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "io/file.h"
#include "wal/accepted_losses.h"
#include "wal/format.h"
#include "wal/segment_header.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

struct FrameHeader {
  FrameKind kind = FrameKind::records;
  Epoch epoch;
  Lsn first_lsn;
  Lsn durable_lsn;
  std::uint32_t record_count = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t payload_crc = 0;  // Seeded.
  std::uint32_t previous_chain = 0;
  std::uint8_t batch = kBeginsBatch | kEndsBatch;
  std::uint64_t wall_unix_ms = 0;

  bool operator==(const FrameHeader&) const = default;

  // The last record's LSN; the one before first_lsn where there is none.
  [[nodiscard]] Lsn last_lsn() const { return Lsn(first_lsn.value() + record_count - 1); }
  [[nodiscard]] bool begins_batch() const { return (batch & kBeginsBatch) != 0; }
  [[nodiscard]] bool ends_batch() const { return (batch & kEndsBatch) != 0; }
};

using EncodedFrameHeader = std::array<std::byte, kFrameHeaderBytes>;

struct SealedFrameHeader {
  EncodedFrameHeader bytes;
  std::uint32_t chain = 0;
};
SealedFrameHeader encode_frame_header(const FrameHeader& header, const LogUuid& uuid, SegmentId segment,
                                      std::uint64_t offset);

struct ChainedFrameHeader {
  FrameHeader header;
  std::uint32_t chain = 0;
};
// Valid if and only if (1) magic and seeded checksum match, (2) kind, codec and batch bits are known and what
// is reserved is zero, (3) records are in a frame of records and nowhere else, (4) its numbers are within the
// format's limits. Whether it belongs where it
// stands (chain, LSN, epoch, bounds) and whether its payload is whole are the walker's questions.
std::optional<ChainedFrameHeader> decode_frame_header(io::Bytes bytes, const LogUuid& uuid, SegmentId segment,
                                                      std::uint64_t offset);

// The checksum of a payload whose plain CRC is known, seeded for its place.
std::uint32_t seeded_payload_crc(const Identity& identity, std::uint64_t frame_offset,
                                 std::uint32_t payload_crc, std::uint64_t payload_bytes);

// Where a chain of frames ends.
struct ChainEnd {
  std::uint64_t offset = 0;  // File offset of the end of the last frame, padding included.
  Lsn last;                  // The last record; the one before the first where there is none.
  std::uint32_t chain = 0;
  bool operator==(const ChainEnd&) const = default;
};

// What a log still holds: the lowest segment that may hold data, and the LSN that one begins with.
struct LowWater {
  SegmentId segment;
  Lsn lsn;
  auto operator<=>(const LowWater&) const = default;
};

struct Predecessor {
  SegmentId id;
  Epoch epoch;
  ChainEnd end;
  bool operator==(const Predecessor&) const = default;
};

struct Link {
  Predecessor predecessor;
  LowWater low_water;
  AcceptedLosses losses;
  bool operator==(const Link&) const = default;

  // What its segment begins with: the LSN behind the predecessor's last one, or behind the loss between them.
  [[nodiscard]] Lsn first_lsn() const { return losses.next_after(predecessor.end.last); }
};

class EncodedLink {
 public:
  explicit EncodedLink(std::size_t size) : size_(size) {}
  std::byte* data() { return bytes_.data(); }
  [[nodiscard]] io::Bytes bytes() const { return io::Bytes(bytes_).first(size_); }

 private:
  std::array<std::byte, link_payload_bytes(kAcceptedLossesMax)> bytes_{};
  std::size_t size_;
};
// At most kAcceptedLossesMax losses.
EncodedLink encode_link(const Link& link);
// Nothing where the length is not that of its losses, they do not rise, one lies at or behind its first LSN,
// or a number is beyond the format's limits.
std::optional<Link> decode_link(io::Bytes payload);

using EncodedControl = std::array<std::byte, control_at::kEnd>;
EncodedControl encode_control(const LowWater& low_water);
std::optional<LowWater> decode_control(io::Bytes payload);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
