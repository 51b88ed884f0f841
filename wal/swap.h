// SPDX-License-Identifier: Apache-2.0
// Swap: one log directory takes the place of another, whole, by renames.
//
//   DIR.compacted made, its LOCK last - parent synced
//   DIR -> DIR.replaced - parent synced - DIR.compacted -> DIR - parent synced
//   DIR.replaced removed
//
// Whatever cuts it, one of the three names a whole log, and an open of DIR finds it: DIR where it is there;
// else DIR.compacted, which has its LOCK only once it is whole; else DIR.replaced. (A rename may last by
// half: the old name gone, the new one not there, on Btrfs. So DIR.compacted is durable before DIR goes, and
// DIR.replaced before DIR.compacted does.)
#pragma once

#include <string>

#include "io/world.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

std::string compacted_beside(const std::string& directory);
std::string replaced_beside(const std::string& directory);

// Both directories are there and whole, and DIR.compacted's name is durable.
io::Status swap_in(io::World& world, const std::string& directory);

// DIR is missing: gives it back, durably, if a swap that was cut took it. Nothing happens where none was.
io::Status finish_cut_swap(io::World& world, const std::string& directory);

// invalid where a swap that was cut took the log of this directory, which holds none: somebody has made it
// anew.
io::Status refuse_if_taken(io::World& world, const std::string& directory);

// What a swap left of the log that was replaced. What is no part of a log (a quarantine) moves to DIR first.
io::Status remove_replaced(io::World& world, const std::string& directory);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
