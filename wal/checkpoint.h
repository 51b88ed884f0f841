// SPDX-License-Identifier: Apache-2.0
// Checkpoint: a copy of a log's durable part that opens by itself, made while the log goes on.
//
//   DIR.partial made - each segment linked or copied, copies synced - directory synced
//   renamed to DIR - parent synced
//
// A segment that nobody writes to any more is linked: one that has its footer, or that an earlier open found.
// Of the others only what a reader needs is copied: headers, frames up to the end, and the room kept for a
// low water. Slots and footer stay zero: they may prove more than the copy holds.
//
// Two logs then share a file. Neither writes to it: recovery never writes into a file that it found, deletion
// unlinks, and recycling leaves alone what has another name (recycle.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/result.h"
#include "io/world.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// What Wal::checkpoint made.
struct Checkpoint {
  Lsn last;  // The last record in it.
  std::uint64_t segment_count = 0;
  std::uint64_t linked_count = 0;  // Of these.
};

struct CheckpointedSegment {
  SegmentId id;
  std::uint64_t end = 0;       // Of its last frame, which is durable.
  bool is_written_to = false;  // Evidence may yet enter it.
};

// None of the segments is deleted meanwhile. already_exists: `to` is there. After a failure `to` is not
// there, but where the last sync failed; what was begun is removed as far as the world lets it, and the next
// attempt begins by removing it.
io::Result<Checkpoint> make_checkpoint(io::World& world, const std::string& from, std::string to,
                                       const std::vector<CheckpointedSegment>& segments);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
