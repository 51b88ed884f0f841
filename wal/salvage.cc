// SPDX-License-Identifier: Apache-2.0
// File after file, frame after frame, record after record.
#include "wal/salvage.h"

#include <algorithm>
#include <utility>

namespace wallop::wal::inline WALLOP_WAL_BUILD {

io::Result<Salvage> Salvage::open(io::World& world, std::string_view directory) {
  auto found = examine(world, directory, ReadVia::cache);
  if (!found) return io::Failure(std::move(found.error()));
  return Salvage(world, std::move(*found));
}

Salvage::Salvage(io::World& world, Examination found)
    : world_(&world),
      found_(std::move(found)),
      next_lsn_(found_.low_water.lsn),
      highest_(next_lsn_.previous()),
      window_(ReadVia::cache) {}

io::Result<std::optional<Salvaged>> Salvage::next() {
  for (;;) {  // Each turn passes a frame, a file, or a record that does not expand: a gap, like what is gone.
    if (record_ == records_.size()) {
      auto loaded = load_frame();
      if (!loaded) return io::Failure(std::move(loaded.error()));
      if (*loaded) continue;
      if (std::exchange(told_end_, true) || highest_ >= found_.evidence) return std::nullopt;
      next_lsn_ = highest_.next();
      return gap_before(found_.evidence.next());
    }
    const WholeRecord& whole = records_[record_];
    auto decoded = decode_record(payload_.subspan(whole.offset), CheckRecordCrc::no);
    if (!decoded || !expand_value(decoded->record, value_)) {
      ++record_;
      continue;
    }
    if (!was_dropped_) {
      if (auto gap = gap_before(whole.lsn)) return gap;
      next_lsn_ = whole.lsn.next();
      highest_ = std::max(highest_, whole.lsn);
    }
    ++record_;
    return Salvaged(RecordView{
        whole.lsn, {identity_.segment, payload_offset_ + whole.offset}, decoded->record, {}, standing_});
  }
}

// Moves behind it, so that each is told once. What was deleted is no gap.
std::optional<Salvaged> Salvage::gap_before(Lsn lsn) {
  const LsnRange missing{std::max(next_lsn_, found_.low_water.lsn), lsn.previous()};
  next_lsn_ = lsn;
  if (missing.empty()) return std::nullopt;
  const bool accepted = std::ranges::any_of(found_.accepted.ranges(), [&](const LsnRange& range) {
    return range.first <= missing.first && missing.last <= range.last;
  });
  return SalvageGap{missing, accepted};
}

// The next frame that holds a record; false behind the last file.
io::Result<bool> Salvage::load_frame() {
  records_.clear();
  record_ = 0;
  if (file_ == nullptr) {
    if (index_ == found_.segments.size()) return false;
    if (auto opened = open_segment(found_.segments[index_]); !opened)
      return io::Failure(std::move(opened.error()));
  }
  auto frame = search_.next(window_);
  if (!frame) return io::Failure(std::move(frame.error()));
  if (*frame) return load_payload(**frame);
  file_.reset();
  ++index_;
  return true;
}

io::Status Salvage::open_segment(const FoundSegment& segment) {
  auto file = world_->files.open(segment.path, {.read_only = true});
  if (!file) return io::Failure(std::move(file.error()));
  file_ = std::move(*file);
  const LogUuid none{};
  identity_ = {segment.header ? segment.header->log_uuid : found_.log_uuid.value_or(none),
               segment.header ? segment.header->id : segment.id,
               {}};
  if (auto aimed = window_.aim(*file_); !aimed) return aimed;
  search_ = FrameSearch(identity_.log_uuid, identity_.segment,
                        segment.header ? segment.header->data_begin() : 0, window_.file_bytes());
  return {};
}

io::Result<bool> Salvage::load_payload(const WalkedFrame& frame) {
  identity_.epoch = frame.header.epoch;
  auto holds = payload_holds(window_, identity_, frame);
  if (!holds) return io::Failure(std::move(holds.error()));
  if (!*holds) search_.look_inside(frame);
  if (frame.header.record_count == 0) return true;
  auto payload = window_.view(frame.payload_offset(), frame.header.payload_bytes);
  if (!payload) return io::Failure(std::move(payload.error()));
  payload_ = *payload;
  payload_offset_ = frame.payload_offset();
  standing_ = *holds ? standing_of(frame) : Standing::dead;
  was_dropped_ = was_dropped(frame);
  records_ =
      whole_records(payload_, frame.header.payload_bytes, {frame.header.first_lsn, frame.header.last_lsn()});
  return true;
}

Standing Salvage::standing_of(const WalkedFrame& frame) const {
  const FoundSegment& segment = found_.segments[index_];
  const bool reached = found_.is_live(index_) && frame.header.epoch == segment.link->epoch &&
                       frame.end() <= segment.body.end.offset;
  return reached ? Standing::live : Standing::dead;
}

bool Salvage::was_dropped(const WalkedFrame& frame) const {
  const FoundSegment& segment = found_.segments[index_];
  const bool is_behind = segment.stop && frame.end() > segment.stop->offset;
  return is_behind || (!found_.is_live(index_) && found_.why_left(segment) == Leftover::superseded);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
