// SPDX-License-Identifier: Apache-2.0
// The search itself: worlds within worlds on a stack, verdicts remembered, failures kept, made small and
// told.
#include "scenarios/run/explore.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/choices.h"
#include "base/ensure.h"
#include "base/units.h"
#include "scenarios/run/crash_walk.h"
#include "scenarios/run/story.h"
#include "scenarios/run/verdicts.h"
#include "sim/explore/shrink.h"

namespace wallop::scenarios {
namespace {

constexpr std::uint64_t kSamplesDefault = 10'000;
constexpr std::uint64_t kShrinkTriesMax = 1'000;
// States between two looks at the clock.
constexpr std::uint64_t kStatesPerLook = 64;
// Verdicts that are remembered; beyond, equal states are recovered from again.
constexpr std::size_t kRememberedMax = 4'000'000;

// Equal states have equal verdicts, and so has everything below them.
struct StateKey {
  std::uint64_t disk = 0;
  std::uint64_t promises = 0;  // Their revision in the workload's world, and in the one at hand.
  std::uint64_t promises_here = 0;
  std::uint64_t accepted_lsn = 0;
  std::uint64_t promised_lsn = 0;
  std::uint64_t depth_left = 0;
  bool operator==(const StateKey&) const = default;
};
struct StateHash {
  std::size_t operator()(const StateKey& key) const {
    return key.disk ^ (key.promises * 0x9e3779b97f4a7c15) ^ (key.promised_lsn << 32) ^ key.depth_left ^
           (key.promises_here << 16) ^ (key.accepted_lsn << 48);
  }
};
struct Remembered {
  bool has_failed = false;
  Loss loss = Loss::none;
};

// One world that crashes: level 0 is the workload's, the others are recoveries.
struct Level {
  std::unique_ptr<sim::World> world;  // Of a recovery.
  CrashWalk walk;
};

// Failures that differ in numbers alone are one.
std::string kind_of(const Finding& finding) {
  std::string kind = finding.oracle + ": " + finding.what;
  std::erase_if(kind, [](char c) { return '0' <= c && c <= '9'; });
  return kind;
}

class Exploration {
 public:
  Exploration(const LoadedScenario& loaded, const ExploreOptions& options)
      : options_(options),
        explore_(loaded.scenario.explore.value_or(Explore{})),
        states_max_(explore_.budget_states ? explore_.budget_states->value
                                           : options.states_max.value_or(~std::uint64_t{0})),
        subject_(loaded.scenario, options.seed),
        workload_(world_options(loaded.scenario, options.seed)) {
    explored_.result = begin_result(loaded, options.seed);
  }

  Explored run() {
    const io::Instant began = options_.wall_clock ? options_.wall_clock() : io::Instant{};
    if (options_.budget) deadline_ = began + *options_.budget;
    const std::string trouble = run_workload(workload_, subject_.scenario(), subject_.seed());
    reports::ScenarioResult& result = explored_.result;
    result.virtual_time = workload_.scheduler().now() - io::Instant{};
    result.journal_entries = workload_.journal().count();
    result.journal_hash = fmt::format("{:016x}", workload_.journal().hash());
    if (!trouble.empty()) {
      add_trouble(result, "opens", trouble);
    } else {
      walk();
      count(began);
      conclude_failures();
    }
    conclude(result);
    if (trouble.empty() && result.status == reports::Status::pass && !result.expected_failure)
      result.summary = in_words();
    return std::move(explored_);
  }

 private:
  // ---- The walk ----

  void walk() {
    levels_.push_back({nullptr, CrashWalk(subject_, workload_, Promises(), first_plan())});
    while (!levels_.empty() && !is_over()) {
      if (levels_.back().walk.next()) {
        visit();
      } else {
        leave();
      }
    }
    while (!levels_.empty()) leave();
  }

  void leave() {
    if (levels_.size() == 1) {
      states_.cuts = levels_.back().walk.cut_count();
    }
    bounded_count_ += levels_.back().walk.bounded_count();
    levels_.pop_back();
  }

  void visit() {
    CrashWalk& walk = levels_.back().walk;
    const std::uint64_t depth_left = explore_.recovery_depth.value - (levels_.size() - 1);
    const Promises& promises = walk.promises();
    const StateKey key{walk.disk().hash_with_extents(),
                       levels_.front().walk.promises().revision(),
                       promises.revision(),
                       promises.accepted_lsn(),
                       promises.promised_lsn(),
                       depth_left};
    ++states_.images;
    if (const auto known = remembered_.find(key); known != remembered_.end()) return tally(known->second);
    ++states_.distinct;
    Recovery recovery = recover(subject_, walk.disk(), levels_.size(), promises,
                                depth_left > 0 ? sim::JournalMode::full : sim::JournalMode::hash);
    const Remembered verdict{recovery.finding.failed(), recovery.finding.loss};
    if (remembered_.size() < kRememberedMax) remembered_.emplace(key, verdict);
    tally(verdict);
    if (verdict.has_failed) return keep(recovery.finding);
    passed_ = recovery.finding;
    if (depth_left > 0) descend(std::move(recovery));
  }

