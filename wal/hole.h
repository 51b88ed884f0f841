// SPDX-License-Identifier: Apache-2.0
// Hole: records that are gone. What find_holes() and Wal::verify() tell.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

struct Hole {
  LsnRange lsns;
  bool has_no_end = false;   // At least these: nothing that is left tells how much more.
  SegmentId segment;         // Where the first of them stood, or would have to.
  std::uint64_t offset = 0;  // Of its frame.
  std::string why;           // For humans: "the frame's payload does not match its checksum".
};

struct Holes {
  std::vector<Hole> holes;  // By LSN.
  // Whole, and behind the first damage: salvage shows them, an open does not.
  LsnRange out_of_reach;  // From the first of them to the last.
  std::uint64_t out_of_reach_count = 0;
};

// What Wal::verify read of an open log.
struct VerifyReport {
  LsnRange lsns;                   // Whole, from the oldest record to the last one before the first hole.
  std::uint64_t record_count = 0;  // Of these; fewer where an open in mode prefix gave some up.
  Holes damage;
  bool cache_not_bypassed = false;  // The world could not read past its page cache.

  [[nodiscard]] bool whole() const { return damage.holes.empty(); }
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
