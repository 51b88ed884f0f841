// SPDX-License-Identifier: Apache-2.0
// For the tests of the calibration: whether a figure is the known one, but for so many parts per thousand.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>

#include "base/latency.h"
#include "base/units.h"

namespace wallop::checklist::testing {

inline bool near(std::int64_t value, std::int64_t wanted, std::int64_t permille) {
  UNSCOPED_INFO(value << " for " << wanted);
  return std::abs(value - wanted) * 1000 <= wanted * permille;
}
inline bool near(base::Duration value, base::Duration wanted, std::int64_t permille) {
  return near(value.count(), wanted.count(), permille);
}
inline bool near(base::ByteCount value, base::ByteCount wanted, std::int64_t permille) {
  return near(static_cast<std::int64_t>(value.value), static_cast<std::int64_t>(wanted.value), permille);
}
// To p99, each quantile within a little more than the last.
inline bool near_to_p99(const base::LatencySpec& value, const base::LatencySpec& wanted,
                        std::int64_t permille) {
  const base::LatencyCurve of_value(value), of_wanted(wanted);
  return near(of_value.at(500'000), of_wanted.at(500'000), permille) &&
         near(of_value.at(900'000), of_wanted.at(900'000), 2 * permille) &&
         near(of_value.at(990'000), of_wanted.at(990'000), 3 * permille);
}

}  // namespace wallop::checklist::testing