  void tally(const Remembered& verdict) {
    states_.failures += verdict.has_failed ? 1 : 0;
    states_.silent += verdict.loss == Loss::silent ? 1 : 0;
    states_.undetectable += verdict.loss == Loss::undetectable ? 1 : 0;
    told_ += verdict.loss == Loss::told ? 1 : 0;
  }

  void descend(Recovery recovery) {
    CrashWalk::Plan plan;
    plan.first_cut = 1;
    plan.promised_at_end = recovery.durable_lsn;
    plan.images_max = images_max();
    plan.seed = draw("explore.nested", states_.images);
    sim::World& world = *recovery.world;
    if (explore_.strategy == Strategy::sampled) {
      const std::vector<std::uint64_t> cuts = distinct_cuts(subject_, world, 1);
      plan.cuts = {{cuts[below(cuts.size(), "explore.nested_cut", states_.images)], 1}};
    }
    const Promises promises = levels_.back().walk.promises();
    levels_.push_back({std::move(recovery.world), CrashWalk(subject_, world, promises, std::move(plan))});
  }

  void keep(const Finding& finding) {
    if (!kinds_.insert(kind_of(finding)).second) return;
    Counterexample failure;
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      for (sim::Answer& answer : levels_[level].walk.answers(level))
        failure.answers.push_back(std::move(answer));
    }
    failure.finding = finding;
    failure.journal_entries = levels_.front().walk.cut();
    failure.scenario = subject_.scenario();
    explored_.failures.push_back(std::move(failure));
  }

  // ---- Plans and bounds ----

  CrashWalk::Plan first_plan() {
    CrashWalk::Plan plan;
    plan.seed = draw("explore.images", 0);
    plan.images_max = images_max();
    if (explore_.strategy == Strategy::sampled) {
      plan.cuts = sampled_cuts();
    } else if (explore_.cuts_max) {
      plan.cuts = spread_cuts();
    }
    return plan;
  }

  std::vector<PlannedCut> sampled_cuts() {
    const std::vector<std::uint64_t> cuts = distinct_cuts(subject_, workload_, 0);
    const std::uint64_t samples = explore_.samples ? explore_.samples->value : kSamplesDefault;
    std::vector<PlannedCut> planned;
    for (const std::uint64_t cut : cuts) planned.push_back({cut, 0});
    for (std::uint64_t i = 0; i < samples; ++i) ++planned[below(cuts.size(), "explore.cut", i)].draws;
    std::erase_if(planned, [](const PlannedCut& cut) { return cut.draws == 0; });
    bounds_.push_back(
        fmt::format("{} samples of {} cuts", base::with_commas(samples), base::with_commas(cuts.size())));
    return planned;
  }

  // So many cuts as are allowed, evenly over the run.
  std::vector<PlannedCut> spread_cuts() {
    const std::vector<std::uint64_t> cuts = distinct_cuts(subject_, workload_, 0);
    const std::uint64_t count = std::min<std::uint64_t>(explore_.cuts_max->value, cuts.size());
    if (count < cuts.size())
      bounds_.push_back(
          fmt::format("{} of {} cuts", base::with_commas(count), base::with_commas(cuts.size())));
    std::vector<PlannedCut> planned;
    for (std::uint64_t i = 0; i < count; ++i) planned.push_back({cuts[(i + 1) * cuts.size() / count - 1], 0});
    return planned;
  }

  [[nodiscard]] std::uint64_t images_max() const {
    return explore_.images_max ? explore_.images_max->value : ~std::uint64_t{0};
  }

  // Whether to stop, and why.
  bool is_over() {
    if (explored_.failures.size() >= options_.failures_max) {
      bounds_.push_back(fmt::format("stopped at {} different failures", explored_.failures.size()));
    } else if (states_.images >= states_max_) {
      bounds_.push_back(fmt::format("stopped after {} states", base::with_commas(states_.images)));
    } else if (states_.images < next_look_) {
      return false;
    } else {
      next_look_ = states_.images + kStatesPerLook;
      if (options_.progress) options_.progress(states_.images, states_.failures);
      is_interrupted_ = options_.interrupted && options_.interrupted();
      const bool is_late = deadline_ && options_.wall_clock && options_.wall_clock() >= *deadline_;
      if (!is_interrupted_ && !is_late) return false;
      bounds_.emplace_back(is_interrupted_ ? "interrupted" : "stopped when its time was over");
    }
    return true;
  }

