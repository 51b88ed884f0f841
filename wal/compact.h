// SPDX-License-Identifier: Apache-2.0
// Compaction, offline: the records of a log in as few segments as they need.
//
// Each group that is synced takes whole blocks, each open begins a segment, and recovery leaves dropped ends:
// a log that lived through many of them is larger than its records. Compaction writes a new log with all of
// them beside the old one, reads both and compares, and swaps the directories (swap.h says how, and what a
// crash leaves). LSNs stay, accepted losses too; Positions do not, and the log has another uuid.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/result.h"
#include "io/world.h"
#include "wal/compression.h"
#include "wal/options.h"
#include "wal/recovery_info.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

struct CompactOptions {
  std::string directory;
  std::optional<std::uint64_t> segment_bytes{};  // Absent: as the log's last segment has it.
  std::optional<Compression> compression{};      // How values are stored from now on; absent: each as it was.
  unsigned recovery_threads = 1;                 // Files that are read at once (Options).
};

struct LogSize {
  std::uint64_t segment_count = 0;
  std::uint64_t file_bytes = 0;
};

struct Compacted {
  RecoveryInfo info;  // What was found: a torn end is not copied.
  LsnRange lsns;      // From the first that was not deleted.
  LogSize before;
  LogSize after;
};

// Takes the log's lock for as long as it takes; needs room for a second log. Fails, and the log is as it was,
//   locked       the log is open
//   invalid      there is no log; segment_bytes cannot be
//   corrupt      it is damaged: what an open in mode strict would refuse; or the copy is not what was copied
//   too_large    a record that no segment of the new log can take
//   no_space...  whatever the world says
// but for a failure in the swap itself: then the next open of the directory finds the log before or after it.
io::Result<Compacted> compact(io::World& world, const CompactOptions& options);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
