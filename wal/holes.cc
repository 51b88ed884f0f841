// SPDX-License-Identifier: Apache-2.0
// One walk over all that may hold records of the log, with the LSN that should come next in hand.
#include "wal/holes.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "wal/frame_search.h"
#include "wal/whole_records.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

constexpr std::string_view kDamagedPayload = "the frame's payload does not match its checksum";

// What first went wrong behind the last whole record.
struct Cause {
  SegmentId segment;
  std::uint64_t offset = 0;
  std::string why;
};

class HoleSearch {
 public:
  HoleSearch(io::World& world, const Examination& found)
      : world_(world), found_(found), next_(found.low_water.lsn), window_(ReadVia::cache) {
    named_.resize(found.segments.size());
    for (const std::size_t index : found.named_chain()) named_[index] = true;
  }

  io::Result<Holes> run() {
    for (std::size_t i = 0; i < found_.segments.size(); ++i) {
      if (!may_hold_records(i)) continue;
      if (auto searched = search(found_.segments[i]); !searched)
        return io::Failure(std::move(searched.error()));
    }
    add_hole(found_.evidence);
    if (found_.info.loss_has_no_end && !holes_.holes.empty()) holes_.holes.back().has_no_end = true;
    return std::move(holes_);
  }

 private:
  [[nodiscard]] bool may_hold_records(std::size_t index) const {
    if (named_[index]) return true;
    const FoundSegment& segment = found_.segments[index];
    return found_.why_left(segment) == Leftover::dropped && !lost_to_another(segment);
  }

  // The chain goes on elsewhere behind what its link names: a later recovery dropped it.
  [[nodiscard]] bool lost_to_another(const FoundSegment& segment) const {
    if (!segment.link) return false;
    for (std::size_t i = 0; i < named_.size(); ++i) {
      const auto& other = found_.segments[i].link;
      if (named_[i] && other && other->link.predecessor.id == segment.link->link.predecessor.id) return true;
    }
    return false;
  }

  io::Status search(const FoundSegment& segment) {
    auto file = world_.files.open(segment.path, {.read_only = true});
    if (!file) return io::Failure(std::move(file.error()));
    if (auto aimed = window_.aim(**file); !aimed) return aimed;
    enter(segment);
    const std::uint64_t begin = segment.header ? segment.header->data_begin() : 0;
    std::uint64_t end = segment.header ? segment.header->data_end() : segment.file_bytes;
    if (segment.stop) end = std::min(end, segment.stop->offset);  // What lies behind it was dropped.
    FrameSearch frames(identity_.log_uuid, identity_.segment, begin, end);
    for (;;) {  // Each turn passes a frame.
      auto frame = frames.next(window_);
      if (!frame) return io::Failure(std::move(frame.error()));
      if (!frames.passed().empty())
        blame(segment.id, frames.passed().begin, "no frame header there validates");
      if (!*frame) break;
      if (auto looked = look(segment, **frame); !looked) return looked;
    }
    if (segment.stop && at_offset_ < segment.stop->offset)
      blame(segment.id, at_offset_, fmt::format("its frames should end at {}", segment.stop->offset));
    return {};
  }

  void enter(const FoundSegment& segment) {
    const LogUuid none{};
    identity_ = {segment.header ? segment.header->log_uuid : found_.log_uuid.value_or(none),
                 segment.header ? segment.header->id : segment.id,
                 {}};
    if (!segment.damage.empty()) blame(segment.id, 0, segment.damage);
    if (segment.header && !segment.link)
      blame(segment.id, segment.header->data_begin(), "no link frame there validates");
    if (segment.link) {
      accepted_ = segment.link->link.losses;
      const SegmentId before = segment.link->link.predecessor.id;
      const bool is_missed = next_ < segment.link->first_lsn() && before != SegmentId{};
      if (is_missed && std::ranges::find(found_.segments, before, &FoundSegment::id) == found_.segments.end())
        blame(before, 0, "there is no such file");
    }
    at_ = segment.id;
    at_offset_ = segment.header ? segment.header->data_begin() : 0;
  }

  io::Status look(const FoundSegment& segment, const WalkedFrame& frame) {
    const FrameHeader& header = frame.header;
    at_offset_ = frame.end();
    if (header.kind != FrameKind::records || (segment.link && header.epoch != segment.link->epoch)) return {};
    identity_.epoch = header.epoch;
    auto holds = payload_holds(window_, identity_, frame);
    if (!holds) return io::Failure(std::move(holds.error()));
    const LsnRange lsns{header.first_lsn, header.last_lsn()};
    if (*holds) {
      pass(lsns);
      return {};
    }
    add_hole(lsns.first.previous());
    auto payload = window_.view(frame.payload_offset(), header.payload_bytes);
    if (!payload) return io::Failure(std::move(payload.error()));
    for (const WholeRecord& record : whole_records(*payload, header.payload_bytes, lsns)) {
      if (next_ < record.lsn) blame(segment.id, frame.offset, kDamagedPayload);
      pass({record.lsn, record.lsn});
    }
    if (next_ <= lsns.last) blame(segment.id, frame.offset, kDamagedPayload);
    return {};
  }

  void pass(LsnRange lsns) {
    add_hole(lsns.first.previous());
    if (lsns.last < next_) return;
    cause_.reset();
    const Lsn first = std::max({lsns.first, next_, found_.end.next()});
    if (first <= lsns.last) {
      if (holes_.out_of_reach.empty()) holes_.out_of_reach.first = first;
      holes_.out_of_reach.last = lsns.last;
      holes_.out_of_reach_count += lsns.last.since(first) + 1;
    }
    next_ = lsns.last.next();
  }

  // Up to `last`, where that is not behind; what was accepted as lost before is none.
  void add_hole(Lsn last) {
    const Cause cause = cause_.value_or(Cause{at_, at_offset_, "what should stand there is gone"});
    const auto add = [&](LsnRange lsns) {
      if (!lsns.empty()) holes_.holes.push_back({lsns, false, cause.segment, cause.offset, cause.why});
    };
    if (last < next_) return;
    Lsn first = next_;
    for (const LsnRange& range : accepted_.ranges()) {
      if (range.last < first || last < range.first) continue;
      add({first, range.first.previous()});
      first = range.last.next();
    }
    add({first, last});
    cause_.reset();
    next_ = last.next();
  }

  // The first one counts.
  void blame(SegmentId segment, std::uint64_t offset, std::string_view why) {
    if (!cause_) cause_ = Cause{segment, offset, std::string(why)};
  }

  io::World& world_;
  const Examination& found_;
  std::vector<bool> named_;  // Of the chain as its links name it.
  Lsn next_;                 // Behind the last record that was whole, or is told to be gone.
  Window window_;
  Identity identity_;
  AcceptedLosses accepted_;
  std::optional<Cause> cause_;
  SegmentId at_;
  std::uint64_t at_offset_ = 0;
  Holes holes_;
};

}  // namespace

io::Result<Holes> find_holes(io::World& world, const Examination& found) {
  return HoleSearch(world, found).run();
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
