// SPDX-License-Identifier: Apache-2.0
// Recycling: a deleted segment becomes a spare under a new id, instead of being unlinked and made anew.
//
//   low water durable (the caller's) - rename to the new id's name - sync the directory
//   erase slots, first block of frames, kept room and footer - write both headers - sync
//
// What stays is the middle of the file. It validates nowhere any more, for every checksum is seeded with the
// segment's id; what is erased is where a spare must be blank, so that one which was written to shows.
//
// Cut anywhere, what is left is one of these, and each holds nothing:
//
//   the old name    a segment below the low water
//   the new name    headers that name another segment below the low water, or one such copy, or none: cut
//                   both headers, and not blank: a spare that is not used
//                   both headers, blank: a spare
//
// Were it renamed before the low water is durable, a crash would leave a hole that nothing allows; were it
// written to before its new name is durable, the crash would undo the name and keep the bytes.
#pragma once

#include <optional>

#include "wal/segment_file.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// The segment `from`, which lies below the durable low water, becomes `to`. Nothing where it is not of the
// plan's shape, has another name (checkpoint.h), or where a full disk has no room for its erasing (a file
// with holes): then it is removed, and the directory not synced. After a failure the file is removed as far
// as the world lets it.
io::Result<std::optional<PreparedSegment>> recycle_segment(io::World& world, const SegmentPlan& plan,
                                                           SegmentId from, SegmentId to);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
