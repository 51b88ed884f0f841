// SPDX-License-Identifier: Apache-2.0
// One run: the workload in its world, a disk that its end allows, recovery in a world of its own, and the
// verdict.
#include "scenarios/run/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/choices.h"
#include "base/ensure.h"
#include "base/units.h"
#include "faults/point_count.h"
#include "scenarios/run/crash_state.h"
#include "scenarios/run/drive.h"
#include "scenarios/run/leaf.h"
#include "scenarios/run/measure.h"
#include "scenarios/run/story.h"
#include "scenarios/run/verdicts.h"
#include "scenarios/run/watch.h"

namespace wallop::scenarios {
namespace {

using namespace std::chrono_literals;

// Runs of at most so many appends have every scheduling point decided by the seed, where they do not say.
constexpr std::uint64_t kScheduledAppendsMax = 50'000;

// Runs of more appends than this, or of nobody knows how many, keep the end of their journal alone: what the
// rest says is taken in as it comes, so that memory stays flat however long the run.
constexpr std::uint64_t kKeptAppendsMax = 50'000;
// Steps that an append may take, and what surrounds it: more are a livelock. The default bound is for runs of
// a few million.
constexpr std::uint64_t kStepsPerAppendMax = 1'000;
// More than the fibres of a workload still add once it is over: a deletion, and each that appends or reads.
// No more than that, as who writes round and round in little memory finds it in the processor's cache.
constexpr std::size_t kTailEntriesKept = 6'000;
constexpr std::size_t kTailEntriesPerFibre = 32;

// A seed for another purpose, from the run's own.
std::uint64_t derived(std::uint64_t seed, std::string_view purpose, std::uint64_t ordinal = 0) {
  return base::Seeded(seed).bits(base::site_number(purpose), ordinal);
}

// A workload without a rate is bounded by the engine's own work, but for the disk that costs nothing: there
// the engine costs nothing either, unless the scenario says so.
sim::Processors processors_of(const WorldSpec& world) {
  sim::Processors processors{.cpus = static_cast<std::uint32_t>(world.cpus.value), .costs = {}};
  if (world.cpu_costs) {
    processors.costs = *world.cpu_costs;
  } else if (world.disk.own && world.disk.own->cpu.work) {
    processors.costs = *world.disk.own->cpu.work;
  } else if (world.disk.name != kInstantDisk) {
    processors.costs = sim::typical_work_costs();
  }
  return processors;
}

// Appends that fall due, batches counted once; nothing where writers go as fast as the log lets them.
std::optional<std::uint64_t> appends_due(const Workload& workload) {
  if (!workload.duration) return workload.append_count();
  const auto seconds = static_cast<std::uint64_t>(
      std::chrono::ceil<std::chrono::seconds>(io::Duration(*workload.duration)).count());
  std::uint64_t due = 0;
  for (const Writers& group : workload.writers) {
    if (!group.rate) return std::nullopt;
    due += group.count.value * group.rate->per_second * seconds;
  }
  return due;
}

std::size_t fibre_count(const Workload& workload) {
  std::size_t count = 0;
  for (const Writers& group : workload.writers) count += group.count.value;
  for (const Readers& group : workload.readers) count += group.count.value;
  return count;
}

sim::WorldOptions machine_of(const Scenario& scenario) {
  sim::WorldOptions options;
  options.model = sim::find_model(scenario.world.model);
  options.disk = scenario.world.disk.spec();
  options.capacity_bytes = scenario.world.capacity.value;
  options.processors = processors_of(scenario.world);
  options.points = faults::counts_points();
  return options;
}

// The oracle that an ending breaks, and what it says.
struct EndingText {
  std::string_view oracle, reason;
};
EndingText text_of(sim::Ending ending) {
  switch (ending) {
    case sim::Ending::finished:
      return {"", ""};
    case sim::Ending::deadlock:
      return {"deadlock", "nobody can run, and nobody waits for time"};
    case sim::Ending::livelock:
      return {"livelock", "threads run and run, and nothing comes of it"};
    case sim::Ending::step_bound:
      return {"step_bound", "no end within the bound on steps"};
    case sim::Ending::ended:
      return {"ends", "the world was ended"};
  }
  return {"", ""};
}

// Those that everybody waits for come last: they are the runner's.
Finding end_of(sim::World& world, sim::Ending ending, const std::string& trouble) {
  Finding finding;
  if (ending == sim::Ending::finished) {
    finding.what = trouble;
    if (!trouble.empty()) finding.oracle = "opens";
    return finding;
  }
  finding.oracle = text_of(ending).oracle;
  finding.what = text_of(ending).reason;
  std::string_view before = ": ";
  for (const sim::FibreState& state : world.scheduler().states()) {
    if (state.id == sim::kMainFibre) continue;
    finding.what += fmt::format("{}{} {}", std::exchange(before, "; "), state.name, state.doing);
  }
  return finding;
}

// How the run ends for the disk: as the scenario says; without a crash the process ends, or, once the log is
// closed, even the power fails: what close() made durable must outlive that.
CrashKind crash_of(const Scenario& scenario) {
  if (scenario.crash) return scenario.crash->kind;
  return scenario.workload.close ? CrashKind::power_loss : CrashKind::process_crash;
}

class Run {
 public:
  Run(const LoadedScenario& loaded, std::uint64_t seed, const Interrupted& interrupted, Worlds* worlds)
      : scenario_(loaded.scenario),
        seed_(seed),
        interrupted_(interrupted),
        worlds_(worlds),
        scheduling_(schedule_of(scenario_), seed, 0, schedule_length(scenario_, seed),
                    Scheduling::Drawn::forgotten),
        result_(begin_result(loaded, seed)),
        judged_(judged_of(scenario_, seed)) {}

