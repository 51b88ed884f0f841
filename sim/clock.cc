// SPDX-License-Identifier: Apache-2.0
// Virtual time as engines see it, and who works on which processor until when.
#include "sim/clock.h"

#include <algorithm>

#include "base/ensure.h"
#include "sim/scaled.h"

namespace wallop::sim {

base::Duration WorkCost::of(std::uint64_t bytes) const {
  return per_call + scaled(bytes, per_kib, 1024);
}

Clock::Clock(Scheduler& scheduler, const Processors& processors)
    : scheduler_(scheduler), costs_(processors.costs), free_at_(processors.cpus) {
  base::ensure(!free_at_.empty(), "a world has at least one cpu");
}

io::WallTime Clock::wall_now() {
  return kWallStart + now().time_since_epoch();
}

void Clock::spend(io::Work work, std::uint64_t bytes) {
  const io::Duration cost = costs_[static_cast<std::size_t>(work)].of(bytes);
  if (cost == io::Duration::zero()) return;
  const auto cpu = std::min_element(free_at_.begin(), free_at_.end());
  *cpu = std::max(*cpu, scheduler_.now()) + cost;
  scheduler_.sleep_until(*cpu);
}

}  // namespace wallop::sim
