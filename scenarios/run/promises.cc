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
  accepted_[accepted.first_lsn] = {accepted.writer, accepted.sequence, accepted.count, at};
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
    accepted_.erase(accepted_.begin(), accepted_.lower_bound(first_kept_lsn_));
    ++revision_;
  } else if (mark.what == kRecovered) {
    forget_behind(mark.value);
    ++revision_;
  }
}

void Promises::forget_behind(std::uint64_t lsn) {
  accepted_lsn_ = std::min(accepted_lsn_, lsn);
  accepted_.erase(accepted_.upper_bound(lsn), accepted_.end());
  if (accepted_.empty()) return;
  auto& [first, run] = *std::prev(accepted_.end());
  run.count = std::min(run.count, lsn - first + 1);
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
  const auto behind = accepted_.upper_bound(lsn);
  if (behind == accepted_.begin()) return std::nullopt;
  const auto& [first, run] = *std::prev(behind);
  if (lsn - first >= run.count) return std::nullopt;
  return Place{run.writer, run.sequence + (lsn - first), run.at};
}

std::optional<std::uint64_t> Promises::first_kept_lsn() const {
  return deleting_ ? std::nullopt : std::optional(first_kept_lsn_);
}

}  // namespace wallop::scenarios
