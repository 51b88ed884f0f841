// SPDX-License-Identifier: Apache-2.0
// Worlds within worlds on a stack, verdicts remembered, failures kept.
#include "scenarios/run/leaf_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/choices.h"
#include "base/units.h"
#include "scenarios/run/crash_walk.h"
#include "scenarios/run/double_check.h"

namespace wallop::scenarios {
namespace {

constexpr std::uint64_t kSamplesDefault = 10'000;
// States between two looks at the clock.
constexpr std::uint64_t kStatesPerLook = 64;
// Verdicts that are remembered; beyond, equal states are recovered from again.
constexpr std::size_t kRememberedMax = 4'000'000;
// One in so many recoveries is made again.
constexpr std::uint64_t kStatesPerDoubleCheck = 20;

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

class LeafWalk {
 public:
  LeafWalk(const Subject& subject, const Leaf& leaf, const WalkLimits& limits, const ExploreOptions& options)
      : subject_(subject),
        leaf_(leaf),
        limits_(limits),
        options_(options),
        explore_(subject.scenario().explore.value_or(Explore{})) {}

  Walked run() {
    walk();
    walked_.states = states_;
    return std::move(walked_);
  }

 private:
  void walk() {
    levels_.push_back({nullptr, CrashWalk(subject_, *leaf_.world, Promises(), first_plan())});
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
    walked_.bounded += levels_.back().walk.bounded_count();
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
    const bool checks = options_.double_check && walked_.nondeterminism.empty() &&
                        states_.distinct % kStatesPerDoubleCheck == 0;
    ++states_.distinct;
    const auto mode = depth_left > 0 || checks ? sim::JournalMode::full : sim::JournalMode::hash;
    Recovery recovery = recover(subject_, walk.disk(), levels_.size(), promises, mode);
    faults::add_receipts(walked_.receipts, recovery.world->plan().receipts());
    if (checks) double_check(walk, recovery, promises);
    const Remembered verdict{recovery.finding.failed(), recovery.finding.loss};
    if (remembered_.size() < kRememberedMax) remembered_.emplace(key, verdict);
    tally(verdict);
    if (verdict.has_failed) return keep(recovery.finding);
    walked_.passed = recovery.finding;
    if (depth_left > 0) descend(std::move(recovery));
  }

  // The same recovery once more.
  void double_check(const CrashWalk& walk, const Recovery& first, const Promises& promises) {
    const Recovery again = recover(subject_, walk.disk(), levels_.size(), promises, sim::JournalMode::full);
    const std::string difference = first_difference(*first.world, *again.world);
    if (difference.empty()) return;
    walked_.nondeterminism =
        fmt::format("recovery from power loss after entry {}: {}", walk.cut(), difference);
  }

  void tally(const Remembered& verdict) {
    states_.failures += verdict.has_failed ? 1 : 0;
    states_.silent += verdict.loss == Loss::silent ? 1 : 0;
    states_.undetectable += verdict.loss == Loss::undetectable ? 1 : 0;
    walked_.told += verdict.loss == Loss::told ? 1 : 0;
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
    failure.answers = leaf_.schedule;
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      for (sim::Answer& answer : levels_[level].walk.answers(level))
        failure.answers.push_back(std::move(answer));
    }
    failure.finding = finding;
    failure.journal_entries = levels_.front().walk.cut();
    failure.scenario = subject_.scenario();
    if (walked_.failures.empty()) walked_.first_failure = states_.images;
    has_shown_ = has_shown_ || finding.oracle == limits_.oracle;
    walked_.failures.push_back(std::move(failure));
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
    const std::vector<std::uint64_t> cuts = distinct_cuts(subject_, *leaf_.world, 0);
    const std::uint64_t samples = explore_.samples ? explore_.samples->value : kSamplesDefault;
    std::vector<PlannedCut> planned;
    for (const std::uint64_t cut : cuts) planned.push_back({cut, 0});
    for (std::uint64_t i = 0; i < samples; ++i) ++planned[below(cuts.size(), "explore.cut", i)].draws;
    std::erase_if(planned, [](const PlannedCut& cut) { return cut.draws == 0; });
    walked_.bounds.push_back(
        fmt::format("{} samples of {} cuts", base::with_commas(samples), base::with_commas(cuts.size())));
    return planned;
  }

  // So many cuts as are allowed, evenly over the run.
  std::vector<PlannedCut> spread_cuts() {
    const std::vector<std::uint64_t> cuts = distinct_cuts(subject_, *leaf_.world, 0);
    const std::uint64_t count = std::min<std::uint64_t>(explore_.cuts_max->value, cuts.size());
    if (count < cuts.size())
      walked_.bounds.push_back(
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
    std::vector<std::string>& bounds = walked_.bounds;
    if (has_shown_) {
      bounds.push_back(fmt::format("stopped when {} failed", *limits_.oracle));
    } else if (walked_.failures.size() >= limits_.failures_max) {
      bounds.push_back(fmt::format("stopped at {} different failures", walked_.failures.size()));
    } else if (states_.images >= limits_.states_max) {
      bounds.push_back(fmt::format("stopped after {} states", base::with_commas(states_.images)));
    } else if (states_.images < next_look_) {
      return false;
    } else {
      next_look_ = states_.images + kStatesPerLook;
      if (options_.progress) options_.progress(states_.images, states_.failures);
      walked_.is_interrupted = options_.interrupted && options_.interrupted();
      const bool is_late =
          limits_.deadline && options_.wall_clock && options_.wall_clock() >= *limits_.deadline;
      if (!walked_.is_interrupted && !is_late) return false;
      bounds.emplace_back(walked_.is_interrupted ? "interrupted" : "stopped when its time was over");
    }
    return true;
  }

  std::uint64_t draw(std::string_view purpose, std::uint64_t ordinal) const {
    return base::Seeded(subject_.seed()).bits(base::site_number(purpose), ordinal);
  }
  std::uint64_t below(std::uint64_t bound, std::string_view purpose, std::uint64_t ordinal) const {
    return base::Seeded(subject_.seed()).below(bound, base::site_number(purpose), ordinal);
  }

  const Subject& subject_;
  const Leaf& leaf_;
  const WalkLimits& limits_;
  const ExploreOptions& options_;
  Explore explore_;
  std::vector<Level> levels_;
  std::unordered_map<StateKey, Remembered, StateHash> remembered_;
  std::set<std::string> kinds_;
  reports::StateCount states_;
  std::uint64_t next_look_ = kStatesPerLook;
  bool has_shown_ = false;
  Walked walked_;
};

}  // namespace

std::string kind_of(const Finding& finding) {
  std::string kind = finding.oracle + ": " + finding.what;
  std::erase_if(kind, [](char c) { return '0' <= c && c <= '9'; });
  return kind;
}

Walked walk_leaf(const Subject& subject, const Leaf& leaf, const WalkLimits& limits,
                 const ExploreOptions& options) {
  return LeafWalk(subject, leaf, limits, options).run();
}

}  // namespace wallop::scenarios
