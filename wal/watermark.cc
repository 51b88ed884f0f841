// SPDX-License-Identifier: Apache-2.0
// Encoding, decoding and writing of watermarks; format.h draws them.
#include "wal/watermark.h"

#include <algorithm>

#include "wal/crc32c.h"
#include "wal/little_endian.h"
#include "wal/zeros.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

std::uint32_t watermark_checksum(io::Bytes bytes, const Identity& identity, std::uint64_t offset) {
  return crc32c_extend(checksum_seed(identity, offset), bytes.first(watermark_at::kCrc));
}

}  // namespace

EncodedWatermark encode_watermark(const Watermark& mark, const LogUuid& uuid, SegmentId segment,
                                  std::uint64_t offset) {
  EncodedWatermark out{};
  store(&out[watermark_at::kMagic], kWatermarkMagic);
  std::ranges::copy(uuid, &out[watermark_at::kLogUuid]);
  store(&out[watermark_at::kDurableLsn], mark.durable.value());
  store(&out[watermark_at::kEndOffset], mark.end_offset);
  store(&out[watermark_at::kEpochCounter], mark.epoch.counter);
  store(&out[watermark_at::kEpochNonce], mark.epoch.nonce);
  store(&out[watermark_at::kCrc], watermark_checksum(out, {uuid, segment, mark.epoch}, offset));
  return out;
}

std::optional<Watermark> decode_watermark(io::Bytes bytes, const LogUuid& uuid, SegmentId segment,
                                          std::uint64_t offset) {
  if (bytes.size() < watermark_at::kEnd ||
      load<std::uint64_t>(&bytes[watermark_at::kMagic]) != kWatermarkMagic)
    return std::nullopt;
  Watermark mark;
  mark.epoch = {load<std::uint32_t>(&bytes[watermark_at::kEpochCounter]),
                load<std::uint32_t>(&bytes[watermark_at::kEpochNonce])};
  mark.durable = Lsn(load<std::uint64_t>(&bytes[watermark_at::kDurableLsn]));
  mark.end_offset = load<std::uint64_t>(&bytes[watermark_at::kEndOffset]);
  if (load<std::uint32_t>(&bytes[watermark_at::kCrc]) !=
      watermark_checksum(bytes, {uuid, segment, mark.epoch}, offset)) {
    return std::nullopt;
  }
  const bool is_ours = std::ranges::equal(bytes.subspan(watermark_at::kLogUuid, sizeof(LogUuid)), uuid);
  const bool is_known =
      is_zero(bytes.subspan(watermark_at::kReserved, watermark_at::kCrc - watermark_at::kReserved)) &&
      mark.durable.value() <= kNumberMax && mark.end_offset <= kSegmentBytesMax &&
      mark.epoch.counter <= kEpochCounterMax;
  return is_ours && is_known ? std::optional(mark) : std::nullopt;
}

io::Status WatermarkSlots::write(Lsn durable, std::uint64_t end_offset) {
  const std::uint64_t offset = header_.slot_offset(synced_count_ % kWatermarkSlots);
  return file_->write_at(offset, io::Bytes(encode_watermark({epoch_, durable, end_offset}, header_.log_uuid,
                                                            header_.id, offset)));
}

io::Status WatermarkSlots::sync() {
  auto synced = file_->sync();
  if (synced) ++synced_count_;
  return synced;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
