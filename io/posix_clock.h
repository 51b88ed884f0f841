// SPDX-License-Identifier: Apache-2.0
// The machine's two clocks.
#pragma once

#include "io/time.h"

namespace wallop::io {

// Monotonic is CLOCK_MONOTONIC, which is also what libstdc++'s steady_clock reads (posix_threads.cc relies on
// it). It stands still while the machine is suspended (clock_gettime(2)).
class PosixClock final : public Clock {
 public:
  Instant now() override;
  WallTime wall_now() override;
  void sleep_until(Instant deadline) override;
  void spend(Work, std::uint64_t) override {}
};

}  // namespace wallop::io
