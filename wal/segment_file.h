// SPDX-License-Identifier: Apache-2.0
// Preparing a segment: from nothing to a file that frames may enter.
//
//   create - make room - [sync: the size is durable] - two headers - sync - sync the directory
//
// Only then is it used: a frame in a file whose name may vanish would be lost with it, however often the file
// is synced.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/file.h"
#include "io/result.h"
#include "io/world.h"
#include "wal/options.h"
#include "wal/segment_header.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

class WatermarkSlots;

// What the segments of one open log have in common.
struct SegmentPlan {
  std::string directory;
  LogUuid log_uuid{};
  Epoch epoch;
  std::uint32_t block_bytes = 0;
  std::uint64_t segment_bytes = 0;
  Preallocate preallocate = Preallocate::none;
  std::uint64_t unsynced_bytes_max = 0;
};

// A segment that is durable, by name and header, and holds no frame.
struct PreparedSegment {
  SegmentHeader header;
  std::string path;
  std::shared_ptr<io::File> file;
  std::shared_ptr<WatermarkSlots> slots{};  // Made by the log that will use it (Log::add_spare).
};

// What making a segment and recycling one have in common.
SegmentHeader header_for(const SegmentPlan& plan, SegmentId id);
io::Status fill_with_zeros(io::File& file, std::uint64_t from, std::uint64_t to);
// Both copies, and the sync that covers them and all that was written before.
io::Status write_headers(io::World& world, PreparedSegment& segment);

// After a failure the file is removed again, as far as the world lets it; what stays is a file whose creation
// was cut.
io::Result<PreparedSegment> prepare_segment(io::World& world, const SegmentPlan& plan, SegmentId id);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
