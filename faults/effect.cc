// SPDX-License-Identifier: Apache-2.0
// Two effects on one operation.
#include "faults/effect.h"

#include <algorithm>

namespace wallop::faults {
namespace {

// Both lists rise and do not overlap in themselves.
std::vector<ByteRange> intersection(const std::vector<ByteRange>& left, const std::vector<ByteRange>& right) {
  std::vector<ByteRange> common;
  for (std::size_t l = 0, r = 0; l < left.size() && r < right.size();) {
    const ByteRange both{std::max(left[l].begin, right[r].begin), std::min(left[l].end, right[r].end)};
    if (both.begin < both.end) common.push_back(both);
    if (left[l].end < right[r].end) {
      ++l;
    } else {
      ++r;
    }
  }
  return common;
}

}  // namespace

void join(Effect& into, const Effect& other) {
  if (into.os_error == 0) into.os_error = other.os_error;
  if (other.reach == Reach::nothing) into.reach = Reach::nothing;
  if (into.lasting && other.lasting) {
    into.lasting = intersection(*into.lasting, *other.lasting);
  } else if (other.lasting) {
    into.lasting = other.lasting;
  }
  into.extra_wait =
      std::min(std::min(into.extra_wait, kForever) + std::min(other.extra_wait, kForever), kForever);
  into.slowdown =
      std::min(std::min(into.slowdown, kSlowdownMax) * std::min(other.slowdown, kSlowdownMax), kSlowdownMax);
  into.stalled_until = std::max(into.stalled_until, other.stalled_until);
}

}  // namespace wallop::faults
