// SPDX-License-Identifier: Apache-2.0
// Asking all faults about one operation, and keeping count.
#include "faults/plan.h"

#include <utility>

#include "base/choices.h"

namespace wallop::faults {
namespace {

constexpr std::size_t kFirstOpsMax = 8;

bool takes_time(const Effect& effect) {
  return effect.extra_wait > io::Duration::zero() || effect.slowdown > 1 || effect.stalled_until;
}

void add(Answer& answer, std::uint32_t place, const Effect& effect) {
  if (effect.os_error != 0 && !answer.failed_by) answer.failed_by = place;
  if (takes_time(effect)) answer.slowed_by.push_back(place);
  answer.fired.push_back(place);
  join(answer.effect, effect);
}

void count_firing(Receipt& receipt, const Op& op, const Effect& effect) {
  ++receipt.fired_count;
  if (!receipt.first_fired) receipt.first_fired = op.at;
  if (!receipt.first_hit) receipt.first_hit = {op.verb, op.device_ordinal, effect.os_error};
  receipt.last_fired = op.at;
  if (receipt.first_ops.size() < kFirstOpsMax) receipt.first_ops.push_back(op.id);
}

}  // namespace

Plan::Plan(std::vector<Fault> faults, std::uint64_t seed) : faults_(std::move(faults)) {
  for (std::string& label : labels(faults_)) {
    seeds_.push_back(base::Seeded(seed).bits(base::site_number(label), 0));
    receipts_.push_back({.label = std::move(label)});
  }
}

std::optional<Answer> Plan::on(const Op& op) {
  std::optional<Answer> answer;
  for (std::uint32_t place = 0; place < faults_.size(); ++place) {
    if (!faults_[place].concerns(op)) continue;
    Receipt& receipt = receipts_[place];
    ++receipt.seen_count;
    const Past past{receipt.fired_count, receipt.last_fired};
    const auto effect = faults_[place].on(op, past, Dice(seeds_[place], op.id));
    if (!effect) continue;
    count_firing(receipt, op, *effect);
    if (!answer) answer.emplace();
    add(*answer, place, *effect);
  }
  return answer;
}

void Plan::felt(const Answer& answer, const Op& op, io::Duration added_wait) {
  for (const std::uint32_t place : answer.fired) receipts_[place].felt_bytes += op.bytes;
  for (const std::uint32_t place : answer.slowed_by) receipts_[place].felt_wait += added_wait;
  if (answer.failed_by) ++receipts_[*answer.failed_by].felt_error_count;
}

}  // namespace wallop::faults
