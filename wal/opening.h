// SPDX-License-Identifier: Apache-2.0
// Opening: recovery in the order that makes it safe to be cut anywhere.
//
//   lock - (1) read what identifies each file - (2) read each, past the page cache where no sync is proven to
//   cover it - judge
//   (3) sync every live segment, and the spare that is about to be used
//   (4) remove files whose creation was cut, spares of no use, superseded segments; sync the directory
//   (5) write and sync the new epoch's link, the seal, in a segment of its own; then remove all other
//   leftovers (6) serve
//
// Nothing changes before the verdict. Until (5) nothing is removed that proves or holds anything; after it
// the seal proves more. Bytes that a crash may have torn are never written to again: each open goes on in
// another segment.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "io/file_system.h"
#include "io/result.h"
#include "io/world.h"
#include "wal/frame.h"
#include "wal/options.h"
#include "wal/recovery_info.h"
#include "wal/seal.h"
#include "wal/segment_file.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// A segment of the log as it is known while the log is open.
struct LiveSegment {
  SegmentId id;
  Lsn first;              // Of the first record that it holds or would hold.
  std::uint64_t end = 0;  // File offset of the end of its last frame.
};

// What an open log starts from.
struct Recovered {
  std::unique_ptr<io::Lock> lock;
  SegmentPlan plan;
  PreparedSegment current;  // Sealed: it holds a durable link frame and nothing else.
  ChainEnd end;             // Of that link frame.
  LowWater low_water;
  AcceptedLosses accepted_losses;
  std::vector<LiveSegment> live;        // The last one is the current one.
  std::vector<PreparedSegment> spares;  // Found, durable, by id.
  // The disk was full: current has no file, end is the last frame found, and no segment is new.
  std::optional<Unsealed> unsealed;
  SegmentId next_id;
  RecoveryInfo info;
  std::optional<io::Error> only_read;  // What whoever wants to write is told, where the log is only read.
};

// As Wal::open says.
io::Result<Recovered> recover(io::World& world, const Options& options);

// As Wal::inspect says.
io::Result<RecoveryInfo> inspect_log(io::World& world, const Options& options);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
