// SPDX-License-Identifier: Apache-2.0
// Headers, the walk along the chain, and the search behind its end.
#include "wal/scan.h"

#include <algorithm>

#include "wal/crc32c.h"
#include "wal/little_endian.h"
#include "wal/walk.h"
#include "wal/zeros.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// What the search behind the chain looks at: where a frame could begin.
constexpr std::size_t kLine = kFrameAlignment;
// So much of it is passed over at once where it is zero.
constexpr std::size_t kStretch = 64 * kLine;
// Header and payload of the frames whose payload counts as evidence, and the marks that a file without a
// header may hold.
constexpr std::size_t kEvidenceFrameMax = std::max<std::size_t>(kLinkFrameBytesMax, kFooterBytesMax);
static_assert(kEvidenceFrameMax >= kControlFrameBytes);

bool payload_matches(io::Bytes payload, const Identity& identity, const WalkedFrame& frame) {
  return crc32c_extend(checksum_seed(identity, frame.payload_offset()), payload) == frame.header.payload_crc;
}

// What one frame, whose header validates, proves. `from_header` begins with that header.
Evidence evidence_of(const WalkedFrame& frame, io::Bytes from_header, const LogUuid& uuid,
                     SegmentId segment) {
  Evidence found;
  found.durable = frame.header.durable_lsn;
  found.newest = frame.header.epoch;
  found.frame_count = 1;
  const std::size_t bytes = kFrameHeaderBytes + frame.header.payload_bytes;
  if (frame.header.kind == FrameKind::records || bytes > from_header.size()) return found;
  const io::Bytes payload = from_header.subspan(kFrameHeaderBytes, frame.header.payload_bytes);
  if (!payload_matches(payload, {uuid, segment, frame.header.epoch}, frame)) return found;
  if (frame.header.kind == FrameKind::control) {
    found.low_water = decode_control(payload).value_or(LowWater{});
  } else if (const auto link = decode_link(payload)) {
    found.low_water = link->low_water;
    const bool is_seal = link->predecessor.epoch < frame.header.epoch;
    if (is_seal) found.durable = std::max(found.durable, link->predecessor.end.last);
  }
  // No deletion reaches behind the segment in which it is recorded: believed, one such would remove all.
  if (found.low_water.segment > segment) found.low_water = {};
  return found;
}

io::Result<std::optional<SegmentHeader>> header_at(Window& window, std::uint64_t offset) {
  auto bytes = window.view(offset, segment_header_at::kEnd);
  if (!bytes) return io::Failure(std::move(bytes.error()));
  return decode_segment_header(*bytes, offset);
}

// The second copy, where the first does not say where that is.
io::Result<std::optional<SegmentHeader>> second_header(Window& window) {
  for (std::uint64_t block = kBlockBytesMin; block <= kBlockBytesMax; block *= 2) {
    auto found = header_at(window, block);
    if (!found || (*found && (*found)->block_bytes == block)) return found;
  }
  return std::nullopt;
}

io::Status find_header(Window& window, FoundSegment& segment) {
  auto first = header_at(window, 0);
  if (!first) return io::Failure(std::move(first.error()));
  auto second = *first ? header_at(window, (*first)->block_bytes) : second_header(window);
  if (!second) return io::Failure(std::move(second.error()));
  for (const std::optional<SegmentHeader>& copy : {*first, *second}) {
    if (copy && copy->id != segment.id) {
      segment.foreign = copy;
    } else if (copy && segment.header) {
      segment.both_headers = true;
      if (*copy != *segment.header) segment.damage = "its two headers disagree";
    } else if (copy) {
      segment.header = copy;
    }
  }
  return {};
}

io::Status find_link(Window& window, FoundSegment& segment) {
  const SegmentHeader& header = *segment.header;
  auto bytes = window.view(header.data_begin(), kLinkFrameBytesMax);
  if (!bytes) return io::Failure(std::move(bytes.error()));
  const auto decoded = decode_frame_header(*bytes, header.log_uuid, header.id, header.data_begin());
  if (!decoded || decoded->header.kind != FrameKind::link ||
      kFrameHeaderBytes + decoded->header.payload_bytes > bytes->size()) {
    return {};
  }
  const WalkedFrame frame{decoded->header, header.data_begin(), decoded->chain};
  const io::Bytes payload = bytes->subspan(kFrameHeaderBytes, frame.header.payload_bytes);
  const auto link = decode_link(payload);
  if (!link || !payload_matches(payload, {header.log_uuid, header.id, frame.header.epoch}, frame)) return {};
  if (frame.header.first_lsn != link->first_lsn()) return {};
  segment.link = FoundLink{*link,
                           frame.header.epoch,
                           {frame.end(), frame.header.last_lsn(), frame.chain},
                           evidence_of(frame, *bytes, header.log_uuid, header.id)};
  return {};
}

