// SPDX-License-Identifier: Apache-2.0
// The outer tree: runs under one schedule after the other, or side by side; what they came to is put together
// in their order, so that nothing hangs on who was first.
#include "scenarios/run/explore.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "base/choices.h"
#include "base/units.h"
#include "scenarios/run/double_check.h"
#include "scenarios/run/leaf_walk.h"
#include "scenarios/run/make_small.h"
#include "scenarios/run/story.h"
#include "scenarios/run/verdicts.h"

namespace wallop::scenarios {
namespace {

// One in so many schedules is run again.
constexpr std::uint64_t kSchedulesPerDoubleCheck = 20;

// What one schedule came to.
struct LeafOutcome {
  bool is_known = false;  // Its run was like an earlier one: not walked.
  std::uint64_t journal_hash = 0, journal_entries = 0;
  base::Duration virtual_time{};
  Finding end;
  sim::Answers schedule;
  std::vector<faults::Receipt> receipts;
  Walked walked;
  std::string nondeterminism;
};

class Exploration {
 public:
  Exploration(const LoadedScenario& loaded, const ExploreOptions& options)
      : options_(options),
        explore_(loaded.scenario.explore.value_or(Explore{})),
        states_max_(explore_.budget_states ? explore_.budget_states->value
                                           : options.states_max.value_or(~std::uint64_t{0})),
        schedule_count_(explore_.schedules ? explore_.schedules->value : 1),
        subject_(loaded.scenario, options.seed) {
    explored_.result = begin_result(loaded, options.seed);
  }

  Explored run() {
    const io::Instant began = options_.wall_clock ? options_.wall_clock() : io::Instant{};
    if (options_.budget) deadline_ = began + *options_.budget;
    length_ = schedule_length(subject_.scenario(), subject_.seed());
    outcomes_.resize(schedule_count_);
    side_by_side();
    count(began);
    conclude_failures();
    reports::ScenarioResult& result = explored_.result;
    result.journal_hash = fmt::format("{:016x}", hash_);
    conclude(result);
    if (result.status == reports::Status::pass && !result.expected_failure) result.summary = in_words();
    return std::move(explored_);
  }

 private:
  // ---- The leaves ----

  void side_by_side() {
    const auto work = [this](std::size_t i) { outcomes_[i] = walk(i); };
    const auto finished = [this](std::size_t i) { return add(std::exchange(outcomes_[i], {}), i); };
    if (options_.side_by_side && schedule_count_ > 1)
      return options_.side_by_side(schedule_count_, work, finished);
    for (std::size_t i = 0; i < schedule_count_; ++i) {
      work(i);
      if (!finished(i)) return;
    }
  }

  // On any thread.
  LeafOutcome walk(std::uint64_t ordinal) {
    const Leaf leaf = draw_leaf(subject_, ordinal, length_);
    LeafOutcome outcome;
    outcome.journal_hash = leaf.world->journal().hash();
    outcome.journal_entries = leaf.world->journal().count();
    outcome.virtual_time = leaf.world->scheduler().now() - io::Instant{};
    outcome.end = leaf.end;
    outcome.schedule = leaf.schedule;
    outcome.receipts = leaf.world->plan().receipts();
    if (options_.double_check && ordinal % kSchedulesPerDoubleCheck == 0) {
      const Leaf again = draw_leaf(subject_, ordinal, length_);
      outcome.nondeterminism = first_difference(*leaf.world, *again.world);
    }
    outcome.is_known = is_known(outcome.journal_hash);
    if (leaf.end.failed() || outcome.is_known) return outcome;
    outcome.walked = walk_leaf(subject_, leaf, limits(states_max_), one_by_one());
    return outcome;
  }

  [[nodiscard]] WalkLimits limits(std::uint64_t states_max) const {
    WalkLimits limits{.states_max = states_max, .failures_max = options_.failures_max, .deadline = deadline_};
    if (schedule_count_ > 1 && is_canary()) limits.oracle = subject_.scenario().expect.oracle;
    return limits;
  }
  [[nodiscard]] bool is_canary() const { return subject_.scenario().expect.verdict == Outcome::fail; }

  // Progress is told of one walk by the walk itself, of many as each is added.
  [[nodiscard]] ExploreOptions one_by_one() const {
    ExploreOptions options = options_;
    if (schedule_count_ > 1) options.progress = {};
    return options;
  }

  [[nodiscard]] bool is_known(std::uint64_t journal_hash) {
    const std::lock_guard lock(known_mutex_);
    return known_.contains(journal_hash);
  }