  std::uint64_t draw(std::string_view purpose, std::uint64_t ordinal) const {
    return base::Seeded(subject_.seed()).bits(base::site_number(purpose), ordinal);
  }
  std::uint64_t below(std::uint64_t bound, std::string_view purpose, std::uint64_t ordinal) const {
    return base::Seeded(subject_.seed()).below(bound, base::site_number(purpose), ordinal);
  }

  // ---- What came of it ----

  void count(io::Instant began) {
    if (options_.progress) options_.progress(states_.images, states_.failures);
    const bool is_exhaustive = explore_.strategy == Strategy::exhaustive;
    states_.strategy = is_exhaustive ? "exhaustive" : "sampled";
    states_.recovery_depth = explore_.recovery_depth.value;
    if (bounded_count_ > 0) {
      bounds_.push_back(fmt::format("{} cuts with more than {} images: so many drawn by the seed",
                                    base::with_commas(bounded_count_), base::with_commas(images_max())));
    }
    for (const std::string& bound : bounds_) states_.bounds += (states_.bounds.empty() ? "" : ", ") + bound;
    states_.all = bounds_.empty();
    if (options_.wall_clock) {
      const auto took =
          std::chrono::duration_cast<std::chrono::microseconds>(options_.wall_clock() - began).count();
      if (took > 0) states_.states_per_second = states_.images * 1'000'000 / static_cast<std::uint64_t>(took);
    }
    explored_.result.states = states_;
  }

  void conclude_failures() {
    for (Counterexample& failure : explored_.failures) make_small(failure);
    const Expect& expect = subject_.scenario().expect;
    // A canary is judged by the failure that it must show, where there are several.
    const auto shown = std::ranges::find_if(explored_.failures, [&](const Counterexample& failure) {
      return expect.verdict == Outcome::fail && expect.oracle == failure.finding.oracle;
    });
    const bool has_failed = !explored_.failures.empty();
    const auto first = shown != explored_.failures.end() ? shown : explored_.failures.begin();
    add_oracles(explored_.result, expect, subject_.judged(), has_failed ? first->finding : passed_);
    if (subject_.judged().blame == Blame::world) add_losses(explored_.result, told_, states_);
    add_receipts(explored_.result, subject_.scenario(), workload_.plan().receipts());
    if (has_failed) {
      const Reached reached = reach(subject_, workload_, first->answers);
      explored_.result.story = tell(subject_, workload_, reached, first->shrunk_from);
    }
    if (is_interrupted_) {
      reports::Verdict verdict;
      verdict.status = reports::Status::inconclusive;
      verdict.id = "interrupted";
      verdict.remark = "stopped before its end";
      explored_.result.verdicts.push_back(std::move(verdict));
    }
  }

  // The same oracle must go on failing; the cut is an answer like any other, so the run gets shorter too.
  void make_small(Counterexample& failure) {
    const std::string oracle = failure.finding.oracle;
    const auto still_fails = [&](const sim::Answers& answers) {
      return reach(subject_, workload_, answers).finding().oracle == oracle;
    };
    base::ensure(still_fails(failure.answers),
                 "a state that failed fails again: nothing but its answers matters");
    failure.answers = sim::shrink(std::move(failure.answers), still_fails, kShrinkTriesMax).answers;
    const Reached reached = reach(subject_, workload_, failure.answers);
    failure.finding = reached.finding();
    failure.shrunk_from = std::max(failure.journal_entries, workload_.journal().count());
    failure.journal_entries = reached.losses.front().cut;
  }

  [[nodiscard]] std::string in_words() const {
    if (states_.all) return fmt::format("all {} states", base::with_commas(states_.images));
    return fmt::format("sampled {} states ({})", base::with_commas(states_.images), states_.bounds);
  }

  const ExploreOptions& options_;
  Explore explore_;
  std::uint64_t states_max_;
  Subject subject_;
  sim::World workload_;
  std::optional<io::Instant> deadline_;
  std::vector<Level> levels_;
  std::unordered_map<StateKey, Remembered, StateHash> remembered_;
  std::set<std::string> kinds_;
  reports::StateCount states_;
  std::uint64_t told_ = 0;  // Losses that recovery named.
  std::vector<std::string> bounds_;
  std::uint64_t bounded_count_ = 0;
  std::uint64_t next_look_ = kStatesPerLook;
  bool is_interrupted_ = false;
  Finding passed_;
  Explored explored_;
};

}  // namespace

Explored explore(const LoadedScenario& scenario, const ExploreOptions& options) {
  return Exploration(scenario, options).run();
}

}  // namespace wallop::scenarios
