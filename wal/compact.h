// SPDX-License-Identifier: Apache-2.0
// Compaction, offline: the records of a log in as few segments as they need.
//
// Each group that is synced takes whole blocks, each open begins a segment, and recovery leaves dropped ends: a
// log that lived through many of them is larger than its records. Compaction writes a new log with all of them
// beside the old one, reads both and compares, and swaps the directories (swap.h says how, and what a crash
// leaves). LSNs stay, accepted losses too; Positions do not, and the log has another uuid.
#pragma once

#include <cstdint>
#include <optional>

#include "io/result.h"
#include "io/world.h"
#include "wal/compression.h"
#include "wal/options.h"
#include "wal/recovery_info.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

struct CompactOptions {
  // Where the log lies, and how the new one is cut: segment_bytes, preallocate, frame_bytes_max,
  // unsynced_bytes_max, recovery_threads. The rest says nothing here.
  Options log;
  // How values are stored from now on; absent: each as it was.
  std::optional<Compression> compression{};
};

struct LogSize {
  std::uint64_t segment_count = 0;
  std::uint64_t file_bytes = 0;
};

struct Compacted {
  RecoveryInfo info;  // What was found: a torn end is not copied.
  LogSize before;
  LogSize after;
};

// Takes the log's lock for as long as it takes; needs room for a second log. Fails, and the log is as it was,
//   locked       the log is open
//   corrupt      it is damaged: what an open in mode strict would refuse; or the copy is not what was copied
//   too_large    a record that no segment of the new log can take
//   no_space...  whatever the world says
// but for a failure in the swap itself: then the next open of the directory finds the log before or after it.
io::Result<Compacted> compact(io::World& world, const CompactOptions& options);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