  // In the order of schedules, one at a time. False: no more.
  bool add(LeafOutcome outcome, std::uint64_t ordinal) {
    states_.schedules = ordinal + 1;
    reports::ScenarioResult& result = explored_.result;
    result.virtual_time += outcome.virtual_time;
    result.journal_entries += outcome.journal_entries;
    hash_ = ordinal == 0 ? outcome.journal_hash
                         : base::Seeded(hash_).bits(base::site_number("explore.hash"), outcome.journal_hash);
    faults::add_receipts(receipts_, outcome.receipts);
    if (explored_.nondeterminism.empty() && !outcome.nondeterminism.empty())
      explored_.nondeterminism = fmt::format("schedule {}: {}", ordinal + 1, outcome.nondeterminism);
    {
      const std::lock_guard lock(known_mutex_);
      if (!known_.insert(outcome.journal_hash).second) return goes_on();
    }
    // It walked on as if it were alone: what is over the bound does not count.
    const std::uint64_t left = states_max_ - states_.images;
    if (outcome.walked.states.images > left) outcome.walked = walk_again(ordinal, left);
    if (outcome.end.failed()) {
      Counterexample failure;
      failure.answers = outcome.schedule;
      failure.finding = outcome.end;
      failure.of_run = true;
      failure.journal_entries = outcome.journal_entries;
      keep(std::move(failure), 0);
    }
    add(std::move(outcome.walked));
    return goes_on();
  }

  Walked walk_again(std::uint64_t ordinal, std::uint64_t states_max) {
    return walk_leaf(subject_, draw_leaf(subject_, ordinal, length_), limits(states_max), one_by_one());
  }

  void add(Walked walked) {
    for (Counterexample& failure : walked.failures) keep(std::move(failure), walked.first_failure);
    faults::add_receipts(receipts_, walked.receipts);
    states_.cuts += walked.states.cuts;
    states_.images += walked.states.images;
    states_.distinct += walked.states.distinct;
    states_.failures += walked.states.failures;
    states_.silent += walked.states.silent;
    states_.undetectable += walked.states.undetectable;
    told_ += walked.told;
    bounded_count_ += walked.bounded;
    for (std::string& bound : walked.bounds) {
      if (std::ranges::find(bounds_, bound) == bounds_.end()) bounds_.push_back(std::move(bound));
    }
    if (explored_.nondeterminism.empty()) explored_.nondeterminism = std::move(walked.nondeterminism);
    is_interrupted_ = is_interrupted_ || walked.is_interrupted;
    passed_ = std::move(walked.passed);
    if (options_.progress) options_.progress(states_.images, states_.failures);
  }

  // `state`: which one of its own run showed the first failure there; 0: the run itself.
  void keep(Counterexample failure, std::uint64_t state) {
    if (states_.first_failure_schedule == 0) {
      states_.first_failure_schedule = states_.schedules;
      states_.first_failure_state = state == 0 ? 0 : states_.images + state;
    }
    has_shown_ = has_shown_ || (is_canary() && failure.finding.oracle == subject_.scenario().expect.oracle);
    if (explored_.failures.size() >= options_.failures_max) return;
    if (kinds_.insert(kind_of(failure.finding)).second) explored_.failures.push_back(std::move(failure));
  }

  [[nodiscard]] bool goes_on() {
    if (states_.schedules == schedule_count_) return false;
    const bool is_late = deadline_ && options_.wall_clock && options_.wall_clock() >= *deadline_;
    is_interrupted_ = is_interrupted_ || (options_.interrupted && options_.interrupted());
    return !is_late && !is_interrupted_ && !has_shown_ && explored_.failures.size() < options_.failures_max &&
           states_.images < states_max_;
  }

  // ---- What came of it ----

