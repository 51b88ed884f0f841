// SPDX-License-Identifier: Apache-2.0
// FileFollower: follows a log that another process has open, by its files alone. It takes no lock, writes
// nothing and is told nothing: who wants more asks again.
//
// It shows a batch once all its frames are there and whole, so never half of one; what it cannot know is
// whether a sync has covered them, or will: after a crash of the machine, or a failed write of the other
// process, records that it has shown may turn out to be gone.
#pragma once

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

class FileFollower {
 public:
  // Shows records from `from` on, or from the oldest that is left; without it, those to come. not_found: the
  // directory holds no segment that was ever used.
  static io::Result<std::unique_ptr<FileFollower>> open(io::World& world, std::string directory,
                                                        std::optional<Lsn> from);
  FileFollower(const FileFollower&) = delete;
  FileFollower& operator=(const FileFollower&) = delete;

  // The next record, or nothing where there is none yet. What the view points to lives until the next call.
  // not_found: it was deleted before it was read. corrupt: it is damaged, or a recovery has dropped records
  // that were shown.
  io::Result<std::optional<RecordView>> next();

 private:
  FileFollower(io::World& world, std::string directory)
      : world_(world), directory_(std::move(directory)), window_(ReadVia::cache), probe_(ReadVia::cache) {}

  // A segment that was used, as its first blocks tell.
  struct Used {
    FoundSegment segment;
    std::unique_ptr<io::File> file;
  };
  io::Result<std::optional<Used>> look_at(SegmentId id);
  io::Result<std::vector<Used>> used_behind(SegmentId id);
  io::Status begin(std::optional<Lsn> from);
  io::Status begin_at(Used used);
  io::Status pass_all();
  [[nodiscard]] bool succeeds(const FoundSegment& other) const;
  io::Result<std::optional<RecordView>> take_record();
  io::Result<bool> load_frame();
  io::Result<bool> has_batch();
  io::Status look_again();
  io::Result<bool> go_on();
  io::Result<bool> begin_again(std::vector<Used> used);
  [[nodiscard]] io::Failure damaged(std::string why) const;

  io::World& world_;
  std::string directory_;
  Lsn from_;
  FoundSegment segment_;
  std::unique_ptr<io::File> file_;
  Window window_;
  std::optional<FrameWalk> walk_;
  io::Bytes payload_;  // What is left of the frame at hand.
  std::uint64_t payload_offset_ = 0;
  std::vector<std::byte> value_;  // Of the record at hand, where it was compressed.
  Lsn next_lsn_;
  LsnRange lost_before_;
  Window probe_;  // For other segments.
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
