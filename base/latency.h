// SPDX-License-Identifier: Apache-2.0
// Latencies by quantile: a table of a few, and the curve through them, from which to draw.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/fields.h"
#include "base/units.h"

namespace wallop::base {

// Latencies by quantile. What is left out is as the one below it (`best` as p50), so {"p50": "80us"} alone is
// a constant.
struct LatencySpec {
  std::optional<Duration> best;
  Duration p50{};
  std::optional<Duration> p90, p99, p99_9, p99_99, worst;

  bool operator==(const LatencySpec&) const = default;

  template <class Visitor>
  void fields(Visitor& v) {
    v("best", best, "The fastest.");
    v("p50", p50, "The median.");
    v("p90", p90, "One in ten is slower.");
    v("p99", p99, "One in 100 is slower.");
    v("p99.9", p99_9, "One in 1,000 is slower.");
    v("p99.99", p99_99, "One in 10,000 is slower.");
    v("worst", worst, "The slowest.");
  }
};

// A LatencySpec ready for use: straight lines between the quantiles.
class LatencyCurve {
 public:
  static constexpr std::uint64_t kWhole = 1'000'000;

  explicit LatencyCurve(const LatencySpec& spec);

  // Always the same: no need to draw.
  [[nodiscard]] bool constant() const;
  // The latency that `parts_per_million` of all commands are at or below; exact at the given quantiles. 0 is
  // the best, kWhole the worst. Rounded down to a nanosecond.
  [[nodiscard]] Duration at(std::uint64_t parts_per_million) const;
  [[nodiscard]] bool rises() const;

 private:
  std::array<Duration, 7> points_;
};

}  // namespace wallop::base
