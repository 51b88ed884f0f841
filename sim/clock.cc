// SPDX-License-Identifier: Apache-2.0
// Virtual time as engines see it.
#include "sim/clock.h"

namespace wallop::sim {

io::WallTime Clock::wall_now() {
  return kWallStart + wall_.shows(now());
}

void Clock::sleep_until(io::Instant deadline) {
  const bool sleeps = wakeups_ != nullptr && deadline > scheduler_.now();
  scheduler_.sleep_until(sleeps ? deadline + wakeups_->overshoot() : deadline);
}

void Clock::spend(io::Work work, std::uint64_t bytes) {
  const io::Duration cost = costs_.of(work).of(bytes);
  if (cost == io::Duration::zero()) return;
  scheduler_.sleep_until(cpus_.occupy(scheduler_.now(), cost));
}

}  // namespace wallop::sim
