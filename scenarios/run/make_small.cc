// SPDX-License-Identifier: Apache-2.0
// The schedule, then the crash.
#include "scenarios/run/make_small.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/ensure.h"
#include "scenarios/run/leaf_walk.h"
#include "sim/explore/shrink.h"

namespace wallop::scenarios {
namespace {

constexpr std::uint64_t kShrinkTriesMax = 1'000;
// Of schedules, each of which is a run of the workload; and of the crash states walked for all of them.
constexpr std::uint64_t kScheduleTriesMax = 500;
constexpr std::uint64_t kScheduleStatesMax = 100'000;

class MakeSmall {
 public:
  MakeSmall(const Subject& subject, Counterexample& failure, const ExploreOptions& options)
      : subject_(subject), failure_(failure), oracle_(failure.finding.oracle) {
    quiet_.interrupted = options.interrupted;
  }

  void run() {
    sim::Answers schedule = schedule_of(failure_.answers);
    Leaf leaf = repeat_leaf(subject_, schedule);
    const std::uint64_t entries = std::max(failure_.journal_entries, leaf.world->journal().count());
    sim::Answers crash = crash_of(failure_.answers);
    base::ensure(fails(leaf, crash), "a state that failed fails again: nothing but its answers matters");
    if (!schedule.empty()) {
      std::tie(schedule, crash) = calmer(std::move(schedule), std::move(crash));
      leaf = repeat_leaf(subject_, schedule);
    }
    if (!failure_.of_run) crash = earlier(leaf, std::move(crash));
    conclude(leaf, std::move(schedule), std::move(crash), entries);
  }

 private:
  // The run itself, or that crash of it.
  bool fails(const Leaf& leaf, const sim::Answers& crash) {
    if (failure_.of_run || leaf.end.failed()) return failure_.of_run && leaf.end.oracle == oracle_;
    return reach(subject_, *leaf.world, crash).finding().oracle == oracle_;
  }

  // The same crash first; where that holds, any other one.
  std::optional<sim::Answers> failing_crash(const Leaf& leaf, const sim::Answers& known) {
    if (fails(leaf, known)) return known;
    if (failure_.of_run || leaf.end.failed() || states_left_ == 0) return std::nullopt;
    const WalkLimits limits{.states_max = states_left_, .failures_max = 100, .oracle = oracle_};
    const Walked walked = walk_leaf(subject_, leaf, limits, quiet_);
    states_left_ -= std::min(states_left_, walked.states.images);
    const auto found = std::ranges::find_if(
        walked.failures, [&](const Counterexample& failure) { return failure.finding.oracle == oracle_; });
    if (found == walked.failures.end()) return std::nullopt;
    return crash_of(found->answers);
  }

  std::pair<sim::Answers, sim::Answers> calmer(sim::Answers schedule, sim::Answers crash) {
    const auto still_fails = [&](const sim::Answers& candidate) {
      auto failing = failing_crash(repeat_leaf(subject_, candidate), crash);
      if (failing) crash = std::move(*failing);
      return failing.has_value();
    };
    schedule = sim::shrink(std::move(schedule), still_fails, kScheduleTriesMax).answers;
    return {std::move(schedule), std::move(crash)};
  }

  sim::Answers earlier(const Leaf& leaf, sim::Answers crash) {
    const auto still_fails = [&](const sim::Answers& candidate) { return fails(leaf, candidate); };
    return sim::shrink(std::move(crash), still_fails, kShrinkTriesMax).answers;
  }

  void conclude(const Leaf& leaf, sim::Answers schedule, sim::Answers crash, std::uint64_t entries) {
    failure_.shrunk_from = entries;
    if (failure_.of_run) {
      failure_.finding = leaf.end;
      failure_.journal_entries = leaf.world->journal().count();
    } else {
      const Reached reached = reach(subject_, *leaf.world, crash);
      failure_.finding = reached.finding();
      failure_.journal_entries = reached.losses.front().cut;
    }
    failure_.answers = std::move(schedule);
    std::ranges::move(crash, std::back_inserter(failure_.answers));
  }

  const Subject& subject_;
  Counterexample& failure_;
  std::string oracle_;
  ExploreOptions quiet_;  // Says nothing, and has no end but its bounds.
  std::uint64_t states_left_ = kScheduleStatesMax;
};

}  // namespace

void make_small(const Subject& subject, Counterexample& failure, const ExploreOptions& options) {
  MakeSmall(subject, failure, options).run();
}

}  // namespace wallop::scenarios
