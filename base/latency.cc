// SPDX-License-Identifier: Apache-2.0
// The curve through the quantiles of a table.
#include "base/latency.h"

#include <algorithm>
#include <cstddef>

namespace wallop::base {
namespace {

// Where the points of a LatencyCurve lie, in parts per million.
constexpr std::array<std::uint64_t, 7> kQuantiles{0, 500'000, 900'000, 990'000, 999'000, 999'900, 1'000'000};
static_assert(kQuantiles.back() == LatencyCurve::kWhole);

}  // namespace

LatencyCurve::LatencyCurve(const LatencySpec& spec) {
  const Duration p90 = spec.p90.value_or(spec.p50);
  const Duration p99 = spec.p99.value_or(p90);
  const Duration p99_9 = spec.p99_9.value_or(p99);
  const Duration p99_99 = spec.p99_99.value_or(p99_9);
  points_ = {spec.best.value_or(spec.p50), spec.p50, p90, p99, p99_9, p99_99, spec.worst.value_or(p99_99)};
}

bool LatencyCurve::constant() const {
  return points_.front() == points_.back();
}

Duration LatencyCurve::at(std::uint64_t parts_per_million) const {
  std::size_t upper = 1;
  while (upper + 1 < kQuantiles.size() && kQuantiles[upper] < parts_per_million) ++upper;
  const Duration low = points_[upper - 1];
  const auto into = static_cast<std::int64_t>(parts_per_million - kQuantiles[upper - 1]);
  const auto width = static_cast<std::int64_t>(kQuantiles[upper] - kQuantiles[upper - 1]);
  return low + (points_[upper] - low) * into / width;
}

bool LatencyCurve::rises() const {
  return points_.front() >= Duration::zero() && std::ranges::is_sorted(points_);
}

}  // namespace wallop::base
