// SPDX-License-Identifier: Apache-2.0
// RecordSource: what a Reader hides. Of an open log it is a ReadCursor: a window over one segment at a time,
// a walk along its frames, and the payload of the frame whose records are being shown. A follower's cursor is
// given more to show as the log grows.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/world.h"
#include "wal/record.h"
#include "wal/scan.h"
#include "wal/walk.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// What a reader shows: records at or after `from`, with LSNs first .. last.
struct ReadPlan {
  struct Segment {
    SegmentId id;
    // What lies behind it in the file is no part of the log, or not written yet; no byte of it is read.
    std::uint64_t end = 0;
  };
  std::string directory;
  std::vector<Segment> segments;  // Those that may hold some, in order.
  Position from;
  Lsn first;
  Lsn last;
};

class RecordSource {
 public:
  virtual ~RecordSource() = default;
  virtual io::Result<std::optional<RecordView>> next() = 0;
};

class ReadCursor final : public RecordSource {
 public:
  ReadCursor(io::World& world, ReadPlan plan, ReadVia via = ReadVia::cache)
      : world_(world), plan_(std::move(plan)), window_(via) {}

  io::Result<std::optional<RecordView>> next() override;

  // For a follower, once next() has shown all there was: the LSN that it shows next, and the plan that goes
  // on from there.
  [[nodiscard]] Lsn wanted() const { return std::max(plan_.first, next_lsn_); }
  [[nodiscard]] const ReadPlan& plan() const { return plan_; }
  // `more` begins with the segment at hand, unless that is read to its end. Takes its list, and gives the old
  // one back for its capacity.
  void go_on(ReadPlan& more);

 private:
  io::Result<std::optional<RecordView>> find_next();
  io::Status load_frame();
  [[nodiscard]] io::Status check_count() const;
  io::Status open_segment();
  io::Status skip_by_index();
  void leave_segment();
  io::Status note_loss();
  [[nodiscard]] io::Failure damaged(std::string why) const;

  io::World& world_;
  ReadPlan plan_;
  std::optional<io::Error> failure_;
  std::size_t segment_index_ = 0;
  FoundSegment segment_;
  std::unique_ptr<io::File> file_;
  Window window_;
  std::optional<FrameWalk> walk_;  // Over the segment that is open.
  std::optional<Lsn> expected_;    // What the next segment must begin with.
  io::Bytes payload_;              // What is left of the frame at hand.
  std::uint64_t payload_offset_ = 0;
  std::vector<std::byte> value_;  // Of the record at hand, where it was compressed.
  Lsn next_lsn_{1};
  Lsn behind_frame_;      // Of the frame at hand: behind its last record.
  LsnRange lost_before_;  // Accepted as lost, right before next_lsn_: to be told with the next record.
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