  reports::ScenarioResult run() {
    Driven driven;
    while (live(driven)) {  // Each restart is later than the one before, and before the end.
    }
    if (worlds_ != nullptr)
      worlds_->insert(worlds_->begin(), std::move_iterator(lives_.begin()), std::move_iterator(lives_.end()));
    return std::move(result_);
  }

 private:
  // The process ends, and the workload goes on.
  struct Restart {
    RestartKind kind = RestartKind::close;
    io::Duration at{};  // From the start of the workload.
  };

  // One life of the process; whether another one follows, which goes on from `driven`.
  bool live(Driven& driven) {
    const std::optional<Restart> restart = next_restart(driven);
    Life life;
    if (life_count_ > 0) life.before.emplace(driven, judged_, promises_, [this] { forget_life_before(); });
    life.crash = scenario_.crash;
    if (restart && restart->kind == RestartKind::close) {
      life.crash.reset();
      life.closes_at = restart->at;
    } else if (restart) {
      Crash& crash = life.crash.emplace();
      crash.kind = kind_of(restart->kind);
      crash.at = restart->at;
    }
    auto owned = std::make_unique<sim::World>(options(driven));
    sim::World& world = *owned;
    Drive drive(world, engine_of(scenario_), scenario_, seed_, life, interrupted_);
    world.when_added([&](const sim::Entry& entry) {
      if (drive.is_cut()) return;
      promises_.apply(entry);
      watch_.apply(entry);
    });
    const sim::Ending ending = world.run([&] { drive.run(); });
    world.when_added({});
    driven = drive.driven();
    const Finding end = end_of(world, ending, driven.trouble);
    lives_.push_back(std::move(owned));
    ++life_count_;
    const std::uint64_t hash = world.journal().hash();
    hash_ = life_count_ == 1 ? hash : derived(hash_, "run.life", hash);
    result_.journal_entries += world.journal().count();
    const bool goes_on =
        restart && !end.failed() && !driven.interrupted && !failed_to_recover(driven) && !has_breach(driven);
    if (!goes_on) {
      conclude_run(world, driven, end);
      return false;
    }
    base::Seeded chooser(derived(seed_, "run.restart", life_count_));
    lost_.emplace(left_of(world, driven, kind_of(restart->kind), promises_, chooser));
    if (restart->kind != RestartKind::power_loss) lost_->medium.end_process();
    ended_by_ = restart->kind;
    watch_.end_process();
    mark_restart(restart->kind, driven.ended.time_since_epoch());
    return true;
  }

  // For the chart: the first ones, where they are more than can be drawn.
  void mark_restart(RestartKind kind, base::Duration when) {
    constexpr std::size_t kMarksMax = 256;
    if (restarts_.size() == kMarksMax) return;
    restarts_.push_back({"crash", std::string(label_of(kind)), when, when});
  }

  // A story of a restart that fails is told of it; else its world is memory alone, but for whoever keeps
  // them.
  void forget_life_before() {
    lost_.reset();
    if (worlds_ == nullptr) lives_.clear();
  }

