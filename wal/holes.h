// SPDX-License-Identifier: Apache-2.0
// Holes: exactly which records are gone from a damaged log, where each of them stood, and why.
//
// Recovery gives up everything behind the first damage: from there on nothing proves the order. This looks
// further: a record behind it that validates where the log once wrote it is out of reach, but not gone. What
// an earlier recovery dropped does not count: its LSNs may stand for other records.
#pragma once

#include "io/result.h"
#include "io/world.h"
#include "wal/examine.h"
#include "wal/hole.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// `found` is what an examination said of the directory. Reads all frames once more; memory: a window, the
// largest frame, and what is found. Fails only where the world does.
io::Result<Holes> find_holes(io::World& world, const Examination& found);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
