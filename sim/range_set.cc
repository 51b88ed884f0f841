// SPDX-License-Identifier: Apache-2.0
// Runs of numbers in a sorted vector.
#include "sim/range_set.h"

#include <algorithm>

namespace wallop::sim {
namespace {

using Range = RangeSet::Range;

std::uint64_t overlap(const Range& range, std::uint64_t begin, std::uint64_t end) {
  const std::uint64_t first = std::max(range.begin, begin);
  const std::uint64_t last = std::min(range.end, end);
  return first < last ? last - first : 0;
}

}  // namespace

// Mostly it is the last run that is asked about.
RangeSet::Ranges::const_iterator RangeSet::first_behind(std::uint64_t begin) const {
  if (ranges_.empty() || ranges_.back().end <= begin) return ranges_.end();
  if (ranges_.back().begin <= begin) return std::prev(ranges_.end());
  return std::ranges::upper_bound(ranges_, begin, {}, &Range::end);
}

bool RangeSet::covers(std::uint64_t begin, std::uint64_t end) const {
  const auto at = first_behind(begin);
  return at != ranges_.end() && at->begin <= begin && end <= at->end;
}

std::uint64_t RangeSet::count_in(std::uint64_t begin, std::uint64_t end) const {
  std::uint64_t found = 0;
  for (auto at = first_behind(begin); at != ranges_.end() && at->begin < end; ++at)
    found += overlap(*at, begin, end);
  return found;
}

void RangeSet::add(std::uint64_t begin, std::uint64_t end) {
  if (begin >= end) return;
  if (ranges_.empty() || begin > ranges_.back().end) {
    ranges_.push_back({begin, end});
    count_ += end - begin;
  } else if (begin >= ranges_.back().begin) {
    Range& last = ranges_.back();
    const std::uint64_t new_end = std::max(last.end, end);
    count_ += new_end - last.end;
    last.end = new_end;
  } else {
    add_between(begin, end);
  }
}

void RangeSet::add_between(std::uint64_t begin, std::uint64_t end) {
  // All runs that overlap or touch the new one become one with it.
  const auto first = std::ranges::lower_bound(ranges_, begin, {}, &Range::end);
  const auto last = std::ranges::upper_bound(ranges_, end, {}, &Range::begin);
  Range joined{begin, end};
  for (auto at = first; at != last; ++at) {
    joined = {std::min(joined.begin, at->begin), std::max(joined.end, at->end)};
    count_ -= at->end - at->begin;
  }
  count_ += joined.end - joined.begin;
  ranges_.insert(ranges_.erase(first, last), joined);
}

void RangeSet::remove(std::uint64_t begin, std::uint64_t end) {
  if (begin >= end) return;
  const auto first = std::ranges::upper_bound(ranges_, begin, {}, &Range::end);
  const auto last = std::ranges::lower_bound(ranges_, end, {}, &Range::begin);
  if (first >= last) return;
  const Range before{first->begin, begin};
  const Range after{end, std::prev(last)->end};
  for (auto at = first; at != last; ++at) count_ -= overlap(*at, begin, end);
  auto place = ranges_.erase(first, last);
  if (after.begin < after.end) place = ranges_.insert(place, after);
  if (before.begin < before.end) ranges_.insert(place, before);
}

}  // namespace wallop::sim
