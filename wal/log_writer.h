// SPDX-License-Identifier: Apache-2.0
// LogWriter: a whole log from records in order, by one thread, into a directory that nobody reads yet.
//
// It makes what an open log makes (links, frames, footers, a watermark), in the same order of evidence: what
// says that something is durable is written once it is.
#pragma once

#include <cstdint>
#include <optional>

#include "io/world.h"
#include "wal/footer.h"
#include "wal/group.h"
#include "wal/options.h"
#include "wal/segment_file.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

class LogWriter {
 public:
  // The log begins with LSN `first`. `losses`: those among its LSNs that no record has. options.directory is
  // there, and empty.
  LogWriter(io::World& world, const Options& options, std::uint32_t block_bytes, Lsn first,
            AcceptedLosses losses);

  // The record of the next LSN, or of the one behind a loss. too_large: no segment can take it.
  io::Status add(Lsn lsn, const Record& record);
  // Nothing follows but a loss, where `next` is not the LSN behind the last record. All is durable when it
  // returns.
  io::Status finish(Lsn next);

  [[nodiscard]] std::uint64_t segment_count() const { return next_id_.value() - 1; }

 private:
  io::Status begin_segment(Lsn first);
  io::Status end_segment();
  [[nodiscard]] bool fits(std::uint64_t record_bytes) const;
  [[nodiscard]] std::uint64_t next_begin() const;
  io::Status open_group(Lsn lsn, const EncodedRecord& record);
  io::Status write_group();
  io::Status sync();
  io::Status write_footer();
  [[nodiscard]] FrameContext context() const;
  [[nodiscard]] AcceptedLosses losses_before(Lsn lsn) const;

  // A segment that is full and durable. Its footer waits until the next one's link is.
  struct Full {
    PreparedSegment segment;
    Footer footer;
  };

  io::World& world_;
  SegmentPlan plan_;
  const Lsn first_;
  const AcceptedLosses losses_;
  const FrameCuts cuts_;
  Group group_;
  SegmentId next_id_{1};
  std::optional<PreparedSegment> current_;
  ChainEnd end_;                    // Of the last frame.
  Lsn durable_;                     // Up to here synced...
  std::uint64_t synced_end_ = 0;    // ...which is so far in the current segment.
  std::uint64_t record_count_ = 0;  // In it.
  SparseIndex index_;
  std::optional<Full> full_;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