  // A log that was closed, or a process that was killed, leaves what memory shows.
  static CrashKind kind_of(RestartKind kind) {
    return kind == RestartKind::power_loss ? CrashKind::power_loss : CrashKind::process_crash;
  }
  static std::string_view label_of(RestartKind kind) {
    if (kind == RestartKind::close) return "close";
    return kind == RestartKind::power_loss ? "power loss" : "process crash";
  }
  static bool failed_to_recover(const Driven& driven) {
    return driven.recovered && driven.recovered->failed();
  }

  // A reader was shown what it should not have been, and the scenario asks for that oracle.
  [[nodiscard]] bool has_breach(const Driven& driven) const {
    const auto& asked = judged_.oracles;
    return driven.reader_breach && std::ranges::find(asked, driven.reader_breach->oracle) != asked.end();
  }

  // Whose time has passed while the process recovered is left out.
  [[nodiscard]] std::optional<Restart> next_restart(const Driven& driven) const {
    if (!scenario_.restarts) return std::nullopt;
    const Restarts& restarts = *scenario_.restarts;
    const io::Duration every = restarts.every;
    const io::Duration driven_so_far = life_count_ == 0 ? io::Duration::zero() : driven.ended - driven.began;
    const io::Duration at = every * (driven_so_far / every + 1);
    io::Duration end = scenario_.workload.duration.value_or(io::Duration::max());
    if (scenario_.crash && scenario_.crash->at) end = std::min<io::Duration>(end, *scenario_.crash->at);
    if (at >= end) return std::nullopt;
    return Restart{restarts.kinds[life_count_ % restarts.kinds.size()], at};
  }

  void conclude_run(sim::World& world, const Driven& driven, const Finding& end) {
    result_.virtual_time = driven.ended - io::Instant{};
    if (end.failed()) {
      result_.virtual_time = world.scheduler().now() - io::Instant{};
      add_ending(result_, scenario_.expect, end);
      if (is_ending(end.oracle)) result_.story = tell_ending(Subject(scenario_, seed_), world, end);
    } else if (driven.interrupted) {
      reports::Verdict verdict;
      verdict.status = reports::Status::inconclusive;
      verdict.id = "interrupted";
      verdict.remark = "stopped before its end";
      result_.verdicts.push_back(std::move(verdict));
    } else {
      judge(world, driven);
    }
    // A run that was judged has told what its faults did up to the cut.
    if (end.failed() || driven.interrupted) add_receipts(result_, scenario_, world.plan().receipts());
    for (std::size_t i = 0; i < result_.receipts.size(); ++i)
      result_.receipts[i].entry = watch_.first_strike(i);
    result_.journal_hash = fmt::format("{:016x}", hash_);
    conclude(result_);
  }

  // As the scenario says; without a word of it short runs are decided by the seed at every scheduling point,
  // longer ones run until they wait.
  static Schedule schedule_of(const Scenario& scenario) {
    if (scenario.schedule) return *scenario.schedule;
    const auto appends = scenario.workload.append_count();
    Schedule schedule;
    if (appends && *appends <= kScheduledAppendsMax) schedule.kind = ScheduleKind::seeded;
    return schedule;
  }

  sim::WorldOptions options(const Driven& driven) {
    sim::WorldOptions options = world_options(scenario_, seed_);
    if (life_count_ > 0) {
      options.seed = derived(seed_, "run.life", life_count_);
      options.machine = driven.machine;
      // Where power held, what is pending stays pending.
      const bool has_lost_power = ended_by_ == RestartKind::power_loss;
      options.start = has_lost_power ? &lost_->left : nullptr;
      options.left = has_lost_power ? nullptr : &lost_->medium;
    }
    options.scheduling = scheduling_.options();
    const auto due = appends_due(scenario_.workload);
    const bool is_bounded = scenario_.schedule && scenario_.schedule->steps_max;
    if (due && !is_bounded)
      options.scheduling.step_max = std::max(options.scheduling.step_max, *due * kStepsPerAppendMax);
    if (!due || *due > kKeptAppendsMax) {
      options.journal = sim::JournalMode::tail;
      options.tail_entries = kTailEntriesKept + kTailEntriesPerFibre * fibre_count(scenario_.workload);
    }
    return options;
  }

