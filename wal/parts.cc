// SPDX-License-Identifier: Apache-2.0
// Stage by stage: headers, slots, frames, footer.
#include "wal/parts.h"

#include <utility>

#include "wal/zeros.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

Content content_of(io::Bytes bytes, bool is_valid) {
  if (is_valid) return Content::valid;
  return is_zero(bytes) ? Content::blank : Content::invalid;
}

}  // namespace

io::Result<Parts> Parts::open(io::World& world, std::string_view path, SegmentId id,
                              const std::optional<LogUuid>& uuid) {
  auto file = world.files.open(path, {.read_only = true});
  if (!file) return io::Failure(std::move(file.error()));
  Parts parts(std::move(*file));
  parts.segment_.id = id;
  parts.segment_.path = path;
  if (auto aimed = parts.window_.aim(*parts.file_); !aimed) return io::Failure(std::move(aimed.error()));
  if (auto read = identify(parts.window_, parts.segment_); !read) {
    if (read.error().file.empty()) read.error().file = path;
    return io::Failure(std::move(read.error()));
  }
  const auto& header = parts.segment_.header;
  const LogUuid none{};
  parts.identity_ = {header ? header->log_uuid : uuid.value_or(none), header ? header->id : id, {}};
  parts.search_ =
      FrameSearch(parts.identity_.log_uuid, parts.identity_.segment, header ? header->data_begin() : 0,
                  header ? header->data_end() : parts.segment_.file_bytes);
  return parts;
}

io::Result<std::optional<Part>> Parts::next() {
  for (;;) {  // Each turn shows a part or enters the next stage.
    auto part = next_of_stage();
    if (!part || *part || stage_ == Stage::end) return part;
    stage_ = static_cast<Stage>(static_cast<std::uint8_t>(stage_) + 1);
    index_ = 0;
  }
}

io::Result<std::optional<Part>> Parts::next_of_stage() {
  switch (stage_) {
    case Stage::headers:
      return next_header();
    case Stage::slots:
      return next_slot();
    case Stage::frames:
      return next_frame();
    case Stage::footer:
      return footer();
    case Stage::end:
      break;
  }
  return std::nullopt;
}

io::Result<std::optional<Part>> Parts::next_header() {
  const std::uint64_t copy = index_++;
  // Where the second one would be only a valid header says.
  if (copy == kHeaderCopies || (copy > 0 && !segment_.header)) return std::nullopt;
  HeaderPart part;
  part.offset = copy == 0 ? 0 : segment_.header->block_bytes;
  auto bytes = window_.view(part.offset, segment_header_at::kEnd);
  if (!bytes) return io::Failure(std::move(bytes.error()));
  auto header = decode_segment_header(*bytes, part.offset);
  if (!header) return io::Failure(std::move(header.error()));
  part.content = content_of(*bytes, header->has_value());
  if (*header) part.header = **header;
  return part;
}

io::Result<std::optional<Part>> Parts::next_slot() {
  const std::uint64_t slot = index_++;
  if (slot == kWatermarkSlots || !segment_.header) return std::nullopt;
  SlotPart part;
  part.offset = segment_.header->slot_offset(slot);
  auto bytes = window_.view(part.offset, segment_.header->block_bytes);
  if (!bytes) return io::Failure(std::move(bytes.error()));
  const auto watermark = decode_watermark(*bytes, identity_.log_uuid, identity_.segment, part.offset);
  part.content = content_of(*bytes, watermark.has_value());
  if (watermark) part.watermark = *watermark;
  return part;
}

io::Result<std::optional<Part>> Parts::next_frame() {
  std::optional<WalkedFrame> frame = std::exchange(held_, std::nullopt);
  if (!frame) {
    auto found = search_.next(window_);
    if (!found) return io::Failure(std::move(found.error()));
    if (!search_.passed().empty()) {
      held_ = *found;
      return search_.passed();
    }
    frame = *found;
  }
  if (!frame) return std::nullopt;
  auto part = frame_part(*frame);
  if (!part) return io::Failure(std::move(part.error()));
  return std::move(*part);
}

io::Result<FramePart> Parts::frame_part(const WalkedFrame& frame) {
  FramePart part;
  part.frame = frame;
  identity_.epoch = frame.header.epoch;
  auto holds = payload_holds(window_, identity_, frame);
  if (!holds) return io::Failure(std::move(holds.error()));
  part.is_whole = *holds;
  auto payload = window_.view(frame.payload_offset(), frame.header.payload_bytes);
  if (!payload) return io::Failure(std::move(payload.error()));
  if (frame.header.kind == FrameKind::records) {
    part.payload = *payload;
    part.records = whole_records(*payload, frame.header.payload_bytes,
                                 {frame.header.first_lsn, frame.header.last_lsn()});
  } else if (part.is_whole && frame.header.kind == FrameKind::link) {
    part.link = decode_link(*payload);
  } else if (part.is_whole) {
    part.low_water = decode_control(*payload);
  }
  return part;
}

io::Result<std::optional<Part>> Parts::footer() {
  if (index_++ > 0 || !segment_.header) return std::nullopt;
  FooterPart part;
  part.offset = segment_.header->footer_offset();
  auto bytes = window_.view(part.offset, segment_.header->block_bytes);
  if (!bytes) return io::Failure(std::move(bytes.error()));
  const auto footer = decode_footer(*bytes, identity_.log_uuid, identity_.segment, part.offset);
  part.content = content_of(*bytes, footer.has_value());
  if (footer) part.footer = *footer;
  return part;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
