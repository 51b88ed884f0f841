// SPDX-License-Identifier: Apache-2.0
// Promises: the journal's word on what was issued, accepted, refused, promised and deleted.
#include "scenarios/run/oracle.h"

#include <algorithm>
#include <iterator>

namespace wallop::scenarios {

void Promises::apply(const sim::Entry& entry) {
  if (const auto* issued = entry.get<sim::Issued>()) return add(*issued);
  if (const auto* accepted = entry.get<sim::Accepted>()) return add(*accepted, entry.at);
  if (const auto* refused = entry.get<sim::Refused>()) return add(*refused);
  if (const auto* promised = entry.get<sim::Promised>()) return promise_too(promised->lsn);
  if (const auto* mark = entry.get<sim::Mark>()) return add(*mark);
}

void Promises::promise_too(std::uint64_t lsn) {
  if (lsn <= promised_lsn_) return;
  promised_lsn_ = lsn;
  ++revision_;
}

void Promises::add(const sim::Issued& issued) {
  if (issued_.size() <= issued.writer) issued_.resize(issued.writer + 1);
  issued_[issued.writer] = std::max(issued_[issued.writer], issued.sequence + issued.count);
  ++revision_;
}

void Promises::add(const sim::Accepted& accepted, io::Instant at) {
  const Run run{accepted.first_lsn, accepted.writer, accepted.sequence, accepted.count, at};
  // Writers overtake each other between the log's answer and here, by a few places.
  auto place = accepted_.end();
  const auto kept = accepted_.begin() + static_cast<std::ptrdiff_t>(forgotten_count_);
  while (place != kept && std::prev(place)->first_lsn >= run.first_lsn) --place;
  if (place != accepted_.end() && place->first_lsn == run.first_lsn) {
    *place = run;
  } else {
    accepted_.insert(place, run);
  }
  accepted_lsn_ = std::max(accepted_lsn_, accepted.first_lsn + accepted.count - 1);
  ++revision_;
}

void Promises::add(const sim::Refused& refused) {
  ++revision_;
  if (refused.unknown) return;
  Ranges& ranges = refused_[refused.writer];
  const std::uint64_t end = refused.sequence + refused.count;
  // A disk that stays full refuses one after the other: they make one range.
  if (!ranges.empty() && std::prev(ranges.end())->second == refused.sequence) {
    std::prev(ranges.end())->second = end;
  } else {
    ranges[refused.sequence] = end;
  }
}

void Promises::add(const sim::Mark& mark) {
  if (mark.what == kDeletionBegins) {
    deleting_ = true;
    ++revision_;
  } else if (mark.what == kDeleted) {
    deleting_ = false;
    first_kept_lsn_ = std::max(first_kept_lsn_, mark.value);
    forget_before(first_kept_lsn_);
    ++revision_;
  } else if (mark.what == kRecovered) {
    forget_behind(mark.value);
    ++revision_;
  }
}

void Promises::forget_before(std::uint64_t lsn) {
  const auto kept = accepted_.begin() + static_cast<std::ptrdiff_t>(forgotten_count_);
  const auto first = std::ranges::lower_bound(kept, accepted_.end(), lsn, {}, &Run::first_lsn);
  forgotten_count_ = static_cast<std::size_t>(first - accepted_.begin());
  if (forgotten_count_ <= accepted_.size() / 2) return;
  accepted_.erase(accepted_.begin(), first);
  forgotten_count_ = 0;
}

void Promises::forget_behind(std::uint64_t lsn) {
  accepted_lsn_ = std::min(accepted_lsn_, lsn);
  promised_lsn_ = std::min(promised_lsn_, lsn);
  const auto kept = accepted_.begin() + static_cast<std::ptrdiff_t>(forgotten_count_);
  accepted_.erase(std::ranges::upper_bound(kept, accepted_.end(), lsn, {}, &Run::first_lsn), accepted_.end());
  if (accepted_.size() == forgotten_count_) return;
  Run& last = accepted_.back();
  last.count = std::min(last.count, lsn - last.first_lsn + 1);
}

std::vector<Promises::Run>::const_iterator Promises::run_of(std::uint64_t lsn) const {
  const auto kept = accepted_.begin() + static_cast<std::ptrdiff_t>(forgotten_count_);
  const auto behind = std::ranges::upper_bound(kept, accepted_.end(), lsn, {}, &Run::first_lsn);
  return behind == kept ? behind : std::prev(behind);
}

std::uint64_t Promises::issued_count(std::uint32_t writer) const {
  return writer < issued_.size() ? issued_[writer] : 0;
}

bool Promises::refused(std::uint32_t writer, std::uint64_t sequence) const {
  const auto ranges = refused_.find(writer);
  if (ranges == refused_.end()) return false;
  const auto behind = ranges->second.upper_bound(sequence);
  return behind != ranges->second.begin() && sequence < std::prev(behind)->second;
}

std::optional<Promises::Place> Promises::accepted_at(std::uint64_t lsn) const {
  const auto run = run_of(lsn);
  if (run == accepted_.end() || run->first_lsn > lsn || lsn - run->first_lsn >= run->count)
    return std::nullopt;
  return Place{run->writer, run->sequence + (lsn - run->first_lsn), run->at};
}

std::optional<std::uint64_t> Promises::first_kept_lsn() const {
  return deleting_ ? std::nullopt : std::optional(first_kept_lsn_);
}

}  // namespace wallop::scenarios
