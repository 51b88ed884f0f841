// SPDX-License-Identifier: Apache-2.0
// Leaf: the workload, run under one schedule. The outer tree of an exploration has one for each schedule; of
// each the crash states are walked.
//
// A schedule is a list of answers, as a crash image is: it stands beside them in a counterexample, at level
// 0, and is told from them by its questions ("schedule.next", "pct.rank", "pct.change").
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "scenarios/run/crash_state.h"

namespace wallop::scenarios {

// How the threads of one run are scheduled: by a chooser that draws, or by one that repeats.
class Scheduling {
 public:
  enum class Drawn : std::uint8_t { forgotten, remembered };

  // Calm, but for the bounds that `schedule` has.
  explicit Scheduling(const Schedule& schedule) : schedule_(schedule) {}
  // The `ordinal`th one of the seed; the first one is that of `wallop run`. `length`: of a run, for PCT.
  Scheduling(const Schedule& schedule, std::uint64_t seed, std::uint64_t ordinal, std::uint64_t length,
             Drawn drawn);
  // As these answers say.
  Scheduling(const Schedule& schedule, sim::Answers answers);
  Scheduling(const Scheduling&) = delete;
  Scheduling& operator=(const Scheduling&) = delete;

  // For one world, which this outlives.
  [[nodiscard]] sim::SchedulerOptions options();
  // What was drawn and remembered; what a list of answers said is not in it.
  [[nodiscard]] sim::Answers drawn() const { return recording_ ? recording_->answers() : sim::Answers(); }
  // Answers of the list that nobody asked for.
  [[nodiscard]] sim::Answers unused() const { return replay_ ? replay_->unused() : sim::Answers(); }

 private:
  Schedule schedule_;
  std::uint64_t length_ = 0;
  sim::Answers answers_;
  std::optional<base::Seeded> seeded_;
  std::optional<sim::Recording> recording_;
  std::optional<sim::Replay> replay_;
};

// Of PCT: what the scenario says, or as without it.
[[nodiscard]] std::uint64_t depth_of(const Schedule& schedule);

[[nodiscard]] bool is_of_schedule(const sim::Answer& answer);
// Of a counterexample's answers those that are the schedule, or the others.
[[nodiscard]] sim::Answers schedule_of(const sim::Answers& answers);
[[nodiscard]] sim::Answers crash_of(const sim::Answers& answers);

struct Leaf {
  std::unique_ptr<Scheduling> scheduling;
  std::unique_ptr<sim::World> world;  // With the journal.
  Finding end;                        // Failed where the workload did not run to its end: why.
  sim::Answers schedule;
};

// Steps of a calm run: what PCT spreads its changes over where the scenario does not say.
[[nodiscard]] std::uint64_t schedule_length(const Scenario& scenario, std::uint64_t seed);
// One run of the workload, without the scenario's crash.
[[nodiscard]] Leaf draw_leaf(const Subject& subject, std::uint64_t ordinal, std::uint64_t length);
[[nodiscard]] Leaf repeat_leaf(const Subject& subject, const sim::Answers& schedule);

}  // namespace wallop::scenarios
