// SPDX-License-Identifier: Apache-2.0
// small_log: a log as a textbook has it, right; and the same with one mistake each that only some schedules
// show. Small on purpose: a segment is full after a few records, so that a workload of four appends rotates.
//
//   NNNN.seg   header: magic, id, first LSN, checksum         each a number of 64 bits, little-endian
//              frame:  payload bytes, records, first LSN, checksum of these, the id and the payload
//              payload, of each record: bytes of key, of value; key; value
//
// A frame is whole or not there; the log ends at the first one that is not. A segment is synced before the
// next one is made, and the next one before it is used.
#pragma once

#include <string>

#include "scenarios/run/engine.h"

namespace wallop::scenarios {

enum class SmallLogFlaw : std::uint8_t {
  none,
  two_writers_rotate,  // Who found the segment full goes on to make the next one, whoever made it meanwhile.
  ack_overtakes_sync,  // What was written while a sync was under way is taken for synced by it.
  lock_order,          // Two locks, taken in one order here and in the other one there.
  spins_for_each_other,  // Who rotates spins until the others are out, and holds the lock that they wait for.
  counts_in_the_process,  // A number that outlives the world goes into the header.
};

template <SmallLogFlaw kFlaw>
io::Result<OpenedEngine> open_small_log(io::World& world, const std::string& directory,
                                        const EngineOptions& options);

}  // namespace wallop::scenarios
