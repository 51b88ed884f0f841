// SPDX-License-Identifier: Apache-2.0
// Goodness of fit: whether latencies that were measured can have come from a table of quantiles. Pearson's
// chi-square test at a level of 1 %, in integers.
//
// It reads the table itself, straight lines between the quantiles, and not LatencyCurve, which it judges.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/device_spec.h"

namespace wallop::sim {

// A latency, and how many of a million are at or below it.
struct Quantile {
  io::Duration at{};
  std::uint64_t parts_per_million = 0;
};

// The table as it is given, from best to worst; what is left out is as the one below it.
[[nodiscard]] std::vector<Quantile> table_of(const LatencySpec& spec);

class GoodnessOfFit {
 public:
  explicit GoodnessOfFit(const LatencySpec& spec);

  void add(io::Duration latency);
  // Not from that table, at 1 %: one sound sample in a hundred is rejected. At least 50,000 latencies.
  [[nodiscard]] bool rejects() const;
  // In thousandths; and what it must not exceed.
  [[nodiscard]] std::uint64_t chi_square() const;
  [[nodiscard]] std::uint64_t chi_square_max() const;

 private:
  std::vector<Quantile> bins_;        // Each reaches from the one before to here.
  std::vector<std::uint64_t> count_;  // By bin; one more for what is slower than the slowest.
  std::uint64_t total_ = 0;
};

}  // namespace wallop::sim
