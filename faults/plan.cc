// SPDX-License-Identifier: Apache-2.0
// Asking all faults about one operation, and keeping count.
#include "faults/plan.h"

#include <utility>

#include "base/choices.h"
#include "faults/glob.h"

namespace wallop::faults {
namespace {

constexpr std::size_t kFirstOpsMax = 8;
constexpr std::size_t kOtherPathsMax = 64;

bool takes_time(const Effect& effect) {
  return effect.extra_wait > io::Duration::zero() || effect.slowdown > 1 || effect.bytes_per_second != 0 ||
         effect.commands_per_second != 0 || effect.stalled_until;
}

void add(Answer& answer, std::uint32_t place, const Effect& effect) {
  if (effect.os_error != 0 && !answer.failed_by) answer.failed_by = place;
  if (takes_time(effect)) answer.slowed_by.push_back(place);
  answer.fired.push_back(place);
  join(answer.effect, effect);
}

// Which paths there were, for whoever misspelt the one that a fault is about.
void look_at_path(Receipt& receipt, const Trigger& when, const Op& op) {
  if (receipt.has_matched_path || !when.path) return;
  if (glob_matches(*when.path, op.path)) {
    receipt.has_matched_path = true;
    receipt.other_paths.clear();
  } else if (receipt.other_paths.size() < kOtherPathsMax && !receipt.other_paths.contains(op.path)) {
    receipt.other_paths.emplace(op.path);
  }
}

void count_firing(Receipt& receipt, const Op& op, const Effect& effect) {
  ++receipt.fired_count;
  if (!receipt.first_fired) receipt.first_fired = op.at;
  if (!receipt.first_hit) receipt.first_hit = {op.verb, op.device_ordinal, effect.os_error};
  receipt.last_fired = op.at;
  if (receipt.first_ops.size() < kFirstOpsMax) receipt.first_ops.push_back(op.id);
}

}  // namespace

void add_receipts(std::vector<Receipt>& into, const std::vector<Receipt>& from) {
  if (into.empty()) into = std::vector<Receipt>(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    Receipt& sum = into[i];
    sum.label = from[i].label;
    sum.seen_count += from[i].seen_count;
    sum.fired_count += from[i].fired_count;
    sum.felt_error_count += from[i].felt_error_count;
    sum.felt_bytes += from[i].felt_bytes;
    sum.felt_wait += from[i].felt_wait;
    sum.has_matched_path = sum.has_matched_path || from[i].has_matched_path;
    sum.other_paths.insert(from[i].other_paths.begin(), from[i].other_paths.end());
    if (sum.first_fired) continue;
    sum.first_fired = from[i].first_fired;
    sum.first_hit = from[i].first_hit;
    sum.first_ops = from[i].first_ops;
  }
}

std::uint64_t fired_count(const std::vector<Receipt>& receipts) {
  std::uint64_t count = 0;
  for (const Receipt& receipt : receipts) count += receipt.fired_count;
  return count;
}

Plan::Plan(std::vector<Fault> faults, std::uint64_t seed) : faults_(std::move(faults)) {
  for (std::string& label : labels(faults_)) {
    seeds_.push_back(base::Seeded(seed).bits(base::site_number(label), 0));
    receipts_.push_back({.label = std::move(label)});
  }
  armed_.resize(faults_.size(), true);
  for (const Fault& fault : faults_) {
    const Per per = fault.when().per.value_or(Per::file);
    counts_files_ = counts_files_ || (fault.when().counts() && per == Per::file);
    counts_blocks_ = counts_blocks_ || per == Per::block;
  }
}

void Plan::begin_after(std::string_view name) {
  for (std::size_t place = 0; place < faults_.size(); ++place)
    armed_[place] = faults_[place].when().after == name;
  mark(name);
}

std::optional<Answer> Plan::on(const Op& op) {
  std::optional<Answer> answer;
  for (std::uint32_t place = 0; place < faults_.size(); ++place) {
    if (!armed_[place]) continue;
    Receipt& receipt = receipts_[place];
    const Trigger& when = faults_[place].when();
    look_at_path(receipt, when, op);
    if (!faults_[place].concerns(op)) continue;
    ++receipt.seen_count;
    const bool is_after = when.after && happened_.contains(*when.after);
    const Past past{receipt.fired_count, receipt.last_fired, is_after};
    const auto effect = faults_[place].on(op, past, Dice(seeds_[place], op.id));
    if (!effect) continue;
    count_firing(receipt, op, *effect);
    if (!answer) answer.emplace();
    add(*answer, place, *effect);
  }
  if (answer) note_names(*answer);
  return answer;
}

// Only now: a fault that waits for another one strikes a later operation.
void Plan::note_names(const Answer& answer) {
  for (const std::uint32_t place : answer.fired) {
    if (const auto name = faults_[place].name()) happened_.insert(*name);
  }
}

void Plan::felt(const Answer& answer, const Op& op, io::Duration added_wait) {
  for (const std::uint32_t place : answer.fired) receipts_[place].felt_bytes += op.bytes;
  for (const std::uint32_t place : answer.slowed_by) receipts_[place].felt_wait += added_wait;
  if (answer.failed_by) ++receipts_[*answer.failed_by].felt_error_count;
}

}  // namespace wallop::faults
