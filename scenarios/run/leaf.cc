// SPDX-License-Identifier: Apache-2.0
// Schedules drawn, remembered and repeated, and the runs under them.
#include "scenarios/run/leaf.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/choices.h"

namespace wallop::scenarios {
namespace {

constexpr std::uint64_t kDepthDefault = 3;
// Where a list of answers is repeated, any step that it names is one.
constexpr std::uint64_t kAnyLength = ~std::uint64_t{0} - 1;

std::uint64_t schedule_seed(std::uint64_t seed, std::uint64_t ordinal) {
  return base::Seeded(seed).bits(base::site_number("run.schedule"), ordinal);
}

Leaf run_leaf(const Subject& subject, std::unique_ptr<Scheduling> scheduling) {
  sim::WorldOptions options = world_options(subject.scenario(), subject.seed());
  options.scheduling = scheduling->options();
  Leaf leaf;
  leaf.scheduling = std::move(scheduling);
  leaf.world = std::make_unique<sim::World>(std::move(options));
  leaf.end = run_workload(*leaf.world, subject.scenario(), subject.seed());
  return leaf;
}

Schedule wanted_schedule(const Scenario& scenario) {
  return scenario.schedule.value_or(Schedule{});
}

}  // namespace

Scheduling::Scheduling(const Schedule& schedule, std::uint64_t seed, std::uint64_t ordinal,
                       std::uint64_t length, Drawn drawn)
    : schedule_(schedule), length_(schedule.length ? schedule.length->value : length) {
  if (schedule_.kind == ScheduleKind::run_to_block) return;
  seeded_.emplace(schedule_seed(seed, ordinal));
  if (drawn == Drawn::remembered) recording_.emplace(*seeded_, 0);
}

Scheduling::Scheduling(const Schedule& schedule, sim::Answers answers)
    : schedule_(schedule), length_(kAnyLength), answers_(std::move(answers)) {
  if (schedule_.kind != ScheduleKind::run_to_block) replay_.emplace(answers_, 0);
}

sim::SchedulerOptions Scheduling::options() {
  sim::SchedulerOptions options;
  if (schedule_.steps_max) options.step_max = schedule_.steps_max->value;
  if (schedule_.quiet_steps_max) options.quiet_step_max = schedule_.quiet_steps_max->value;
  if (seeded_) options.chooser = &*seeded_;
  if (recording_) options.chooser = &*recording_;
  if (replay_) options.chooser = &*replay_;
  if (options.chooser == nullptr) return options;
  const bool is_pct = schedule_.kind == ScheduleKind::pct;
  options.schedule = is_pct ? sim::Schedule::pct : sim::Schedule::seeded;
  options.pct_depth = depth_of(schedule_);
  options.pct_length = length_;
  return options;
}

std::uint64_t depth_of(const Schedule& schedule) {
  return schedule.depth ? schedule.depth->value : kDepthDefault;
}

bool is_of_schedule(const sim::Answer& answer) {
  return answer.site.starts_with("schedule.") || answer.site.starts_with("pct.");
}

sim::Answers schedule_of(const sim::Answers& answers) {
  sim::Answers schedule;
  std::ranges::copy_if(answers, std::back_inserter(schedule), is_of_schedule);
  return schedule;
}

sim::Answers crash_of(const sim::Answers& answers) {
  sim::Answers crash;
  std::ranges::remove_copy_if(answers, std::back_inserter(crash), is_of_schedule);
  return crash;
}

std::uint64_t schedule_length(const Scenario& scenario, std::uint64_t seed) {
  const Schedule schedule = wanted_schedule(scenario);
  if (schedule.length) return schedule.length->value;
  if (schedule.kind != ScheduleKind::pct) return 0;
  const Subject subject(scenario, seed);
  return run_leaf(subject, std::make_unique<Scheduling>(schedule)).world->scheduler().step_count();
}

Leaf draw_leaf(const Subject& subject, std::uint64_t ordinal, std::uint64_t length) {
  Leaf leaf =
      run_leaf(subject, std::make_unique<Scheduling>(wanted_schedule(subject.scenario()), subject.seed(),
                                                     ordinal, length, Scheduling::Drawn::remembered));
  leaf.schedule = leaf.scheduling->drawn();
  return leaf;
}

Leaf repeat_leaf(const Subject& subject, const sim::Answers& schedule) {
  Leaf leaf = run_leaf(subject, std::make_unique<Scheduling>(wanted_schedule(subject.scenario()), schedule));
  leaf.schedule = schedule;
  return leaf;
}

}  // namespace wallop::scenarios
