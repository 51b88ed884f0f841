// SPDX-License-Identifier: Apache-2.0
// Scenario: what is to happen, to which engine, in which world, and what must hold afterwards.
// docs/scenarios.md is the guide.
//
// One field list for each struct gives the reader, the printer and the JSON Schema. A list says what a value
// is; what values mean together stands in validate.h.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "faults/fault.h"
#include "scenarios/run/disk_choice.h"
#include "scenarios/run/engine_options.h"
#include "scenarios/run/metric.h"
#include "scenarios/run/swarm.h"
#include "scenarios/run/values.h"
#include "scenarios/run/workload.h"
#include "sim/processors.h"

namespace wallop::scenarios {

inline constexpr std::uint32_t kScenarioVersion = 1;

// How a run can end before its end. Each may be expected like an oracle.
inline constexpr std::array<std::string_view, 3> kEndings{"deadlock", "livelock", "step_bound"};
[[nodiscard]] constexpr bool is_ending(std::string_view oracle) {
  return std::ranges::find(kEndings, oracle) != kEndings.end();
}

// The format's version, which never changes shape.
struct Version {
  static void read_json(const base::json::Value& from, Version& into, base::Reading& reading);
  static base::json::Value print_json(const Version& version);
  static base::json::Value schema_json();
};

// The disk on which nothing costs time, the engine's own work included.
inline constexpr std::string_view kInstantDisk = "instant";

struct WorldSpec {
  std::string model = "ext4-ordered";
  DiskChoice disk;
  base::ByteCount capacity{64ULL << 30};
  Count<1, 256> cpus{2};
  std::optional<sim::WorkCosts> cpu_costs;

  template <class Visitor>
  void fields(Visitor& v) {
    v("model", model, "What may last of what was not synced: a persistence model.");
    v("disk", disk, "What things cost: a device that is shipped, a file of one's own, or its figures.");
    v("capacity", capacity, "Size of the file system.");
    v("cpus", cpus, "Processors that the engine's own work and the kernel's copies share.");
    v("cpu_costs", cpu_costs,
      "What the engine's own work costs, by kind; without it what the disk's file says, else that of a "
      "machine "
      "of today, on the disk instant nothing.");
  }
};

struct EngineSpec {
  std::string name = "reference_wal";
  EngineOptions options;

  template <class Visitor>
  void fields(Visitor& v) {
    v("name", name, "Which storage engine.", base::Need::required);
    v("options", options, "How it is opened.");
  }
};

enum class CrashKind : std::uint8_t { power_loss, process_crash };
constexpr auto enum_names(CrashKind) {
  using base::EnumName;
  return std::array{EnumName{"power_loss", CrashKind::power_loss},
                    EnumName{"process_crash", CrashKind::process_crash}};
}

enum class RestartKind : std::uint8_t { close, process_crash, power_loss };
constexpr auto enum_names(RestartKind) {
  using base::EnumName;
  return std::array{EnumName{"close", RestartKind::close},
                    EnumName{"process_crash", RestartKind::process_crash},
                    EnumName{"power_loss", RestartKind::power_loss}};
}

// The process ends in the midst of the workload, begins again on what is left, and the workload goes on.
struct Restarts {
  base::Duration every{};
  std::vector<RestartKind> kinds{RestartKind::close, RestartKind::process_crash, RestartKind::power_loss};

  template <class Visitor>
  void fields(Visitor& v) {
    v("every", every, "When: at each multiple of this, from the start of the workload.",
      base::Need::required);
    v("kinds", kinds,
      "How the process ends, in turn: it closes the log, it is killed, or power fails. All three without "
      "it.");
  }
};

enum class Afterwards : std::uint8_t { recover };
constexpr auto enum_names(Afterwards) {
  return std::array{base::EnumName{"recover", Afterwards::recover}};
}

struct Crash {
  CrashKind kind = CrashKind::power_loss;
  std::optional<base::Duration> at;
  std::optional<Count<1, 1'000'000'000>> after;
  Afterwards then = Afterwards::recover;
  Count<0, 1000> again{0};

  template <class Visitor>
  void fields(Visitor& v) {
    v("kind", kind, "What is lost: the memory (process_crash), or also what the disk had not made durable.",
      base::Need::required);
    v("at", at, "When, from the start of the workload.");
    v("after", after, "After so many appends have returned without an error, batches counted once.");
    v("then", then, "What follows.");
    v("again", again, "How often the same happens again once recovery is over.");
  }
};

enum class Strategy : std::uint8_t { exhaustive, sampled };
constexpr auto enum_names(Strategy) {
  using base::EnumName;
  return std::array{EnumName{"exhaustive", Strategy::exhaustive}, EnumName{"sampled", Strategy::sampled}};
}

enum class ScheduleKind : std::uint8_t { run_to_block, seeded, pct };
constexpr auto enum_names(ScheduleKind) {
  using base::EnumName;
  return std::array{EnumName{"run_to_block", ScheduleKind::run_to_block},
                    EnumName{"seeded", ScheduleKind::seeded}, EnumName{"pct", ScheduleKind::pct}};
}

struct Schedule {
  ScheduleKind kind = ScheduleKind::run_to_block;
  std::optional<Count<1, 16>> depth;
  std::optional<Count<1, 1'000'000'000>> length;
  std::optional<Count<1, 1'000'000'000'000>> steps_max;
  std::optional<Count<1, 1'000'000'000'000>> quiet_steps_max;

