// SPDX-License-Identifier: Apache-2.0
// The seal: the first frame of a new epoch. Whatever an older epoch left behind the end that it names is dead
// once it is durable; only then may leftovers go, for until then they may prove something.
//
// An open writes it as its last step but one. Where a full disk leaves no segment for it, the log opens
// *unsealed*: it reads and deletes; with room again the first append seals it, in the same order.
#pragma once

#include <string>
#include <vector>

#include "io/world.h"
#include "wal/frame.h"
#include "wal/segment_file.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// The block at the end of each segment's data that records leave free, for the low water of a deletion on a
// full disk. It is used once: a deletion makes room, so that the next one finds some.
struct KeptRoom {
  SegmentHeader header;
  std::string path;
  Epoch epoch;  // The segment's own.
  ChainEnd end;
  bool is_free = false;
};

// What an open left undone.
struct Unsealed {
  Link link;                           // Of the seal that is to be written.
  std::vector<std::string> leftovers;  // Paths, to be removed once it is durable.
  KeptRoom kept;                       // In the last segment that was found.
};

// Durable when it returns; says where it ends. After a failure `segment` must not be used again.
io::Result<ChainEnd> write_seal(io::World& world, const SegmentPlan& plan, const PreparedSegment& segment,
                                const Link& link);

// The names are gone for good when it returns. After a failure some may be there; the next open removes them.
io::Status remove_files(io::World& world, const std::string& directory,
                        const std::vector<std::string>& paths);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