  void judge(sim::World& world, const Driven& driven) {
    const Subject subject(scenario_, seed_);
    const Records records(scenario_.workload, seed_);
    Reached reached;
    reached.promises = std::move(promises_);
    if (failed_to_recover(driven)) {
      reached.losses.push_back(std::move(*lost_));
      reached.recoveries.push_back({*driven.recovered, 0, std::move(lives_.back())});
      lives_.pop_back();
      return conclude_reached(subject, *lives_.back(), driven, reached,
                              measure(driven, reached.promises, watch_, *driven.recovered, records));
    }
    const CrashKind kind = crash_of(scenario_);
    base::Seeded chooser(derived(seed_, "run.crash"));
    reached.losses.push_back(left_of(world, driven, kind, reached.promises, chooser));
    const std::uint64_t again = scenario_.crash ? scenario_.crash->again.value : 0;
    reached.recoveries.push_back(
        recover(subject, reached.losses.back().left, 1, reached.promises,
                again > 0 || worlds_ != nullptr ? sim::JournalMode::full : sim::JournalMode::hash));
    // The metrics are of the run and of the crash that ended it, save for what there is in the end.
    MetricValues values =
        measure(driven, reached.promises, watch_, reached.recoveries.front().finding, records);
    for (std::uint64_t i = 0; i < again && !reached.finding().failed(); ++i)
      crash_again(subject, kind, reached);
    for (const Recovery& recovery : reached.recoveries) {
      hash_ = derived(hash_, "run.hash", recovery.world->journal().hash());
      result_.journal_entries += recovery.world->journal().count();
    }
    conclude_reached(subject, world, driven, reached, std::move(values));
  }

  // `world` is the one whose crash came first of those that were reached.
  void conclude_reached(const Subject& subject, sim::World& world, const Driven& driven, Reached& reached,
                        MetricValues values) {
    Finding& finding = reached.recoveries.back().finding;
    values["recovery.files"] = finding.file_count;
    if (!finding.failed() && has_breach(driven)) {
      finding.oracle = driven.reader_breach->oracle;
      finding.what = driven.reader_breach->what;
    }
    std::vector<faults::Receipt> receipts = driven.receipts;
    if (!failed_to_recover(driven)) {  // Else the last recovery went on with the plan of the run.
      for (const Recovery& recovery : reached.recoveries)
        faults::add_receipts(receipts, recovery.world->plan().receipts());
    }
    values["faults.fired"] = faults::fired_count(receipts);
    add_oracles(result_, scenario_.expect, subject.judged(), finding);
    add_metrics(result_, scenario_.expect, std::move(values));
    add_receipts(result_, scenario_, receipts);
    add_remarks(driven);
    add_course(driven);
    if (finding.failed() && !result_.expected_failure)
      result_.story = story_of(subject, world, reached,
                               failed_to_recover(driven) ? kind_of(*ended_by_) : crash_of(scenario_));
    if (worlds_ == nullptr) return;
    for (Recovery& recovery : reached.recoveries) worlds_->push_back(std::move(recovery.world));
  }

  // The same crash once the last recovery is over, and the next recovery.
  void crash_again(const Subject& subject, CrashKind kind, Reached& reached) const {
    sim::World& world = *reached.recoveries.back().world;
    const std::uint64_t level = reached.recoveries.size();
    for (const sim::Entry& entry : world.journal().entries()) reached.promises.apply(entry);
    reached.promises.promise_too(reached.recoveries.back().durable_lsn);
    base::Seeded chooser(derived(seed_, "run.crash", level));
    const auto crash = kind == CrashKind::process_crash ? sim::Crash::process_crash : sim::Crash::power_loss;
    reached.losses.push_back(lose(subject, world, world.journal().count(), crash, chooser));
    reached.recoveries.push_back(
        recover(subject, reached.losses.back().left, level + 1, reached.promises, sim::JournalMode::full));
  }

  // Draws one of the disks that may be left at the cut.
  static Lost left_of(const sim::World& world, const Driven& driven, CrashKind kind, Promises& promises,
                      base::Chooser& chooser) {
    auto at_cut = world.medium_at(driven.cut);
    base::ensure(at_cut.has_value(), "the journal still has the end of the workload");
    sim::Medium& medium = *at_cut;
    const bool process_only = kind == CrashKind::process_crash;
    if (process_only) promises.promise_too(driven.handed_over_lsn);
    sim::Disk left = medium.image(process_only ? sim::Crash::process_crash : sim::Crash::power_loss, chooser);
    return {driven.cut, std::move(medium), std::move(left)};
  }