  template <class Visitor>
  void fields(Visitor& v) {
    v("kind", kind,
      "Which of the threads that could run does: one until it waits; one drawn at each point; or the one "
      "with the highest priority, where few points change priorities (PCT).",
      base::Need::required);
    v("depth", depth, "Of pct: how many events in one order it takes to show the bug.");
    v("length", length, "Of pct: steps over which priorities change; without it those of a calm run.");
    v("steps_max", steps_max, "More steps than these, and the run has failed by step_bound.");
    v("quiet_steps_max", quiet_steps_max,
      "So many steps in which nothing comes to pass, and the run has failed by livelock.");
  }
};

struct Explore {
  Strategy strategy = Strategy::exhaustive;
  std::optional<Count<1, 1'000'000>> schedules;
  Count<0, 4> recovery_depth{1};
  std::optional<Count<1, 1'000'000'000>> cuts_max;
  std::optional<Count<1, 1'000'000'000>> images_max;
  std::optional<Count<1, 1'000'000'000'000>> samples;
  std::optional<Count<1, 1'000'000'000'000>> budget_states;

  template <class Visitor>
  void fields(Visitor& v) {
    v("strategy", strategy, "Every crash state within the bounds, or some of them by the seed.");
    v("schedules", schedules, "Under how many schedules the workload runs, drawn as \"schedule\" says.");
    v("recovery_depth", recovery_depth, "How often power is lost again while the engine recovers.");
    v("cuts_max", cuts_max, "Points in the journal at which power is lost, at most.");
    v("images_max", images_max, "Disks recovered from at one such point, at most.");
    v("samples", samples, "Crash states drawn, for the strategy sampled.");
    v("budget_states", budget_states, "Stop after so many crash states.");
  }
};

// "all", or a list of names.
struct Oracles {
  std::optional<std::vector<std::string>> names;  // Absent: all of them.

  static void read_json(const base::json::Value& from, Oracles& into, base::Reading& reading);
  static base::json::Value print_json(const Oracles& oracles);
  static base::json::Value schema_json();
};

enum class Outcome : std::uint8_t { pass, fail };
constexpr auto enum_names(Outcome) {
  using base::EnumName;
  return std::array{EnumName{"pass", Outcome::pass}, EnumName{"fail", Outcome::fail}};
}

struct Expect {
  Oracles oracles;
  std::vector<MetricLimit> metrics;
  Outcome verdict = Outcome::pass;
  std::optional<std::string> oracle;

  template <class Visitor>
  void fields(Visitor& v) {
    v("oracles", oracles, "Which promises are checked: \"all\", or a list of names.");
    v("metrics", metrics, "Limits, like \"append.latency.p99 < 100ms\".");
    v("verdict", verdict, "With fail the scenario passes if and only if the named oracle fails: a canary.");
    v("oracle", oracle, "The oracle that must fail.");
  }
};

struct Scenario {
  std::optional<std::string> schema_uri;
  Version version;
  std::string name;
  std::string about;
  bool takes_long = false;
  std::optional<std::uint64_t> seed;
  std::optional<std::vector<std::uint64_t>> seed_list;
  WorldSpec world;
  EngineSpec engine;
  Workload workload;
  std::optional<Schedule> schedule;
  std::vector<faults::Fault> faults;
  std::optional<Swarm> swarm;
  std::optional<Restarts> restarts;
  std::optional<Crash> crash;
  std::optional<Explore> explore;
  Expect expect;

  // Of a scenario whose swarm was drawn (swarm.h), and in no file: of how many faults, and where in `faults`
  // those begin that were drawn.
  std::optional<std::uint64_t> drawn_from;
  std::size_t drawn_begin = 0;

  // At least one; 1 where the scenario names none.
  [[nodiscard]] std::vector<std::uint64_t> seeds() const;

  template <class Visitor>
  void fields(Visitor& v) {
    v("$schema", schema_uri, "Where an editor finds the schema.");
    v("version", version, "Of this format.", base::Need::required);
    v("name", name, "A word with hyphens; with its folder, unique.", base::Need::required);
    v("about", about, "What it shows, in a sentence.", base::Need::required);
    v("long", takes_long,
      "Takes more than seconds: runs only where its file or its own folder is named, not with a whole "
      "library.");
    v("seed", seed, "Of every draw and choice; 1 without it.");
    v("seeds", seed_list, "Several seeds: the scenario runs once with each.");
    v("world", world, "The machine.");
    v("engine", engine, "The log under test.", base::Need::required);
    v("workload", workload, "What is done to it.", base::Need::required);
    v("schedule", schedule, "Which of its threads runs when.");
    v("faults", faults, "What goes wrong meanwhile.");
    v("swarm", swarm, "Faults of which the seed draws some for each run, and how often they strike.");
    v("restarts", restarts, "How often the process ends and begins again meanwhile, and how.");
    v("crash", crash, "How the run is cut short.");
    v("explore", explore, "Which schedules and crash states are walked.");
    v("expect", expect, "What must hold.");
  }
};

// The JSON Schema of scenarios, as scenarios/schema/scenario.v1.json ships it.
[[nodiscard]] base::json::Value scenario_schema();

}  // namespace wallop::scenarios
