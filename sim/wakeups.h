// SPDX-License-Identifier: Apache-2.0
// Wakeups: what it takes until a thread runs again that slept or waited: the timer's slack, an idle
// processor's way back, the queue of the kernel's scheduler.
//
// Without figures it is nothing: nobody sleeps, nothing is drawn, and a run is the same as without this.
#pragma once

#include <cstdint>

#include "base/choices.h"
#include "base/latency.h"
#include "sim/device_spec.h"
#include "sim/scheduler.h"

namespace wallop::sim {

class Wakeups {
 public:
  // All outlive this.
  Wakeups(const WakeSpec& spec, Scheduler& scheduler, base::Draws& draws)
      : scheduler_(scheduler),
        draws_(draws),
        timer_{base::LatencyCurve(spec.timer.value_or(LatencySpec{})), base::site_number("wakeups.timer")},
        notified_{base::LatencyCurve(spec.notified.value_or(LatencySpec{})),
                  base::site_number("wakeups.notified")} {}

  // How much later than its deadline whoever sleeps runs.
  io::Duration overshoot() { return draw(timer_); }
  // For whoever has just been woken: returns once it runs.
  void pay_for(Woken woken) {
    if (woken == Woken::ended) return;
    const io::Duration late = draw(woken == Woken::timed_out ? timer_ : notified_);
    if (late > io::Duration::zero()) scheduler_.sleep_until(scheduler_.now() + late);
  }

 private:
  struct Kind {
    base::LatencyCurve latency;
    std::uint64_t site;  // Of its draws.
    std::uint64_t count = 0;
  };

  io::Duration draw(Kind& kind) {
    if (kind.latency.constant()) return kind.latency.at(0);
    return kind.latency.at(draws_.below(base::LatencyCurve::kWhole, kind.site, kind.count++));
  }

  Scheduler& scheduler_;
  base::Draws& draws_;
  Kind timer_, notified_;
};

}  // namespace wallop::sim
