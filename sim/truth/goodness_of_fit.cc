// SPDX-License-Identifier: Apache-2.0
// Bins, and the sum of squares.
#include "sim/truth/goodness_of_fit.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/ensure.h"

namespace wallop::sim {
namespace {

constexpr std::uint64_t kWholePpm = 1'000'000;
// In how many bins each stretch of the table is cut. The last holds one in 10,000.
constexpr std::array<int, 6> kCuts{8, 6, 4, 2, 1, 1};
// The 99th percentile of chi-square in thousandths, by degrees of freedom from 1 on (NIST/SEMATECH e-Handbook
// of Statistical Methods, 1.3.6.7.4).
constexpr std::array<std::uint64_t, 22> kCritical{6635,  9210,  11345, 13277, 15086, 16812, 18475, 20090,
                                                  21666, 23209, 24725, 26217, 27688, 29141, 30578, 32000,
                                                  33409, 34805, 36191, 37566, 38932, 40289};

}  // namespace

std::vector<Quantile> table_of(const LatencySpec& spec) {
  std::vector<Quantile> table{{spec.best.value_or(spec.p50), 0}, {spec.p50, 500'000}};
  const auto next = [&](const std::optional<base::Duration>& given, std::uint64_t parts_per_million) {
    table.push_back({given.value_or(table.back().at), parts_per_million});
  };
  next(spec.p90, 900'000);
  next(spec.p99, 990'000);
  next(spec.p99_9, 999'000);
  next(spec.p99_99, 999'900);
  next(spec.worst, kWholePpm);
  return table;
}

GoodnessOfFit::GoodnessOfFit(const LatencySpec& spec) {
  const std::vector<Quantile> table = table_of(spec);
  for (std::size_t i = 0; i < kCuts.size(); ++i) {
    const Quantile &low = table[i], &high = table[i + 1];
    for (int cut = 1; cut <= kCuts[i]; ++cut) {
      const Quantile bin{low.at + (high.at - low.at) * cut / kCuts[i],
                         low.parts_per_million + (high.parts_per_million - low.parts_per_million) *
                                                     static_cast<std::uint64_t>(cut) /
                                                     static_cast<std::uint64_t>(kCuts[i])};
      // Where the table is level, bins that end at the same latency are one.
      if (!bins_.empty() && bins_.back().at == bin.at) bins_.pop_back();
      bins_.push_back(bin);
    }
  }
  count_.resize(bins_.size() + 1);
}

void GoodnessOfFit::add(io::Duration latency) {
  const auto bin = std::ranges::lower_bound(bins_, latency, {}, &Quantile::at);
  ++count_[static_cast<std::size_t>(bin - bins_.begin())];
  ++total_;
}

bool GoodnessOfFit::rejects() const {
  return chi_square() > chi_square_max();
}

std::uint64_t GoodnessOfFit::chi_square() const {
  base::ensure(total_ >= 50'000, "the rarest bin is expected to hold five");
  // What no quantile allows.
  if (count_.back() != 0) return std::numeric_limits<std::uint64_t>::max();
  __extension__ using Wide = __int128;
  Wide sum = 0;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    const Wide expected = static_cast<Wide>(total_) * (bins_[i].parts_per_million - below);  // Millionths.
    const Wide off = static_cast<Wide>(count_[i]) * kWholePpm - expected;
    sum += off * off / 1000 / expected;
    below = bins_[i].parts_per_million;
  }
  return static_cast<std::uint64_t>(sum);
}

// A constant has one bin and nothing that could be off but what is slower.
std::uint64_t GoodnessOfFit::chi_square_max() const {
  return bins_.size() == 1 ? 0 : kCritical.at(bins_.size() - 2);
}

}  // namespace wallop::sim
