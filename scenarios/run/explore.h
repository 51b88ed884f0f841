// SPDX-License-Identifier: Apache-2.0
// Exploration: every crash state of a bounded run, or some of them, each recovered from and judged; and that
// under many schedules.
//
// Two trees. The outer one runs the workload once for each schedule (leaf.h). The inner one walks the journal
// of such a run cut by cut, and at each cut every disk that the model allows; with a recovery depth power is
// lost again while the engine recovers, at every cut of that recovery, and so on (leaf_walk.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "reports/result.h"
#include "scenarios/run/runner.h"
#include "sim/explore/answers.h"

namespace wallop::scenarios {

// Does `work` for 0 .. count - 1, on any thread, and calls `finished` on the caller's in that order, as far
// as each is done; stops where it says false.
using SideBySide = std::function<void(std::size_t count, const std::function<void(std::size_t)>& work,
                                      const std::function<bool(std::size_t)>& finished)>;

struct ExploreOptions {
  std::uint64_t seed = 1;
  std::optional<io::Duration> budget{};       // Of wall time.
  std::function<io::Instant()> wall_clock{};  // Needed with a budget and for the rate.
  std::uint64_t failures_max = 10;            // Different ones: stop after so many.
  std::optional<std::uint64_t> states_max{};  // Where the scenario has no budget_states.
  Interrupted interrupted{};                  // On any thread.
  SideBySide side_by_side{};  // Of schedules; without it one after the other. It changes no result.
  bool double_check = false;  // Run a share again, and compare.
  std::function<void(std::uint64_t states, std::uint64_t failures)> progress{};
};

// A crash state that failed: how to get there, and what was found.
struct Counterexample {
  sim::Answers answers;  // The schedule, "crash.cut" of each level, and the images.
  Finding finding;
  bool of_run = false;                // The run itself failed: no power was lost.
  std::uint64_t journal_entries = 0;  // Of the workload, up to the power loss.
  std::uint64_t shrunk_from = 0;      // The same before shrinking; 0 where nothing was shrunk.
  Scenario scenario;
};

struct Explored {
  reports::ScenarioResult result;  // With states, and the story of the first failure.
  std::vector<Counterexample> failures;
  std::string nondeterminism;  // With options.double_check: what was not the same twice.
};

[[nodiscard]] Explored explore(const LoadedScenario& scenario, const ExploreOptions& options);

// ---- Counterexamples as files: NAME.repro.json ----

struct Repro {
  std::uint32_t version = 1;
  std::string name;    // Of the scenario.
  std::string commit;  // The binary's.
  Scenario scenario;   // Inline.
  std::uint64_t seed = 1;
  sim::Answers answers;
  std::string oracle;  // The verdict that must come back.
  std::string finding;
  std::uint64_t shrunk_from = 0;  // Journal entries; 0 where nothing was shrunk.

  template <class Visitor>
  void fields(Visitor& v) {
    v("version", version, "Of this format.", base::Need::required);
    v("name", name, "Folder and name of the scenario.", base::Need::required);
    v("commit", commit, "What the finder was built from.");
    v("scenario", scenario, "What happens.", base::Need::required);
    v("seed", seed, "Of every draw.", base::Need::required);
    v("answers", answers, "Who runs when, where power is lost, and what lasts; what is not listed is calm.",
      base::Need::required);
    v("oracle", oracle, "Which promise was broken.", base::Need::required);
    v("finding", finding, "How.");
    v("shrunk_from", shrunk_from, "Journal entries before it was made small.");
  }
};

[[nodiscard]] std::string to_json(const Repro& repro);
[[nodiscard]] base::json::Problems read_repro(std::string_view text, Repro& into);

struct Replayed {
  Finding finding;
  reports::Story story;
  bool same = false;    // The verdict that the repro names came back.
  sim::Answers unused;  // Decisions that this binary never asks for.
  std::string journal_hash;
};
[[nodiscard]] Replayed replay(const Repro& repro);

}  // namespace wallop::scenarios