// Follows the chain as far as it holds, to `stop` at most.
io::Status walk_chain(Window& window, const Stop& stop, FoundSegment& segment) {
  Body& body = segment.body;
  FrameWalk walk(window, *segment.header, segment.link->epoch, segment.link->end);
  body.end = walk.end();
  std::uint64_t records_in_batch = 0;
  while (!stop || walk.end().offset < stop->offset) {  // Each turn passes a frame: bounded by the file.
    auto frame = walk.peek();
    if (!frame) return io::Failure(std::move(frame.error()));
    if (!*frame || (stop && (*frame)->end() > stop->offset)) return {};
    auto holds = payload_holds(window, walk.identity(), **frame);
    if (!holds) return io::Failure(std::move(holds.error()));
    if (!*holds) return {};
    io::Bytes from_header;  // Looked at again only where the payload counts: the window has moved on.
    if ((*frame)->header.kind == FrameKind::control) {
      auto bytes = window.view((*frame)->offset, kControlFrameBytes);
      if (!bytes) return io::Failure(std::move(bytes.error()));
      from_header = *bytes;
    }
    body.evidence.add(evidence_of(**frame, from_header, segment.header->log_uuid, segment.header->id));
    walk.pass(**frame);
    records_in_batch += (*frame)->header.record_count;
    if (walk.in_batch()) continue;
    body.end = walk.end();
    body.record_count += records_in_batch;
    records_in_batch = 0;
  }
  return {};
}

// Searches [from, to) line by line: what is not zero, and every frame header that validates.
class RestSearch {
 public:
  RestSearch(Window& window, const std::optional<LogUuid>& uuid, Reach reach, FoundSegment& segment)
      : window_(window), uuid_(uuid), segment_(segment) {
    if (reach == Reach::bounded && segment.header) reach_ = segment.header->unsynced_reach();
  }

  io::Status run(std::uint64_t from, std::uint64_t to) {
    extend(from);
    if (segment_.marks.watermark) extend(segment_.marks.watermark->end_offset);
    std::uint64_t& at = searched_end_;
    for (at = from; at < std::min(to, limit_);) {  // Each turn takes a line at least.
      auto chunk = window_.view(at, std::min<std::uint64_t>(kWindowBytes, to - at));
      if (!chunk) return io::Failure(std::move(chunk.error()));
      if (chunk->empty()) break;
      // A frame whose payload counts must lie inside the view, unless the file ends there.
      const bool is_last = at + chunk->size() >= std::min(to, window_.file_bytes());
      const std::size_t overlap = is_last || chunk->size() <= kEvidenceFrameMax ? 0 : kEvidenceFrameMax;
      const std::size_t bytes = is_last ? chunk->size() : (chunk->size() - overlap) / kLine * kLine;
      for (std::size_t done = 0; done < bytes; done += kStretch)
        look_through(*chunk, done, std::min(done + kStretch, bytes), at);
      at += bytes;
    }
    segment_.body.searched_all = limit_ >= to;
    return {};
  }

  [[nodiscard]] std::uint64_t searched_end() const { return searched_end_; }

  // The room that is kept for a low water, which lies there beside the chain, however far behind its end.
  io::Status look_at_kept_room(std::uint64_t from) {
    const SegmentHeader& header = *segment_.header;
    if (from >= header.data_end()) return {};
    auto room = window_.view(from, header.data_end() - from);
    if (!room) return io::Failure(std::move(room.error()));
    std::size_t line = 0;
    if (from == header.records_end() && holds_low_water(*room, from)) {
      segment_.body.kept_room_used = true;
      line = kControlFrameBytes;
    }
    for (; line < room->size(); line += kLine) look(room->subspan(line), from + line);
    return {};
  }

 private:
  // `offset` may have been durable: something may follow it.
  void extend(std::uint64_t offset) {
    limit_ = reach_ == kSearchAll ? kSearchAll : std::max(limit_, offset + reach_);
  }

  // The lines of [begin, end) of a chunk that lies at `offset`.
  void look_through(io::Bytes chunk, std::size_t begin, std::size_t end, std::uint64_t offset) {
    if (is_zero(chunk.subspan(begin, end - begin))) return;
    for (std::size_t line = begin; line < end && offset + line < limit_; line += kLine)
      look(chunk.subspan(line), offset + line);
  }

