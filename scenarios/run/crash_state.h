// SPDX-License-Identifier: Apache-2.0
// One crash state: where power was lost, what lasted, and what recovery made of it. Found by a list of
// answers: of each level "crash.cut" (after how many journal entries, counted from the start), then what the
// medium asked.
//
// Level 0 is the workload's own world, level 1 the recovery of its crash, and so on. Of a recovery, cut 0
// says that power held: a crash before its first entry would leave the disk that it started from.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "scenarios/run/oracle.h"
#include "scenarios/run/runner.h"
#include "sim/explore/answers.h"
#include "sim/medium.h"
#include "sim/world.h"

namespace wallop::scenarios {

inline constexpr base::Question kCutQuestion{"crash.cut", 0, 0};

// What is explored, or replayed.
class Subject {
 public:
  // `scenario` outlives it.
  Subject(const Scenario& scenario, std::uint64_t seed);

  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] const sim::ModelSpec& model() const { return model_; }
  [[nodiscard]] const Judged& judged() const { return judged_; }

 private:
  const Scenario& scenario_;
  std::uint64_t seed_;
  const sim::ModelSpec& model_;
  Judged judged_;
};

struct Recovery {
  Finding finding;
  std::uint64_t durable_lsn = 0;  // What the engine called durable once it was open: a promise from then on.
  std::unique_ptr<sim::World> world;  // With its journal.
};

// The `level`th recovery, from `disk`. Where faults strike it the process starts once more without them, and
// the finding is of that.
[[nodiscard]] Recovery recover(const Subject& subject, const sim::Disk& disk, std::uint64_t level,
                               const Promises& promises, sim::JournalMode journal);

// A crash in one world.
struct Lost {
  std::uint64_t cut = 0;
  sim::Medium medium;  // At the cut.
  sim::Disk left;
};

// After `cut` entries of the world's journal.
[[nodiscard]] Lost lose(const Subject& subject, sim::World& world, std::uint64_t cut, sim::Crash crash,
                        base::Chooser& chooser);

struct Reached {
  std::vector<Lost> losses;          // By level; at least one.
  std::vector<Recovery> recoveries;  // By level from 1 on; as many.
  Promises promises;
  sim::Answers unused;  // That nothing asked for, or that have become too large.

  [[nodiscard]] const Finding& finding() const { return recoveries.back().finding; }
};

// The state that `answers` lead to, from the world in which the workload has run.
[[nodiscard]] Reached reach(const Subject& subject, sim::World& workload, const sim::Answers& answers);

}  // namespace wallop::scenarios
