// SPDX-License-Identifier: Apache-2.0
// Open-loop load: calls fall due at a fixed rate, whether or not earlier ones have returned, and each one's
// latency counts from its due time.
//
// A closed loop that waits for each answer stops asking exactly while the system stalls: one stall of a
// second is then one slow sample instead of a thousand ("coordinated omission", Gil Tene). Here the calls
// that were due meanwhile are made afterwards and each counts its whole wait. Those that are still waiting
// when the loop gives up are counted with the wait they have had so far: too little, never nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/histogram.h"
#include "checklist/stop.h"
#include "io/result.h"
#include "io/world.h"
#include "reports/result.h"

namespace wallop::checklist {

struct OpenLoop {
  io::Duration duration{};
  std::uint64_t writer_count = 1;
  std::uint64_t rate = 1;  // Of each writer, per second.
  std::size_t interval_count = 60;
};

struct OpenLoopMeasured {
  base::Histogram latency;
  std::vector<reports::Interval> over_time;  // By the time at which calls returned. Empty ones are left out.
  std::uint64_t unanswered = 0;              // Still waiting at the end.
  io::Instant start{};                       // When the first call was due.
  io::Duration elapsed{};                    // From there to the last answer.
};

// One call of one writer. Writers call at the same time, each from a thread of its own.
using Call = std::function<io::Status(std::uint64_t writer, std::uint64_t sequence)>;

// Waits at most as long again as `loop.duration` for what falls due in it. The first error of any writer ends
// all of them and is returned.
[[nodiscard]] io::Result<OpenLoopMeasured> run_open_loop(io::World& machine, const OpenLoop& loop,
                                                         const Call& call, const Stop& stop);

}  // namespace wallop::checklist