  void look(io::Bytes from_line, std::uint64_t offset) {
    const io::Bytes line = from_line.first(std::min(kLine, from_line.size()));
    if (is_zero(line)) return;
    const auto frame = frame_at(line, offset);
    if (frame) own_end_ = std::max(own_end_, frame->end());
    if (offset >= own_end_ && segment_.header && segment_.header->may_be_stale(offset)) return;
    segment_.body.written_end = offset + end_of_written(line);
    if (!segment_.header && uuid_ && line.size() == kLine && is_mark(from_line, *uuid_, segment_.id, offset))
      segment_.damage = "it has no valid header, and marks that are this log's";
    if (!frame) return;
    segment_.body.evidence.add(evidence_of(*frame, from_line, *uuid_, segment_.id));
    extend(frame->end());
    if (!segment_.header) segment_.damage = "it has no valid header, and frames that are this log's";
  }

  bool holds_low_water(io::Bytes from_line, std::uint64_t offset) {
    const auto frame = frame_at(from_line.first(std::min(kLine, from_line.size())), offset);
    if (!frame || frame->header.kind != FrameKind::control) return false;
    const Evidence found = evidence_of(*frame, from_line, *uuid_, segment_.id);
    segment_.body.evidence.add(found);
    return found.low_water.segment != SegmentId{};
  }

  std::optional<WalkedFrame> frame_at(io::Bytes line, std::uint64_t offset) {
    if (line.size() < kLine || load<std::uint32_t>(line.data()) != kFrameMagic) return std::nullopt;
    if (!uuid_) {
      segment_.damage = "it has no valid header, and what looks like frames in it";
      return std::nullopt;
    }
    const auto decoded = decode_frame_header(line, *uuid_, segment_.id, offset);
    if (!decoded) return std::nullopt;
    return WalkedFrame{decoded->header, offset, decoded->chain};
  }

  Window& window_;
  const std::optional<LogUuid>& uuid_;
  FoundSegment& segment_;
  std::uint64_t reach_ = kSearchAll;
  std::uint64_t searched_end_ = 0;
  std::uint64_t limit_ = 0;    // Nothing can have been written from here on.
  std::uint64_t own_end_ = 0;  // Of the frames found: in a recycled segment what lies behind is not its own.
};

}  // namespace

void Evidence::add(const Evidence& other) {
  durable = std::max(durable, other.durable);
  low_water = std::max(low_water, other.low_water);
  newest = std::max(newest, other.newest);
  frame_count += other.frame_count;
}

io::Status identify(Window& window, FoundSegment& segment) {
  segment.file_bytes = window.file_bytes();
  if (auto found = find_header(window, segment); !found) return found;
  if (!segment.header) return {};
  if (auto found = find_link(window, segment); !found) return found;
  const SegmentHeader& header = *segment.header;
  if (segment.link && header.full_size == FullSize::yes && segment.file_bytes < header.capacity) {
    segment.damage = "its file is shorter than its header says";
  }
  // No frame enters a recycled file before both of its headers are durable.
  if (segment.link && segment.foreign) segment.damage = "one of its headers is another segment's";
  return {};
}

io::Status scan_body(Window& window, io::Clock& clock, const std::optional<LogUuid>& uuid, const Stop& stop,
                     std::uint64_t search_end, Reach reach, FoundSegment& segment) {
  Body& body = segment.body;
  body.end.offset = segment.header ? segment.header->data_begin() : 0;
  if (segment.link) {
    if (auto walked = walk_chain(window, stop, segment); !walked) return walked;
  }
  body.written_end = body.end.offset;
  const std::uint64_t records_end = segment.header ? segment.header->records_end() : segment.file_bytes;
  const std::optional<LogUuid> own = segment.header ? std::optional(segment.header->log_uuid) : uuid;
  RestSearch search(window, own, reach, segment);
  auto searched = search.run(body.end.offset, std::min(records_end, search_end));
  if (searched && segment.header) searched = search.look_at_kept_room(std::max(body.end.offset, records_end));
  if (!searched) return searched;
  clock.spend(io::Work::checksum,
              search.searched_end() - (segment.header ? segment.header->data_begin() : 0));
  return {};
}

io::Result<std::uint64_t> written_behind(Window& window, std::uint64_t from, Reach reach,
                                         const std::optional<LogUuid>& uuid, const FoundSegment& segment) {
  FoundSegment shown = segment;
  shown.body = {};
  const std::optional<LogUuid> own = segment.header ? std::optional(segment.header->log_uuid) : uuid;
  RestSearch search(window, own, reach, shown);
  const std::uint64_t to = segment.header ? segment.header->records_end() : segment.file_bytes;
  if (auto searched = search.run(from, to); !searched) return io::Failure(std::move(searched.error()));
  return std::max(from, shown.body.written_end);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