  void count(io::Instant began) {
    const bool is_exhaustive = explore_.strategy == Strategy::exhaustive;
    const bool draws_schedules = schedule_count_ > 1;
    states_.strategy = is_exhaustive && !draws_schedules ? "exhaustive" : "sampled";
    states_.recovery_depth = explore_.recovery_depth.value;
    states_.schedules_asked = schedule_count_;
    states_.schedules_distinct = known_.size();
    if (bounded_count_ > 0) {
      bounds_.push_back(fmt::format("{} cuts with more than {} images: so many drawn by the seed",
                                    base::with_commas(bounded_count_),
                                    base::with_commas(explore_.images_max ? explore_.images_max->value : 0)));
    }
    if (draws_schedules) bounds_.insert(bounds_.begin(), schedules_in_words());
    for (const std::string& bound : bounds_) states_.bounds += (states_.bounds.empty() ? "" : ", ") + bound;
    states_.all = bounds_.empty();
    if (options_.wall_clock) {
      const auto took =
          std::chrono::duration_cast<std::chrono::microseconds>(options_.wall_clock() - began).count();
      if (took > 0) states_.states_per_second = states_.images * 1'000'000 / static_cast<std::uint64_t>(took);
    }
    const bool had_trouble = states_.images == 0 && !explored_.failures.empty() && !draws_schedules;
    if (!had_trouble) explored_.result.states = states_;
  }

  [[nodiscard]] std::string schedules_in_words() const {
    const Schedule schedule = subject_.scenario().schedule.value_or(Schedule{});
    const std::string how =
        schedule.kind == ScheduleKind::pct ? fmt::format("pct of depth {}", depth_of(schedule)) : "seeded";
    const std::string of =
        states_.schedules == schedule_count_ ? "" : fmt::format(" of {}", base::with_commas(schedule_count_));
    return fmt::format("{}{} schedules drawn, {}", base::with_commas(states_.schedules), of, how);
  }

  void conclude_failures() {
    for (Counterexample& failure : explored_.failures) {
      make_small(subject_, failure, options_);
      failure.scenario = subject_.scenario();
    }
    const Expect& expect = subject_.scenario().expect;
    // A canary is judged by the failure that it must show, where there are several.
    const auto shown = std::ranges::find_if(explored_.failures, [&](const Counterexample& failure) {
      return expect.verdict == Outcome::fail && expect.oracle == failure.finding.oracle;
    });
    const bool has_failed = !explored_.failures.empty();
    const auto first = shown != explored_.failures.end() ? shown : explored_.failures.begin();
    reports::ScenarioResult& result = explored_.result;
    if (has_failed && first->of_run) {
      add_ending(result, expect, first->finding);
    } else {
      add_oracles(result, expect, subject_.judged(), has_failed ? first->finding : passed_);
    }
    if (subject_.judged().blame == Blame::world) add_losses(result, told_, states_);
    scenarios::add_receipts(result, subject_.scenario(), receipts_);
    if (has_failed) tell_first(*first);
    if (is_interrupted_) {
      reports::Verdict verdict;
      verdict.status = reports::Status::inconclusive;
      verdict.id = "interrupted";
      verdict.remark = "stopped before its end";
      result.verdicts.push_back(std::move(verdict));
    }
  }

  void tell_first(const Counterexample& failure) {
    const Leaf leaf = repeat_leaf(subject_, schedule_of(failure.answers));
    if (failure.of_run) {
      explored_.result.story = tell_ending(subject_, *leaf.world, leaf.end);
      explored_.result.story->shrunk_from = failure.shrunk_from;
    } else {
      const Reached reached = reach(subject_, *leaf.world, crash_of(failure.answers));
      explored_.result.story = tell(subject_, *leaf.world, reached, failure.shrunk_from);
    }
  }

  [[nodiscard]] std::string in_words() const {
    if (states_.all) return fmt::format("all {} states", base::with_commas(states_.images));
    return fmt::format("sampled {} states ({})", base::with_commas(states_.images), states_.bounds);
  }

  const ExploreOptions& options_;
  Explore explore_;
  std::uint64_t states_max_, schedule_count_;
  Subject subject_;
  std::uint64_t length_ = 0;  // Of a run, in steps.
  std::optional<io::Instant> deadline_;
  std::vector<LeafOutcome> outcomes_;  // Of those that are walked and not added yet.
  std::mutex known_mutex_;
  std::set<std::uint64_t> known_;  // Journals that were added.
  std::uint64_t hash_ = 0;
  std::set<std::string> kinds_;
  reports::StateCount states_;
  std::vector<faults::Receipt> receipts_;
  std::uint64_t told_ = 0, bounded_count_ = 0;
  std::vector<std::string> bounds_;
  bool is_interrupted_ = false, has_shown_ = false;
  Finding passed_;
  Explored explored_;
};

}  // namespace

Explored explore(const LoadedScenario& scenario, const ExploreOptions& options) {
  LoadedScenario drawn = scenario;
  drawn.scenario = with_swarm_drawn(std::move(drawn.scenario), options.seed);
  return Exploration(drawn, options).run();
}

}  // namespace wallop::scenarios
