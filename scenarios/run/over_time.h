// SPDX-License-Identifier: Apache-2.0
// OverTime: latencies by the stretch of time in which they ended, in at most 128 stretches, however long the
// run: when it grows beyond them, two become one, exactly.
#pragma once

#include <vector>

#include "base/histogram.h"
#include "io/time.h"
#include "reports/result.h"

namespace wallop::scenarios {

class OverTime {
 public:
  static constexpr std::size_t kStretchesMax = 128;

  // `at` is when it ended; not before the start of the world.
  void record(io::Instant at, io::Duration latency);
  // Stretches in which nothing ended are left out.
  [[nodiscard]] std::vector<reports::Interval> intervals() const;

 private:
  void halve();

  io::Duration length_ = std::chrono::milliseconds(1);
  std::vector<base::Histogram> stretches_;
};

}  // namespace wallop::scenarios
