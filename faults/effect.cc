// SPDX-License-Identifier: Apache-2.0
// Two effects on one operation.
#include "faults/effect.h"

#include <algorithm>
#include <iterator>

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

std::vector<std::uint64_t> difference(const std::vector<std::uint64_t>& left,
                                      const std::vector<std::uint64_t>& right) {
  std::vector<std::uint64_t> either;
  std::ranges::set_symmetric_difference(left, right, std::back_inserter(either));
  return either;
}

}  // namespace

void join(Effect& into, const Effect& other) {
  if (into.os_error == 0) {
    into.os_error = other.os_error;
    into.done_bytes = other.done_bytes;
  }
  if (into.late_error == 0) into.late_error = other.late_error;
  if (other.reach == Reach::nothing) into.reach = Reach::nothing;
  if (into.lasting && other.lasting) {
    into.lasting = intersection(*into.lasting, *other.lasting);
  } else if (other.lasting) {
    into.lasting = other.lasting;
  }
  into.flipped_bits = difference(into.flipped_bits, other.flipped_bits);
  into.extra_wait =
      std::min(std::min(into.extra_wait, kForever) + std::min(other.extra_wait, kForever), kForever);
  into.slowdown =
      std::min(std::min(into.slowdown, kSlowdownMax) * std::min(other.slowdown, kSlowdownMax), kSlowdownMax);
  into.stalled_until = std::max(into.stalled_until, other.stalled_until);
}

}  // namespace wallop::faults
