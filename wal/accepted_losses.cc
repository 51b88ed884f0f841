// SPDX-License-Identifier: Apache-2.0
// A short sorted list, and the questions that are asked of it.
#include "wal/accepted_losses.h"

#include <algorithm>

#include "base/ensure.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

std::optional<AcceptedLosses> AcceptedLosses::from(std::vector<LsnRange> ranges) {
  Lsn behind{};  // LSN 0 stands before all records, and is lost by nobody.
  for (const LsnRange& range : ranges) {
    if (range.empty() || range.first <= behind || range.last.next() == Lsn{}) return std::nullopt;
    behind = range.last.next();
  }
  AcceptedLosses losses;
  losses.ranges_ = std::move(ranges);
  return losses;
}

void AcceptedLosses::add(LsnRange range) {
  if (range.empty()) return;
  if (ranges_.empty() || ranges_.back().last.next() < range.first) {
    ranges_.push_back(range);
    return;
  }
  base::ensure(ranges_.back().last.next() == range.first, "a new loss lies behind those that were accepted");
  ranges_.back().last = range.last;
}

void AcceptedLosses::forget_before(Lsn lsn) {
  std::erase_if(ranges_, [lsn](const LsnRange& range) { return range.last < lsn; });
}

Lsn AcceptedLosses::next_after(Lsn last) const {
  const auto lost = std::ranges::find(ranges_, last.next(), &LsnRange::first);
  return lost == ranges_.end() ? last.next() : lost->last.next();
}

Lsn AcceptedLosses::record_at_or_before(Lsn lsn) const {
  for (const LsnRange& range : ranges_) {
    if (range.first <= lsn && lsn <= range.last) return range.first.previous();
  }
  return lsn;
}

LsnRange AcceptedLosses::ending_before(Lsn lsn) const {
  const auto lost = std::ranges::find(ranges_, lsn.previous(), &LsnRange::last);
  return lost == ranges_.end() ? LsnRange{} : *lost;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
