// SPDX-License-Identifier: Apache-2.0
// Clock of the simulated world: virtual time, and a price for the engine's own CPU work (processors.h). With
// the default prices, all zero, spending returns at once and never switches.
#pragma once

#include <algorithm>

#include "io/time.h"
#include "sim/processors.h"
#include "sim/scheduler.h"
#include "sim/wakeups.h"

namespace wallop::sim {

// What faults do to the wall clock.
struct WallClock {
  io::Duration step{};  // It shows so much more.
  io::Instant frozen_at{}, frozen_until{};

  // From `now` on. One that stands still already shows what it showed.
  void freeze(io::Instant now, io::Instant until) {
    if (now >= frozen_until) frozen_at = now;
    frozen_until = std::max(frozen_until, until);
  }
  // What it has counted since the world's start.
  [[nodiscard]] io::Duration shows(io::Instant now) const {
    return (now < frozen_until ? frozen_at : now).time_since_epoch() + step;
  }
};

class Clock final : public io::Clock {
 public:
  // 2024-01-01T00:00:00Z, when the virtual clock stands at 0.
  static constexpr io::WallTime kWallStart{std::chrono::seconds(1'704'067'200)};

  // `scheduler`, `cpus`, `wall` and `wakeups` outlive this. Without the last a sleeper runs on time.
  Clock(Scheduler& scheduler, CpuTime& cpus, const WallClock& wall, const WorkCosts& costs = {},
        Wakeups* wakeups = nullptr)
      : scheduler_(scheduler), cpus_(cpus), wall_(wall), costs_(costs), wakeups_(wakeups) {}

  // Counts a step, so that a loop that watches the clock runs into the step bound and not on for ever.
  io::Instant now() override {
    scheduler_.step();
    return scheduler_.now();
  }
  io::WallTime wall_now() override;
  void sleep_until(io::Instant deadline) override;
  void spend(io::Work work, std::uint64_t bytes) override;

 private:
  Scheduler& scheduler_;
  CpuTime& cpus_;
  const WallClock& wall_;
  WorkCosts costs_;
  Wakeups* wakeups_;
};

}  // namespace wallop::sim
