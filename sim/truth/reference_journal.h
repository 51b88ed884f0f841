// SPDX-License-Identifier: Apache-2.0
// The reference model of durability where metadata has a journal (ext4, XFS), or a journal and a log (Btrfs):
// a small machine with a disk of its own. Between any two operations it may take any of a file system's
// steps, as often as it likes:
//
//   - commit the next record of metadata;
//   - write a unit without blocks to a new place, whole, as memory holds it now: all metadata issued before
//     its first write must be committed;
//   - write a sector (or a whole unit, where writes go to a new place) of a unit that has blocks;
//   - right after a write that made the file grow, move its size: all metadata issued before must be
//     committed; the data may come later.
//
// An image is the disk of any state that can be reached so. A sync goes on with the states in which what it
// promises has arrived.
#pragma once

#include <cstddef>
#include <optional>

#include "sim/truth/reference_memory.h"
#include "sim/truth/trace.h"

namespace wallop::sim::reference {

struct Rules {
  bool sizes_at_once = false;        // Where the last unit has blocks a new size is metadata like any other.
  bool size_waits_for_data = false;  // A size moves with its own unit's data.
  bool shrink_zeros_first = true;
  bool rename_flushes = false;  // A rename over a file brings the new one's size.
  bool whole_units = false;     // Overwrites go to a new place: a unit at a time.
  bool has_log = false;         // Syncs write names into a log; with it come halves of renames.
  bool lies = false;            // Syncs do nothing.
};

// Nothing where a cut has more than so many states or images.
[[nodiscard]] std::optional<Cuts> cuts_with_journal(const Rules& rules, const Trace& trace,
                                                    std::size_t image_max);

}  // namespace wallop::sim::reference
