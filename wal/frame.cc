// SPDX-License-Identifier: Apache-2.0
// Encoding and decoding of frames; format.h draws them.
#include "wal/frame.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ensure.h"
#include "wal/crc32c.h"
#include "wal/little_endian.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

constexpr std::array<std::byte, 4> kNoCrc{};

// The header's checksum, its own field taken as zero.
std::uint32_t checksum(io::Bytes bytes, const Identity& identity, std::uint64_t offset) {
  const std::array<io::Bytes, 3> pieces = {
      bytes.first(frame_at::kHeaderCrc), kNoCrc,
      bytes.subspan(frame_at::kFirstLsn, frame_at::kEnd - frame_at::kFirstLsn)};
  return crc32c_extend(checksum_seed(identity, offset), pieces);
}

bool known(const FrameHeader& header, io::Bytes bytes) {
  const bool has_records = header.kind == FrameKind::records;
  return header.kind >= FrameKind::records && header.kind <= FrameKind::control &&
         bytes[frame_at::kCodec] == std::byte{0} && bytes[frame_at::kReserved] == std::byte{0} &&
         (header.batch & ~(kBeginsBatch | kEndsBatch)) == 0 &&
         load<std::uint32_t>(&bytes[frame_at::kUncompressedBytes]) == header.payload_bytes &&
         has_records == (header.record_count != 0) && header.first_lsn != Lsn{} &&
         header.first_lsn.value() <= kNumberMax && header.durable_lsn.value() <= kNumberMax &&
         header.epoch.counter <= kEpochCounterMax;
}

// Segment 0: nothing was deleted yet.
bool counts_within_limits(const LowWater& low_water) {
  return low_water.segment.value() <= kNumberMax && low_water.lsn != Lsn{} &&
         low_water.lsn.value() <= kNumberMax;
}

bool counts_within_limits(const Link& link) {
  const Predecessor& before = link.predecessor;
  const bool losses_are =
      link.losses.ranges().empty() || link.losses.ranges().back().last.value() <= kNumberMax;
  return losses_are && before.id.value() <= kNumberMax && before.end.last.value() <= kNumberMax &&
         before.end.offset <= kSegmentBytesMax && before.epoch.counter <= kEpochCounterMax &&
         counts_within_limits(link.low_water);
}

}  // namespace

SealedFrameHeader encode_frame_header(const FrameHeader& header, const LogUuid& uuid, SegmentId segment,
                                      std::uint64_t offset) {
  SealedFrameHeader sealed{};
  EncodedFrameHeader& out = sealed.bytes;
  store(&out[frame_at::kMagic], kFrameMagic);
  store(&out[frame_at::kFirstLsn], header.first_lsn.value());
  store(&out[frame_at::kDurableLsn], header.durable_lsn.value());
  store(&out[frame_at::kPayloadBytes], header.payload_bytes);
  store(&out[frame_at::kPayloadCrc], header.payload_crc);
  store(&out[frame_at::kPreviousChain], header.previous_chain);
  store(&out[frame_at::kEpochCounter], header.epoch.counter);
  store(&out[frame_at::kEpochNonce], header.epoch.nonce);
  store(&out[frame_at::kRecordCount], header.record_count);
  out[frame_at::kKind] = static_cast<std::byte>(header.kind);
  out[frame_at::kBatch] = static_cast<std::byte>(header.batch);
  store(&out[frame_at::kUncompressedBytes], header.payload_bytes);
  store(&out[frame_at::kWallUnixMs], header.wall_unix_ms);
  sealed.chain = checksum(out, {uuid, segment, header.epoch}, offset);
  store(&out[frame_at::kHeaderCrc], sealed.chain);
  return sealed;
}

std::optional<ChainedFrameHeader> decode_frame_header(io::Bytes bytes, const LogUuid& uuid, SegmentId segment,
                                                      std::uint64_t offset) {
  if (bytes.size() < frame_at::kEnd || load<std::uint32_t>(&bytes[frame_at::kMagic]) != kFrameMagic)
    return std::nullopt;
  FrameHeader header;
  header.epoch = {load<std::uint32_t>(&bytes[frame_at::kEpochCounter]),
                  load<std::uint32_t>(&bytes[frame_at::kEpochNonce])};
  const auto crc = load<std::uint32_t>(&bytes[frame_at::kHeaderCrc]);
  if (crc != checksum(bytes, {uuid, segment, header.epoch}, offset)) return std::nullopt;
  header.kind = static_cast<FrameKind>(std::to_integer<std::uint8_t>(bytes[frame_at::kKind]));
  header.first_lsn = Lsn(load<std::uint64_t>(&bytes[frame_at::kFirstLsn]));
  header.durable_lsn = Lsn(load<std::uint64_t>(&bytes[frame_at::kDurableLsn]));
  header.record_count = load<std::uint32_t>(&bytes[frame_at::kRecordCount]);
  header.payload_bytes = load<std::uint32_t>(&bytes[frame_at::kPayloadBytes]);
  header.payload_crc = load<std::uint32_t>(&bytes[frame_at::kPayloadCrc]);
  header.previous_chain = load<std::uint32_t>(&bytes[frame_at::kPreviousChain]);
  header.batch = std::to_integer<std::uint8_t>(bytes[frame_at::kBatch]);
  header.wall_unix_ms = load<std::uint64_t>(&bytes[frame_at::kWallUnixMs]);
  if (!known(header, bytes)) return std::nullopt;
  return ChainedFrameHeader{header, crc};
}

