// SPDX-License-Identifier: Apache-2.0
// Recovering from one disk, and finding one state again.
#include "scenarios/run/crash_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ensure.h"
#include "scenarios/run/second_life.h"

namespace wallop::scenarios {
namespace {

const sim::ModelSpec& model_of(const Scenario& scenario) {
  const sim::ModelSpec* model = sim::find_model(scenario.world.model);
  base::ensure(model != nullptr, "a scenario that was read names a model that there is");
  return *model;
}

std::uint64_t count_files(const sim::Disk& disk) {
  const auto paths = disk.paths();
  const std::string inside = std::string(kLogDirectory) + "/";
  return static_cast<std::uint64_t>(
      std::ranges::count_if(paths, [&](const auto& path) { return path.first.starts_with(inside); }));
}

}  // namespace

Subject::Subject(const Scenario& scenario, std::uint64_t seed)
    : scenario_(scenario), seed_(seed), model_(model_of(scenario)), judged_(judged_of(scenario, seed)) {}

Lost lose(const Subject& subject, sim::World& world, std::uint64_t cut, sim::Crash crash,
          base::Chooser& chooser) {
  sim::Medium medium(subject.model(), world.start());
  for (std::uint64_t i = 0; i < cut; ++i) medium.apply(world.journal().entry(i));
  sim::Disk left = medium.image(crash, chooser);
  return {cut, std::move(medium), std::move(left)};
}

namespace {

Recovery recover_in(const sim::WorldOptions& options, const Judged& judged, const Promises& promises) {
  Recovery recovery;
  recovery.world = std::make_unique<sim::World>(options);
  sim::World& world = *recovery.world;
  const sim::Ending ending = world.run([&] {
    std::unique_ptr<Engine> engine;
    Finding& finding = recovery.finding;
    finding = recover_and_judge(world.io(), judged, promises, &engine);
    if (engine == nullptr) return;
    if (!finding.failed() && finding.loss == Loss::none && world.plan().empty()) {
      finding.what = live_on(world, *engine, judged, promises, finding);
      if (!finding.what.empty()) finding.oracle = "opens";
    }
    recovery.durable_lsn = engine->durable();
  });
  recovery.finding.file_count = count_files(world.visible());
  if (ending != sim::Ending::finished) {
    recovery.finding.oracle = "opens";
    recovery.finding.what = "recovery does not end: " + world.scheduler().describe_waits();
  }
  return recovery;
}

}  // namespace

Recovery recover(const Subject& subject, const sim::Disk& disk, std::uint64_t level, const Promises& promises,
                 sim::JournalMode journal) {
  sim::WorldOptions options = recovery_options(subject.scenario(), subject.seed(), disk, level);
  options.journal = journal;
  Recovery recovery = recover_in(options, subject.judged(), promises);
  if (recovery.world->plan().empty() || recovery.finding.failed()) return recovery;
  // Faults struck it. They are over, and the process starts again: now all must be there.
  const sim::Disk& left = recovery.world->visible();
  sim::WorldOptions calm = recovery_options(subject.scenario(), subject.seed(), left, level);
  calm.journal = sim::JournalMode::hash;
  calm.plan = {};
  Judged judged = subject.judged();
  judged.disturbed = judged.blame == Blame::world ? Disturbed::by_what_is_left : Disturbed::never;
  recovery.finding = recover_in(calm, judged, promises).finding;
  return recovery;
}

Reached reach(const Subject& subject, sim::World& workload, const sim::Answers& answers) {
  std::uint64_t deepest = 0;
  for (const sim::Answer& answer : answers) deepest = std::max(deepest, answer.level);
  Reached reached;
  sim::World* world = &workload;
  for (std::uint64_t level = 0; level <= deepest; ++level) {
    sim::Replay replay(answers, level);
    const std::uint64_t cut = replay.choose(kCutQuestion, world->journal().count() + 1);
    if (level > 0 && cut == 0) break;
    reached.losses.push_back(lose(subject, *world, cut, sim::Crash::power_loss, replay));
    for (sim::Answer& unused : replay.unused()) reached.unused.push_back(std::move(unused));
    for (std::uint64_t i = 0; i < cut; ++i) reached.promises.apply(world->journal().entries()[i]);
    if (level > 0 && cut == world->journal().count())
      reached.promises.promise_too(reached.recoveries.back().durable_lsn);
    reached.recoveries.push_back(
        recover(subject, reached.losses.back().left, level + 1, reached.promises, sim::JournalMode::full));
    world = reached.recoveries.back().world.get();
  }
  return reached;
}

}  // namespace wallop::scenarios
