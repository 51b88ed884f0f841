// SPDX-License-Identifier: Apache-2.0
// Holes: exactly which records are gone from a damaged log, where each of them stood, and why.
//
// Recovery gives up everything behind the first damage: from there on nothing proves the order. This looks
// further: a record behind it that validates where the log once wrote it is out of reach, but not gone. What
// an earlier recovery dropped does not count: its LSNs may stand for other records.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/result.h"
#include "io/world.h"
#include "wal/examine.h"

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

// `found` is what an examination said of the directory. Reads all frames once more; memory: a window, the
// largest frame, and what is found. Fails only where the world does.
io::Result<Holes> find_holes(io::World& world, const Examination& found);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
