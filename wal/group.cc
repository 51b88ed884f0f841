// SPDX-License-Identifier: Apache-2.0
// Building frames. Padding behind a payload is zero: what follows a frame inside its 64 bytes is never old
// data.
#include "wal/group.h"

#include <algorithm>
#include <cstring>
#include <utility>

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

std::uint64_t FrameCuts::room_bytes(std::span<const EncodedRecord> records) const {
  std::uint64_t closed = 0;
  std::uint64_t payload = 0;
  for (const EncodedRecord& record : records) {
    if (cuts(payload, record.bytes())) closed += frame_bytes(std::exchange(payload, 0));
    payload += record.bytes();
  }
  return closed + frame_bytes(payload);
}

void Group::open(Lsn first_lsn, std::uint64_t offset) {
  base::ensure(empty(), "a group is opened while it is empty");
  offset_ = offset;
  frames_.push_back({.begin = 0, .first_lsn = first_lsn});
}

void Group::reserve(std::uint64_t bytes) {
  if (bytes <= buffer_bytes_) return;
  const std::uint64_t grown = std::max({bytes, 2 * buffer_bytes_, kFirstBytes});
  auto larger = std::make_unique_for_overwrite<std::byte[]>(grown);
  if (buffer_)
    std::memcpy(larger.get(), buffer_.get(), std::min(buffer_bytes_, frames_.back().next_record()));
  buffer_ = std::move(larger);
  buffer_bytes_ = grown;
}

std::uint64_t Group::add(const EncodedRecord& record) {
  if (cuts_.cuts(frames_.back().payload_bytes, record.bytes())) {
    const Frame full = frames_.back();
    frames_.push_back({.begin = full.end(), .first_lsn = full.next_lsn()});
  }
  Frame& frame = frames_.back();
  const std::uint64_t at = frame.next_record();
  reserve(frame.begin + frame_bytes(frame.payload_bytes + record.bytes()));
  record.copy_to(&buffer_[at]);
  frame.payload_crc = crc32c_combine(frame.payload_crc, record.crc(), record.bytes());
  frame.payload_bytes += record.bytes();
  ++frame.record_count;
  payload_bytes_ += record.bytes();
  return offset_ + at;
}

std::uint32_t Group::seal_frame(const Frame& frame, std::uint8_t batch, const FrameContext& context) {
  const std::uint64_t offset = offset_ + frame.begin;
  FrameHeader header;
  header.epoch = context.identity.epoch;
  header.first_lsn = frame.first_lsn;
  header.durable_lsn = context.durable_lsn;
  header.record_count = frame.record_count;
  header.payload_bytes = static_cast<std::uint32_t>(frame.payload_bytes);
  header.payload_crc = seeded_payload_crc(context.identity, offset, frame.payload_crc, frame.payload_bytes);
  header.previous_chain = context.previous_chain;
  header.batch = batch;
  header.wall_unix_ms = context.wall_unix_ms;
  const auto sealed =
      encode_frame_header(header, context.identity.log_uuid, context.identity.segment, offset);
  std::memcpy(&buffer_[frame.begin], sealed.bytes.data(), kFrameHeaderBytes);
  std::memset(&buffer_[frame.next_record()], 0, frame.end() - frame.next_record());
  return sealed.chain;
}

Group::Sealed Group::seal(FrameContext context) {
  for (const Frame& frame : frames_) {
    std::uint8_t batch = 0;
    if (&frame == &frames_.front()) batch |= kBeginsBatch;
    if (&frame == &frames_.back()) batch |= kEndsBatch;
    context.previous_chain = seal_frame(frame, batch, context);
  }
  return {io::Bytes(buffer_.get(), frames_.back().end()), context.previous_chain};
}

void Group::clear() {
  frames_.clear();
  payload_bytes_ = 0;
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
