// SPDX-License-Identifier: Apache-2.0
// Encoding and decoding of segment headers, and the seed of all checksums.
#include "wal/segment_header.h"

#include <algorithm>
#include <bit>
#include <string>

#include "wal/crc32c.h"
#include "wal/little_endian.h"
#include "wal/zeros.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

bool within_limits(const SegmentHeader& header) {
  return header.id != SegmentId{} && header.id.value() <= kNumberMax &&
         header.prepared_in.counter <= kEpochCounterMax && std::has_single_bit(header.block_bytes) &&
         header.block_bytes >= kBlockBytesMin && header.block_bytes <= kBlockBytesMax &&
         header.capacity % header.block_bytes == 0 &&
         header.capacity / header.block_bytes > kDataBlock + kFooterBlocks + 1 &&
         header.capacity <= kSegmentBytesMax && header.unsynced_bytes_max >= kBlockBytesMin &&
         header.unsynced_bytes_max <= kSegmentBytesMax;
}

std::uint32_t checksum(const SegmentHeader& header, io::Bytes bytes, std::uint64_t offset) {
  return crc32c_extend(checksum_seed({header.log_uuid, header.id, header.prepared_in}, offset),
                       bytes.first(segment_header_at::kCrc));
}

}  // namespace

std::uint32_t checksum_seed(const Identity& identity, std::uint64_t offset) {
  std::array<std::byte, kSeedBytes> input;
  std::ranges::copy(identity.log_uuid, input.begin());
  store(&input[16], identity.segment.value());
  store(&input[24], identity.epoch.counter);
  store(&input[28], identity.epoch.nonce);
  store(&input[32], offset);
  return crc32c(input);
}

EncodedSegmentHeader encode_segment_header(const SegmentHeader& header, std::uint64_t offset) {
  EncodedSegmentHeader out{};
  store(&out[segment_header_at::kMagic], kSegmentMagic);
  store(&out[segment_header_at::kFormatMajor], kFormatMajor);
  store(&out[segment_header_at::kFormatMinor], kFormatMinor);
  store(&out[segment_header_at::kHeaderBytes], static_cast<std::uint32_t>(segment_header_at::kEnd));
  std::ranges::copy(header.log_uuid, &out[segment_header_at::kLogUuid]);
  store(&out[segment_header_at::kSegmentId], header.id.value());
  store(&out[segment_header_at::kEpochCounter], header.prepared_in.counter);
  store(&out[segment_header_at::kEpochNonce], header.prepared_in.nonce);
  store(&out[segment_header_at::kBlockBytes], header.block_bytes);
  store(&out[segment_header_at::kFlags], (header.full_size == FullSize::yes ? kFullSize : 0U) |
                                             (header.recycled == Recycled::yes ? kRecycled : 0U));
  store(&out[segment_header_at::kCapacity], header.capacity);
  store(&out[segment_header_at::kCreatedUnixMs], header.created_unix_ms);
  store(&out[segment_header_at::kUnsyncedMax], header.unsynced_bytes_max);
  store(&out[segment_header_at::kCrc], checksum(header, out, offset));
  return out;
}

io::Result<std::optional<SegmentHeader>> decode_segment_header(io::Bytes bytes, std::uint64_t offset) {
  if (bytes.size() < segment_header_at::kEnd ||
      load<std::uint64_t>(&bytes[segment_header_at::kMagic]) != kSegmentMagic ||
      load<std::uint32_t>(&bytes[segment_header_at::kHeaderBytes]) != segment_header_at::kEnd) {
    return std::nullopt;
  }
  SegmentHeader header;
  std::ranges::copy(bytes.subspan(segment_header_at::kLogUuid, sizeof(LogUuid)), header.log_uuid.begin());
  header.id = SegmentId(load<std::uint64_t>(&bytes[segment_header_at::kSegmentId]));
  header.prepared_in = {load<std::uint32_t>(&bytes[segment_header_at::kEpochCounter]),
                        load<std::uint32_t>(&bytes[segment_header_at::kEpochNonce])};
  header.block_bytes = load<std::uint32_t>(&bytes[segment_header_at::kBlockBytes]);
  header.capacity = load<std::uint64_t>(&bytes[segment_header_at::kCapacity]);
  header.created_unix_ms = load<std::uint64_t>(&bytes[segment_header_at::kCreatedUnixMs]);
  header.unsynced_bytes_max = load<std::uint64_t>(&bytes[segment_header_at::kUnsyncedMax]);
  if (load<std::uint32_t>(&bytes[segment_header_at::kCrc]) != checksum(header, bytes, offset))
    return std::nullopt;

  const auto major = load<std::uint16_t>(&bytes[segment_header_at::kFormatMajor]);
  const auto minor = load<std::uint16_t>(&bytes[segment_header_at::kFormatMinor]);
  if (major != kFormatMajor || minor > kFormatMinor) {
    return io::failure(io::Code::unsupported, "read segment header", "",
                       "it is of format " + std::to_string(major) + "." + std::to_string(minor));
  }
  const auto flags = load<std::uint32_t>(&bytes[segment_header_at::kFlags]);
  const io::Bytes reserved =
      bytes.subspan(segment_header_at::kReserved, segment_header_at::kCrc - segment_header_at::kReserved);
  if ((flags & ~(kFullSize | kRecycled)) != 0 || !is_zero(reserved)) {
    return io::failure(io::Code::unsupported, "read segment header", "",
                       "it has flags that this version does not know");
  }
  header.full_size = (flags & kFullSize) != 0 ? FullSize::yes : FullSize::no;
  header.recycled = (flags & kRecycled) != 0 ? Recycled::yes : Recycled::no;
  if (!within_limits(header)) return std::nullopt;
  return header;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