std::uint32_t seeded_payload_crc(const Identity& identity, std::uint64_t frame_offset,
                                 std::uint32_t payload_crc, std::uint64_t payload_bytes) {
  const std::uint32_t seed = checksum_seed(identity, frame_offset + kFrameHeaderBytes);
  return crc32c_combine(seed, payload_crc, payload_bytes);
}

EncodedLink encode_link(const Link& link) {
  const std::span<const LsnRange> losses = link.losses.ranges();
  base::ensure(losses.size() <= kAcceptedLossesMax, "a link's losses leave it in one sector");
  EncodedLink encoded(link_payload_bytes(losses.size()));
  std::byte* const out = encoded.data();
  store(out + link_at::kPredecessor, link.predecessor.id.value());
  store(out + link_at::kPredecessorEnd, link.predecessor.end.offset);
  store(out + link_at::kPredecessorLastLsn, link.predecessor.end.last.value());
  store(out + link_at::kPredecessorChain, link.predecessor.end.chain);
  store(out + link_at::kPredecessorCounter, link.predecessor.epoch.counter);
  store(out + link_at::kPredecessorNonce, link.predecessor.epoch.nonce);
  store(out + link_at::kAcceptedLossCount, static_cast<std::uint32_t>(losses.size()));
  store(out + link_at::kLowWater, link.low_water.segment.value());
  store(out + link_at::kLowWaterLsn, link.low_water.lsn.value());
  std::byte* at = out + link_at::kLosses;
  for (const LsnRange& range : losses) {
    store(at + accepted_loss_at::kFirst, range.first.value());
    store(at + accepted_loss_at::kLast, range.last.value());
    at += accepted_loss_at::kEnd;
  }
  return encoded;
}

std::optional<Link> decode_link(io::Bytes payload) {
  if (payload.size() < link_at::kLosses) return std::nullopt;
  const auto loss_count = load<std::uint32_t>(&payload[link_at::kAcceptedLossCount]);
  if (loss_count > kAcceptedLossesMax || payload.size() != link_payload_bytes(loss_count))
    return std::nullopt;
  std::vector<LsnRange> ranges;
  for (io::Bytes rest = payload.subspan(link_at::kLosses); !rest.empty();
       rest = rest.subspan(accepted_loss_at::kEnd)) {
    ranges.push_back({Lsn(load<std::uint64_t>(&rest[accepted_loss_at::kFirst])),
                      Lsn(load<std::uint64_t>(&rest[accepted_loss_at::kLast]))});
  }
  auto losses = AcceptedLosses::from(std::move(ranges));
  if (!losses) return std::nullopt;
  Link link;
  link.losses = std::move(*losses);
  link.predecessor.id = SegmentId(load<std::uint64_t>(&payload[link_at::kPredecessor]));
  link.predecessor.end.offset = load<std::uint64_t>(&payload[link_at::kPredecessorEnd]);
  link.predecessor.end.last = Lsn(load<std::uint64_t>(&payload[link_at::kPredecessorLastLsn]));
  link.predecessor.end.chain = load<std::uint32_t>(&payload[link_at::kPredecessorChain]);
  link.predecessor.epoch = {load<std::uint32_t>(&payload[link_at::kPredecessorCounter]),
                            load<std::uint32_t>(&payload[link_at::kPredecessorNonce])};
  link.low_water = {SegmentId(load<std::uint64_t>(&payload[link_at::kLowWater])),
                    Lsn(load<std::uint64_t>(&payload[link_at::kLowWaterLsn]))};
  const bool all_before = link.losses.ranges().empty() || link.losses.ranges().back().last < link.first_lsn();
  return all_before && counts_within_limits(link) ? std::optional(std::move(link)) : std::nullopt;
}

EncodedControl encode_control(const LowWater& low_water) {
  EncodedControl out{};
  store(&out[control_at::kLowWater], low_water.segment.value());
  store(&out[control_at::kLowWaterLsn], low_water.lsn.value());
  return out;
}

std::optional<LowWater> decode_control(io::Bytes payload) {
  if (payload.size() != control_at::kEnd) return std::nullopt;
  const LowWater low_water{SegmentId(load<std::uint64_t>(&payload[control_at::kLowWater])),
                           Lsn(load<std::uint64_t>(&payload[control_at::kLowWaterLsn]))};
  return counts_within_limits(low_water) ? std::optional(low_water) : std::nullopt;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
