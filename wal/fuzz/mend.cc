// SPDX-License-Identifier: Apache-2.0
// Each kind of checksum, and then a whole log from its first segment to its last.
#include "wal/fuzz/mend.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "wal/crc32c.h"
#include "wal/frame.h"
#include "wal/little_endian.h"
#include "wal/record.h"

namespace wallop::wal::fuzz {
namespace {

Epoch epoch_at(io::Bytes bytes, std::size_t counter) {
  return {load<std::uint32_t>(&bytes[counter]), load<std::uint32_t>(&bytes[counter + 4])};
}

template <class Magic>
bool begins_with(io::Bytes bytes, Magic magic, std::size_t size_min) {
  return bytes.size() >= size_min && load<Magic>(bytes.data()) == magic;
}

bool is_frame(io::Bytes bytes) {
  return begins_with(bytes, kFrameMagic, kFrameHeaderBytes);
}

FrameKind kind_of(io::Bytes frame) {
  return static_cast<FrameKind>(std::to_integer<std::uint8_t>(frame[frame_at::kKind]));
}

void mend_payload(MutableBytes frame, const Identity& identity, std::uint64_t offset) {
  const auto size = load<std::uint32_t>(&frame[frame_at::kPayloadBytes]);
  store(&frame[frame_at::kUncompressedBytes], size);
  if (size > frame.size() - kFrameHeaderBytes) return;
  const MutableBytes payload = frame.subspan(kFrameHeaderBytes, size);
  if (kind_of(frame) == FrameKind::records) {
    for (MutableBytes rest = payload; !rest.empty();) {
      const std::size_t bytes = mend_record(rest);
      if (bytes == 0) break;
      rest = rest.subspan(bytes);
    }
  }
  const std::uint32_t seed = checksum_seed(identity, offset + kFrameHeaderBytes);
  store(&frame[frame_at::kPayloadCrc], crc32c_extend(seed, payload));
}

// What the next frame of a segment, or the link behind its last one, has to say.
struct Tip {
  Epoch epoch;
  ChainEnd end;
};

std::uint64_t next_lsn(const Tip& tip) {
  return tip.end.last.next().value();
}

Tip tip_behind(io::Bytes frame, std::uint64_t offset) {
  const std::uint64_t first = load<std::uint64_t>(&frame[frame_at::kFirstLsn]);
  const auto records = load<std::uint32_t>(&frame[frame_at::kRecordCount]);
  const auto payload = load<std::uint32_t>(&frame[frame_at::kPayloadBytes]);
  return {epoch_at(frame, frame_at::kEpochCounter),
          {offset + frame_bytes(payload), Lsn(first + records - 1),
           load<std::uint32_t>(&frame[frame_at::kHeaderCrc])}};
}

// What a recycled segment held before counts up to less than what it holds now.
bool is_stale(io::Bytes frame, const Tip& tip) {
  return load<std::uint64_t>(&frame[frame_at::kFirstLsn]) < next_lsn(tip);
}

void join_chain(MutableBytes frame, const Tip& tip) {
  store(&frame[frame_at::kPreviousChain], tip.end.chain);
  store(&frame[frame_at::kFirstLsn], next_lsn(tip));
  store(&frame[frame_at::kEpochCounter], tip.epoch.counter);
  store(&frame[frame_at::kEpochNonce], tip.epoch.nonce);
}

// The link's own first LSN follows from what it names, and from the losses that it accepts.
void join_segments(MutableBytes frame, const std::map<SegmentId, Tip>& tips) {
  if (frame.size() < kFrameHeaderBytes + link_at::kLosses) return;
  const MutableBytes link = frame.subspan(kFrameHeaderBytes);
  const auto tip = tips.find(SegmentId(load<std::uint64_t>(&link[link_at::kPredecessor])));
  if (tip == tips.end()) return;
  store(&link[link_at::kPredecessorEnd], tip->second.end.offset);
  store(&link[link_at::kPredecessorLastLsn], tip->second.end.last.value());
  store(&link[link_at::kPredecessorChain], tip->second.end.chain);
  store(&link[link_at::kPredecessorCounter], tip->second.epoch.counter);
  store(&link[link_at::kPredecessorNonce], tip->second.epoch.nonce);
  const auto size = load<std::uint32_t>(&frame[frame_at::kPayloadBytes]);
  const auto decoded = decode_link(io::Bytes(link).first(std::min<std::size_t>(size, link.size())));
  if (decoded) store(&frame[frame_at::kFirstLsn], decoded->first_lsn().value());
}

bool is_recycled_header(const Piece& piece) {
  const auto header = decode_segment_header(piece.bytes, piece.offset());
  return header && *header && (*header)->recycled == Recycled::yes;
}

std::optional<LogUuid> uuid_in(const Piece& piece) {
  if (!begins_with(piece.bytes, kSegmentMagic, segment_header_at::kEnd)) return std::nullopt;
  LogUuid uuid;
  std::ranges::copy(io::Bytes(piece.bytes).subspan(segment_header_at::kLogUuid, uuid.size()), uuid.begin());
  return uuid;
}

// The log's, by the first header that there is.
LogUuid uuid_of(std::span<const Piece> pieces) {
  for (const Piece& piece : pieces)
    if (const auto uuid = uuid_in(piece)) return *uuid;
  return {};
}

}  // namespace

void mend_segment_header(MutableBytes bytes, std::uint64_t offset) {
  if (!begins_with(bytes, kSegmentMagic, segment_header_at::kEnd)) return;
  Identity identity;
  std::ranges::copy(bytes.subspan(segment_header_at::kLogUuid, sizeof(LogUuid)), identity.log_uuid.begin());
  identity.segment = SegmentId(load<std::uint64_t>(&bytes[segment_header_at::kSegmentId]));
  identity.epoch = epoch_at(bytes, segment_header_at::kEpochCounter);
  store(&bytes[segment_header_at::kCrc],
        crc32c_extend(checksum_seed(identity, offset), bytes.first(segment_header_at::kCrc)));
}

std::size_t mend_record(MutableBytes bytes) {
  const auto decoded = decode_record(bytes, CheckRecordCrc::no);
  if (!decoded) return 0;
  const std::size_t body = decoded->bytes - kRecordCrcBytes;
  const std::uint32_t crc = crc32c(io::Bytes(bytes).first(body));
  store(&bytes[body], ((crc >> 15) | (crc << 17)) + 0xa282ead8U);  // Masked: record.h says why.
  return decoded->bytes;
}

void mend_frame(MutableBytes bytes, const LogUuid& uuid, SegmentId segment, std::uint64_t offset) {
  if (!is_frame(bytes)) return;
  const Identity identity{uuid, segment, epoch_at(bytes, frame_at::kEpochCounter)};
  mend_payload(bytes, identity, offset);
  store(&bytes[frame_at::kHeaderCrc], std::uint32_t{0});
  store(&bytes[frame_at::kHeaderCrc],
        crc32c_extend(checksum_seed(identity, offset), bytes.first(kFrameHeaderBytes)));
}

void mend_watermark(MutableBytes bytes, const LogUuid& uuid, SegmentId segment, std::uint64_t offset) {
  if (!begins_with(bytes, kWatermarkMagic, watermark_at::kEnd)) return;
  std::ranges::copy(uuid, bytes.begin() + watermark_at::kLogUuid);
  const Identity identity{uuid, segment, epoch_at(bytes, watermark_at::kEpochCounter)};
  store(&bytes[watermark_at::kCrc],
        crc32c_extend(checksum_seed(identity, offset), bytes.first(watermark_at::kCrc)));
}

void mend_footer(MutableBytes bytes, const LogUuid& uuid, SegmentId segment, std::uint64_t offset) {
  if (!begins_with(bytes, kFooterMagic, kFooterBytesMax)) return;
  std::ranges::copy(uuid, bytes.begin() + footer_at::kLogUuid);
  const std::size_t entries =
      std::min<std::size_t>(load<std::uint32_t>(&bytes[footer_at::kEntryCount]), kFooterEntriesMax);
  const Identity identity{uuid, segment, epoch_at(bytes, footer_at::kEpochCounter)};
  const std::uint32_t crc = crc32c_extend(checksum_seed(identity, offset), bytes.first(footer_at::kCrc));
  store(&bytes[footer_at::kCrc],
        crc32c_extend(crc, bytes.subspan(footer_at::kEntries, entries * footer_entry_at::kEnd)));
}

void mend_image(std::vector<Piece>& pieces, Chains chains) {
  // By segment and place, so that a link comes behind what it names.
  std::vector<std::size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::tuple(pieces[i].file, pieces[i].line, i); });
  const LogUuid uuid = uuid_of(pieces);
  std::map<SegmentId, Tip> tips;
  std::set<SegmentId> recycled;
  for (const std::size_t i : order) {
    Piece& piece = pieces[i];
    const MutableBytes bytes(piece.bytes);
    mend_segment_header(bytes, piece.offset());
    if (is_recycled_header(piece)) recycled.insert(piece.file);
    mend_watermark(bytes, uuid, piece.file, piece.offset());
    if (begins_with(bytes, kFooterMagic, footer_at::kEntries)) {
      piece.bytes.resize(std::max(piece.bytes.size(), kFooterBytesMax));  // Its lines of zeros were left out.
      mend_footer(piece.bytes, uuid, piece.file, piece.offset());
      continue;
    }
    if (!is_frame(bytes)) continue;
    const auto tip = tips.find(piece.file);
    if (recycled.contains(piece.file) && tip != tips.end() && is_stale(bytes, tip->second)) continue;
    if (chains == Chains::mend && kind_of(bytes) == FrameKind::link) join_segments(bytes, tips);
    if (chains == Chains::mend && kind_of(bytes) != FrameKind::link && tip != tips.end())
      join_chain(bytes, tip->second);
    mend_frame(bytes, uuid, piece.file, piece.offset());
    tips.insert_or_assign(piece.file, tip_behind(bytes, piece.offset()));
  }
}

}  // namespace wallop::wal::fuzz
