// SPDX-License-Identifier: Apache-2.0
// Machine: what of a simulated machine outlives the process that ran on it, besides its disk: its clocks, its
// plan of faults with what came of it so far, what faults have done to the device, and how operations are
// counted. A world that is made from it goes on where the other one was.
//
// What surprises: the device's queue and the page cache are not in it. A restart finds the device idle, and
// reads from it what the process before had in memory: dearer than a real one. What was not synced is pending
// still, but counts as written back: the first syncs cost less than they would.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "faults/op.h"
#include "faults/plan.h"
#include "io/time.h"
#include "sim/clock.h"
#include "sim/device.h"
#include "sim/object.h"

namespace wallop::sim {

// How often each verb was used, as far as a plan could ask.
struct OperationCounts {
  using ByVerb = std::array<std::uint64_t, faults::kVerbCount>;

  OpId all = 0;
  ByVerb on_device{};
  std::map<std::string, ByVerb, std::less<>> on_file;  // By path.
  // Of those that begin in each block of a path.
  std::map<std::pair<std::string, std::uint64_t>, ByVerb> in_block;
};

struct Machine {
  io::Instant now{};
  WallClock wall{};
  OperationCounts operations{};
  Disturbance disturbance{};
  faults::Plan plan{};
};

}  // namespace wallop::sim
