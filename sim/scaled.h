// SPDX-License-Identifier: Apache-2.0
// Costs in proportion to bytes, in integers that cannot overflow on the way.
#pragma once

#include <cstdint>

#include "io/time.h"

namespace wallop::sim {

// What `bytes` cost where `unit_bytes` cost `per_unit`; rounded down to a nanosecond.
inline io::Duration scaled(std::uint64_t bytes, io::Duration per_unit, std::uint64_t unit_bytes) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(bytes) * static_cast<std::uint64_t>(per_unit.count());
  // A division of 128 bits costs ten times one of 64.
  const auto narrow = static_cast<std::uint64_t>(product);
  const Wide cost = product == narrow ? narrow / unit_bytes : product / unit_bytes;
  return io::Duration(static_cast<std::int64_t>(cost));
}

}  // namespace wallop::sim
