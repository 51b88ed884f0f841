// SPDX-License-Identifier: Apache-2.0
// The histogram against a sorted list of all values: never off by more than one part in 1024.
#include "base/histogram.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/choices.h"

namespace wallop::base {
namespace {

std::vector<std::uint64_t> skewed_values(std::size_t count) {
  Seeded draws(7);
  std::vector<std::uint64_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(draws.below(1ULL << (1 + i % 50), 1, i));
  return values;
}

TEST_CASE("a quantile is at most one part in 1024 above the exact one") {
  auto values = skewed_values(10'001);
  Histogram histogram;
  for (const std::uint64_t value : values) histogram.record(value);
  std::sort(values.begin(), values.end());
  for (const std::uint64_t ppm : {1ULL, 500'000ULL, 990'000ULL, 999'900ULL, 1'000'000ULL}) {
    const std::uint64_t exact =
        values[std::max<std::uint64_t>(1, (values.size() * ppm + 999'999) / 1'000'000) - 1];
    REQUIRE(histogram.quantile(ppm) >= exact);
    REQUIRE(histogram.quantile(ppm) <= exact + exact / 1024);
  }
}

TEST_CASE("merging two histograms is recording all their values in one") {
  Histogram all, odd, even;
  std::size_t i = 0;
  for (const std::uint64_t value : skewed_values(1'000)) {
    all.record(value);
    (i++ % 2 == 0 ? even : odd).record(value);
  }
  even.merge(odd);
  REQUIRE(even == all);
}

TEST_CASE("a histogram is rebuilt exactly from its buckets") {
  Histogram histogram;
  for (const std::uint64_t value : skewed_values(1'000)) histogram.record(value);
  REQUIRE(Histogram::rebuild(histogram.buckets(), histogram.min(), histogram.max(), histogram.sum()) ==
          histogram);
}

TEST_CASE("an empty histogram has zeros for everything") {
  const Histogram empty;
  REQUIRE(empty.quantile(990'000) == 0);
  REQUIRE(empty.min() == 0);
  REQUIRE(empty.buckets().empty());
}

TEST_CASE("the largest values have a bucket too") {
  Histogram histogram;
  histogram.record(~0ULL);
  REQUIRE(histogram.quantile(500'000) == ~0ULL);
}

}  // namespace
}  // namespace wallop::base
