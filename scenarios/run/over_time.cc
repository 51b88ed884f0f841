// SPDX-License-Identifier: Apache-2.0
// Histograms merge exactly, so a stretch that was made of two says the same as one that was there from the
// start.
#include "scenarios/run/over_time.h"

#include <utility>

#include "base/ensure.h"

namespace wallop::scenarios {

void OverTime::record(io::Instant at, io::Duration latency) {
  base::ensure(at >= io::Instant{}, "nothing ends before the world begins");
  const auto stretch_of = [&] { return static_cast<std::size_t>(at.time_since_epoch() / length_); };
  std::size_t stretch = stretch_of();
  while (stretch >= kStretchesMax) {
    halve();
    stretch = stretch_of();
  }
  if (stretches_.size() <= stretch) stretches_.resize(stretch + 1);
  stretches_[stretch].record(latency);
}

void OverTime::halve() {
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    if (i % 2 == 0) {
      stretches_[i / 2] = std::exchange(stretches_[i], {});
    } else {
      stretches_[i / 2].merge(std::exchange(stretches_[i], {}));
    }
  }
  stretches_.resize((stretches_.size() + 1) / 2);
  length_ *= 2;
}

std::vector<reports::Interval> OverTime::intervals() const {
  const auto span = [](std::uint64_t count) { return io::Duration(static_cast<io::Duration::rep>(count)); };
  constexpr std::uint64_t kMedian = 500'000;
  constexpr std::uint64_t kP99 = 990'000;
  std::vector<reports::Interval> intervals;
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    const base::Histogram& of = stretches_[i];
    if (of.count() == 0) continue;
    intervals.push_back({.begin = length_ * static_cast<io::Duration::rep>(i),
                         .length = length_,
                         .count = of.count(),
                         .p50 = span(of.quantile(kMedian)),
                         .p99 = span(of.quantile(kP99)),
                         .max = span(of.max())});
  }
  return intervals;
}

}  // namespace wallop::scenarios
