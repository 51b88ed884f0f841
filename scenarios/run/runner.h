// SPDX-License-Identifier: Apache-2.0
// Runner: one scenario in the simulated world, from open to the oracles' verdict.
//
//   open the engine - writers, readers, deletion - [crash] or close - recover - oracles - metrics -
//   ScenarioResult
//
// A crash never kills: the cut is a place in the journal, the engine is dropped, and recovery starts on a
// disk that the model allows at that cut, drawn by the seed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reports/result.h"
#include "scenarios/run/load.h"
#include "scenarios/run/oracle.h"
#include "scenarios/run/scenario.h"
#include "sim/world.h"

namespace wallop::scenarios {

// The log's directory in the simulated world.
inline constexpr std::string_view kLogDirectory = "log";

// What is known by name: models, disks, engines, oracles.
[[nodiscard]] Known known();

// Whether to stop: asked often; a run that is stopped comes back as INCONCLUSIVE.
using Interrupted = std::function<bool()>;

// The worlds of a run, in order: the workload's, and one for each recovery.
using Worlds = std::vector<std::unique_ptr<sim::World>>;

// One run with one seed, judged against the scenario's expectations. `worlds`, if given, keeps them and their
// whole journals.
[[nodiscard]] reports::ScenarioResult run_scenario(const LoadedScenario& scenario, std::uint64_t seed,
                                                   const Interrupted& interrupted = {},
                                                   Worlds* worlds = nullptr);

// ---- For exploration: the workload alone. ----

// A world of the scenario, with its faults.
[[nodiscard]] sim::WorldOptions world_options(const Scenario& scenario, std::uint64_t seed);

// The same machine after a crash, without its faults: the `level`th recovery (1 is that of the workload's own
// crash) starts from `disk`, at the same instant and with the same entropy whatever came before, so that
// equal disks stay equal.
[[nodiscard]] sim::WorldOptions recovery_options(const Scenario& scenario, std::uint64_t seed,
                                                 const sim::Disk& disk, std::uint64_t level);

// Runs the scenario's workload in `world` and leaves its story in the world's journal. The finding has failed
// where the workload did not come to its end: by an ending (kEndings), or by `opens`.
[[nodiscard]] Finding run_workload(sim::World& world, const Scenario& scenario, std::uint64_t seed);

// That it names.
[[nodiscard]] const EngineKind& engine_of(const Scenario& scenario);
// Whether faults of it wait for the crash.
[[nodiscard]] bool strikes_recovery(const Scenario& scenario);
// What the oracles need; `scenario` outlives it.
[[nodiscard]] Judged judged_of(const Scenario& scenario, std::uint64_t seed);

}  // namespace wallop::scenarios
