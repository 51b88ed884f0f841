// SPDX-License-Identifier: Apache-2.0
// Building frames. Padding behind a payload is zero: what follows a frame inside its 64 bytes is never old
// data.
#include "wal/group.h"

#include <algorithm>
#include <cstring>

#include "base/ensure.h"
#include "wal/crc32c.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// What a group keeps for the next one. Larger buffers are for single large records, and go with them.
constexpr std::uint64_t kKeptBytesMax = 8U << 20;
constexpr std::uint64_t kFirstBytes = 64U << 10;

std::uint32_t put_frame(FrameHeader header, const FrameContext& context, std::uint64_t offset,
                        io::Bytes payload, std::span<std::byte> out) {
  header.epoch = context.identity.epoch;
  header.durable_lsn = context.durable_lsn;
  header.wall_unix_ms = context.wall_unix_ms;
  header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  header.payload_crc = seeded_payload_crc(context.identity, offset, crc32c(payload), payload.size());
  const auto sealed =
      encode_frame_header(header, context.identity.log_uuid, context.identity.segment, offset);
  std::ranges::fill(out, std::byte{0});
  std::ranges::copy(sealed.bytes, out.begin());
  std::ranges::copy(payload, out.begin() + kFrameHeaderBytes);
  return sealed.chain;
}

}  // namespace

void Group::open(Lsn first_lsn, std::uint64_t offset) {
  base::ensure(empty(), "a group is opened while it is empty");
  first_lsn_ = first_lsn;
  offset_ = offset;
}

void Group::reserve(std::uint64_t bytes) {
  if (bytes <= buffer_bytes_) return;
  const std::uint64_t grown = std::max({bytes, 2 * buffer_bytes_, kFirstBytes});
  auto larger = std::make_unique_for_overwrite<std::byte[]>(grown);
  if (buffer_) std::memcpy(larger.get(), buffer_.get(), kFrameHeaderBytes + payload_bytes_);
  buffer_ = std::move(larger);
  buffer_bytes_ = grown;
}

void Group::add(const EncodedRecord& record) {
  reserve(frame_bytes(payload_bytes_ + record.bytes()));
  record.copy_to(&buffer_[kFrameHeaderBytes + payload_bytes_]);
  payload_crc_ = crc32c_combine(payload_crc_, record.crc(), record.bytes());
  payload_bytes_ += record.bytes();
  ++record_count_;
}

Group::Sealed Group::seal(const FrameContext& context) {
  FrameHeader header;
  header.epoch = context.identity.epoch;
  header.first_lsn = first_lsn_;
  header.durable_lsn = context.durable_lsn;
  header.record_count = record_count_;
  header.payload_bytes = static_cast<std::uint32_t>(payload_bytes_);
  header.payload_crc = seeded_payload_crc(context.identity, offset_, payload_crc_, payload_bytes_);
  header.previous_chain = context.previous_chain;
  header.wall_unix_ms = context.wall_unix_ms;
  const auto sealed =
      encode_frame_header(header, context.identity.log_uuid, context.identity.segment, offset_);
  std::memcpy(buffer_.get(), sealed.bytes.data(), kFrameHeaderBytes);
  const std::uint64_t used = kFrameHeaderBytes + payload_bytes_;
  const std::uint64_t whole = frame_bytes(payload_bytes_);
  std::memset(buffer_.get() + used, 0, whole - used);
  return {io::Bytes(buffer_.get(), whole), sealed.chain};
}

void Group::clear() {
  record_count_ = 0;
  payload_bytes_ = 0;
  payload_crc_ = 0;
  if (buffer_bytes_ <= kKeptBytesMax) return;
  buffer_.reset();
  buffer_bytes_ = 0;
}

LinkFrame make_link_frame(const FrameContext& context, std::uint64_t offset, const Link& link) {
  LinkFrame frame;
  frame.size = link_frame_bytes(link.losses.count());
  FrameHeader header;
  header.kind = FrameKind::link;
  header.first_lsn = link.first_lsn();
  frame.chain =
      put_frame(header, context, offset, encode_link(link).bytes(), std::span(frame.room).first(frame.size));
  return frame;
}

ControlFrame make_control_frame(const FrameContext& context, std::uint64_t offset, Lsn next_lsn,
                                const LowWater& low_water) {
  ControlFrame frame;
  FrameHeader header;
  header.kind = FrameKind::control;
  header.first_lsn = next_lsn;
  header.previous_chain = context.previous_chain;
  frame.chain = put_frame(header, context, offset, encode_control(low_water), frame.bytes);
  return frame;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
