// SPDX-License-Identifier: Apache-2.0
// Two effects on one operation.
#include "faults/effect.h"

#include <algorithm>
#include <iterator>
#include <utility>

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

std::vector<ByteRange> joined(std::vector<ByteRange> left, const std::vector<ByteRange>& right) {
  left.insert(left.end(), right.begin(), right.end());
  std::ranges::sort(left, {}, &ByteRange::begin);
  std::vector<ByteRange> either;
  for (const ByteRange& range : left) {
    if (either.empty() || either.back().end < range.begin) {
      either.push_back(range);
    } else {
      either.back().end = std::max(either.back().end, range.end);
    }
  }
  return either;
}

// 0 is none.
std::uint64_t lower_limit(std::uint64_t left, std::uint64_t right) {
  return left == 0 || right == 0 ? std::max(left, right) : std::min(left, right);
}

io::Duration bounded_sum(io::Duration left, io::Duration right) {
  const auto bounded = [](io::Duration span) { return std::clamp(span, -kForever, kForever); };
  return bounded(bounded(left) + bounded(right));
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
  into.garbage = joined(std::move(into.garbage), other.garbage);
  into.flipped_bits = difference(into.flipped_bits, other.flipped_bits);
  into.unreadable = joined(std::move(into.unreadable), other.unreadable);
  if (!into.elsewhere) into.elsewhere = other.elsewhere;
  into.extra_wait = bounded_sum(into.extra_wait, other.extra_wait);
  into.slowdown =
      std::min(std::min(into.slowdown, kSlowdownMax) * std::min(other.slowdown, kSlowdownMax), kSlowdownMax);
  into.bytes_per_second = lower_limit(into.bytes_per_second, other.bytes_per_second);
  into.commands_per_second = lower_limit(into.commands_per_second, other.commands_per_second);
  into.slow_until = std::max(into.slow_until, other.slow_until);
  into.stalled_until = std::max(into.stalled_until, other.stalled_until);
  into.wall_step = bounded_sum(into.wall_step, other.wall_step);
  into.wall_frozen_until = std::max(into.wall_frozen_until, other.wall_frozen_until);
}

}  // namespace wallop::faults
