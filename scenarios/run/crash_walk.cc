// SPDX-License-Identifier: Apache-2.0
// Cut by cut along the journal, image by image at each cut.
#include "scenarios/run/crash_walk.h"

#include <algorithm>
#include <utility>

#include "base/choices.h"

namespace wallop::scenarios {

CrashWalk::CrashWalk(const Subject& subject, sim::World& world, Promises promises, Plan plan)
    : world_(world),
      promises_(std::move(promises)),
      plan_(std::move(plan)),
      medium_(subject.model(), world.start()) {
  promise_at_end();
}

bool CrashWalk::next() {
  while (!next_image()) {
    if (!next_cut()) return false;
  }
  return true;
}

bool CrashWalk::next_cut() {
  const std::uint64_t entry_count = world_.journal().entries().size();
  const std::uint64_t medium_before = medium_.revision();
  const std::uint64_t promises_before = promises_.revision();
  if (plan_.cuts && planned_ == plan_.cuts->size()) return false;
  for (;;) {
    const bool has_changed =
        is_first_cut_ || medium_.revision() != medium_before || promises_.revision() != promises_before;
    const bool is_here =
        plan_.cuts ? applied_ == (*plan_.cuts)[planned_].cut : has_changed && applied_ >= plan_.first_cut;
    if (is_here) break;
    if (applied_ == entry_count) return false;
    apply_next();
  }
  is_first_cut_ = false;
  cut_ = applied_;
  ++cut_count_;
  draws_left_ = plan_.cuts ? (*plan_.cuts)[planned_++].draws : 0;
  if (draws_left_ == 0 && medium_.image_count_max() > plan_.images_max) {
    draws_left_ = plan_.images_max;
    ++bounded_count_;
  }
  is_drawn_ = draws_left_ > 0;
  is_at_cut_ = is_first_image_ = true;
  return true;
}

void CrashWalk::apply_next() {
  const sim::Entry& entry = world_.journal().entries()[applied_++];
  medium_.apply(entry);
  promises_.apply(entry);
  promise_at_end();
}

void CrashWalk::promise_at_end() {
  if (applied_ == world_.journal().entries().size()) promises_.promise_too(plan_.promised_at_end);
}

bool CrashWalk::next_image() {
  if (!is_at_cut_) return false;
  if (is_drawn_) {
    is_at_cut_ = draws_left_ > 0;
    if (is_at_cut_) draw();
    return is_at_cut_;
  }
  is_at_cut_ = std::exchange(is_first_image_, false) || every_.next();
  if (is_at_cut_) disk_ = medium_.image(sim::Crash::power_loss, every_);
  return is_at_cut_;
}

void CrashWalk::draw() {
  --draws_left_;
  base::Seeded seeded(base::Seeded(plan_.seed).bits(base::site_number("explore.image"), drawn_count_++));
  sim::Recording recording(seeded, 0);
  disk_ = medium_.image(sim::Crash::power_loss, recording);
  drawn_ = recording.answers();
}

sim::Answers CrashWalk::answers(std::uint64_t level) const {
  sim::Answers all;
  if (cut_ != 0) {
    all.push_back({std::string(kCutQuestion.site), level, kCutQuestion.subject, kCutQuestion.ordinal,
                   world_.journal().count() + 1, cut_});
  }
  for (sim::Answer& answer : is_drawn_ ? sim::Answers(drawn_) : every_.answers(level)) {
    answer.level = level;
    all.push_back(std::move(answer));
  }
  return all;
}

std::vector<std::uint64_t> distinct_cuts(const Subject& subject, sim::World& world, std::uint64_t first_cut) {
  const auto& entries = world.journal().entries();
  sim::Medium medium(subject.model(), world.start());
  Promises promises;
  std::vector<std::uint64_t> cuts;
  if (first_cut == 0) cuts.push_back(0);
  for (std::uint64_t i = 0; i < entries.size(); ++i) {
    const std::uint64_t medium_before = medium.revision();
    const std::uint64_t promises_before = promises.revision();
    medium.apply(entries[i]);
    promises.apply(entries[i]);
    const bool has_changed = medium.revision() != medium_before || promises.revision() != promises_before;
    if (has_changed && i + 1 >= first_cut) cuts.push_back(i + 1);
  }
  if (cuts.empty() || cuts.back() != entries.size()) cuts.push_back(entries.size());
  return cuts;
}

}  // namespace wallop::scenarios
