// SPDX-License-Identifier: Apache-2.0
// When a measurement must end before it is done: the user interrupts, or its time is up.
#pragma once

#include <algorithm>
#include <functional>

#include "io/time.h"

namespace wallop::checklist {

class Stop {
 public:
  // `interrupted` outlives this.
  Stop(io::Clock& clock, const std::function<bool()>& interrupted)
      : clock_(&clock), interrupted_(&interrupted) {}

  // The same with an end in time.
  [[nodiscard]] Stop within(io::Duration time_max) const {
    Stop stop = *this;
    stop.deadline_ = clock_->now() + time_max;
    return stop;
  }

  [[nodiscard]] bool interrupted() const { return (*interrupted_)(); }
  [[nodiscard]] bool now() const { return interrupted() || clock_->now() >= deadline_; }

  // Sleeps, and wakes early where the user interrupts.
  void sleep_until(io::Instant due) const {
    while (!interrupted()) {
      const io::Instant until = std::min(due, clock_->now() + kSlice);
      clock_->sleep_until(until);
      if (until == due) return;
    }
  }

 private:
  static constexpr io::Duration kSlice =
      std::chrono::milliseconds(50);  // How long an interrupt may go unseen.

  io::Clock* clock_;
  const std::function<bool()>* interrupted_;
  io::Instant deadline_ = io::Instant::max();
};

}  // namespace wallop::checklist