  // Its last lines: a run is longer than anybody reads.
  static reports::Story story_of(const Subject& subject, sim::World& world, const Reached& reached,
                                 CrashKind kind) {
    reports::Story story = tell(subject, world, reached, 0);
    if (kind == CrashKind::process_crash) story.lines.back().verb = "PROCESS CRASH";
    clip(story);
    return story;
  }

  void add_remarks(const Driven& driven) {
    const auto warn = [&](std::string_view id, std::string remark) {
      reports::Verdict verdict;
      verdict.status = reports::Status::warn;
      verdict.id = id;
      verdict.remark = std::move(remark);
      result_.verdicts.push_back(std::move(verdict));
    };
    if (!driven.early.empty()) warn("crash", driven.early);
    if (driven.close_error) warn("close", io::describe(*driven.close_error));
  }

  void add_course(const Driven& driven) {
    std::vector<std::string> labels;
    for (const faults::Receipt& receipt : driven.receipts) labels.push_back(receipt.label);
    result_.over_time = driven.over_time.intervals();
    result_.marks = watch_.fault_marks(labels, result_.virtual_time);
    result_.marks.insert(result_.marks.end(), driven.rotations.begin(), driven.rotations.end());
    result_.marks.insert(result_.marks.end(), restarts_.begin(), restarts_.end());
    if (!scenario_.crash || failed_to_recover(driven)) return;
    const bool power = scenario_.crash->kind == CrashKind::power_loss;
    result_.marks.push_back(
        {"crash", power ? "power loss" : "process crash", result_.virtual_time, result_.virtual_time});
  }

  const Scenario& scenario_;
  std::uint64_t seed_;
  const Interrupted& interrupted_;
  Worlds* worlds_;  // May be null.
  Scheduling scheduling_;
  reports::ScenarioResult result_;
  const Judged judged_;
  std::uint64_t life_count_ = 0;
  Worlds lives_;              // The one before until the next has recovered; or all, if they are to be kept.
  std::optional<Lost> lost_;  // By the last restart, likewise.
  std::optional<RestartKind> ended_by_;  // How the last life ended.
  std::vector<reports::Mark> restarts_;
  Promises promises_;  // Up to the cut, as is the watch.
  Watch watch_;
  std::uint64_t hash_ = 0;
};

}  // namespace

Known known() {
  Known known{
      .models = sim::model_names(), .disks = sim::disk_names(), .engines = {}, .oracles = oracle_names()};
  known.oracles.insert(known.oracles.end(), kEndings.begin(), kEndings.end());
  for (const EngineKind& kind : engine_kinds()) known.engines.push_back(kind.name);
  return known;
}

reports::ScenarioResult run_scenario(const LoadedScenario& scenario, std::uint64_t seed,
                                     const Interrupted& interrupted, Worlds* worlds) {
  LoadedScenario drawn = scenario;
  drawn.scenario = with_swarm_drawn(std::move(drawn.scenario), seed);
  const std::span<const std::string_view> points = engine_of(drawn.scenario).points;
  const faults::PointCount count(points);
  reports::ScenarioResult result = Run(drawn, seed, interrupted, worlds).run();
  for (std::size_t i = 0; i < points.size(); ++i)
    result.points.push_back({std::string(points[i]), count.counts()[i]});
  return result;
}

sim::WorldOptions world_options(const Scenario& scenario, std::uint64_t seed) {
  sim::WorldOptions options = machine_of(scenario);
  options.seed = seed;
  options.plan = faults::Plan(scenario.faults, derived(seed, "run.faults"));
  return options;
}

sim::WorldOptions recovery_options(const Scenario& scenario, std::uint64_t seed, const sim::Disk& disk,
                                   std::uint64_t level) {
  base::ensure(level >= 1, "the workload's own world is level 0");
  sim::WorldOptions options = machine_of(scenario);
  options.seed = derived(seed, "run.recovery", level);
  options.start = &disk;
  if (strikes_recovery(scenario)) {
    options.plan = faults::Plan(scenario.faults, derived(seed, "run.recovery_faults", level));
    options.plan.begin_after(kCrashed);
  }
  return options;
}

Finding run_workload(sim::World& world, const Scenario& scenario, std::uint64_t seed) {
  Drive drive(world, engine_of(scenario), scenario, seed, {}, {});
  const sim::Ending ending = world.run([&] { drive.run(); });
  return end_of(world, ending, drive.driven().trouble);
}

}  // namespace wallop::scenarios
