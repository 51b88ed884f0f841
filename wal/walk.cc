// SPDX-License-Identifier: Apache-2.0
// One frame at a time, each checked against what the one before it says.
#include "wal/walk.h"

#include <algorithm>

#include "wal/crc32c.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

io::Result<bool> payload_holds(Window& window, const Identity& identity, const WalkedFrame& frame) {
  std::uint32_t crc = checksum_seed(identity, frame.payload_offset());
  std::uint64_t at = frame.payload_offset();
  const std::uint64_t end = at + frame.header.payload_bytes;
  while (at < end) {
    auto piece = window.view(at, std::min<std::uint64_t>(end - at, kWindowBytes));
    if (!piece) return io::Failure(std::move(piece.error()));
    if (piece->empty()) return false;  // The file ends inside the payload.
    crc = crc32c_extend(crc, *piece);
    at += piece->size();
  }
  return crc == frame.header.payload_crc;
}

FrameWalk::FrameWalk(Window& window, const SegmentHeader& header, Epoch epoch, const ChainEnd& link_end)
    : window_(window),
      identity_{header.log_uuid, header.id, epoch},
      block_bytes_(header.block_bytes),
      data_end_(header.data_end()),
      end_(link_end) {}

io::Result<std::optional<WalkedFrame>> FrameWalk::peek() {
  auto next = frame_at(end_.offset);
  if (!next || *next) return next;
  const std::uint64_t block = align_up(end_.offset, block_bytes_);
  return block == end_.offset ? std::move(next) : frame_at(block);
}

io::Result<std::optional<WalkedFrame>> FrameWalk::frame_at(std::uint64_t offset) {
  if (offset + kFrameHeaderBytes > data_end_) return std::nullopt;
  auto bytes = window_.view(offset, kFrameHeaderBytes);
  if (!bytes) return io::Failure(std::move(bytes.error()));
  const auto decoded = decode_frame_header(*bytes, identity_.log_uuid, identity_.segment, offset);
  if (!decoded) return std::nullopt;
  const WalkedFrame frame{decoded->header, offset, decoded->chain};
  return belongs(frame) ? std::optional(frame) : std::nullopt;
}

bool FrameWalk::belongs(const WalkedFrame& frame) const {
  const FrameHeader& header = frame.header;
  return header.kind != FrameKind::link && header.epoch == identity_.epoch &&
         header.previous_chain == end_.chain && header.first_lsn == end_.last.next() &&
         frame.payload_offset() + header.payload_bytes <= data_end_ && header.begins_batch() != in_batch_;
}

void FrameWalk::pass(const WalkedFrame& frame) {
  end_ = {frame.end(), frame.header.last_lsn(), frame.chain};
  in_batch_ = !frame.header.ends_batch();
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
