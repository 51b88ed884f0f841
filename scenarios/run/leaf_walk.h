// SPDX-License-Identifier: Apache-2.0
// LeafWalk: the inner tree. Of one run of the workload every crash state, or those that the bounds leave;
// with a recovery depth those of each recovery as well.
//
// Verdicts are remembered by (disk, promise, depth left): equal states are counted and not recovered from
// twice. One walk knows nothing of others, so that many may be under way side by side.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/run/explore.h"
#include "scenarios/run/leaf.h"

namespace wallop::scenarios {

struct WalkLimits {
  std::uint64_t states_max = ~std::uint64_t{0};
  std::uint64_t failures_max = 10;      // Different ones.
  std::optional<std::string> oracle{};  // Its first failure ends the walk.
  std::optional<io::Instant> deadline{};
};

struct Walked {
  reports::StateCount states;  // The counts of it alone.
  std::uint64_t told = 0;      // Losses that recovery named.
  std::uint64_t bounded = 0;   // Cuts of which not all images were walked.
  std::vector<std::string> bounds;
  std::vector<faults::Receipt> receipts;  // Of all recoveries.
  std::vector<Counterexample> failures;   // Different ones; none is made small.
  std::uint64_t first_failure = 0;        // The how-manieth state.
  Finding passed;                         // Of the last state that passed.
  bool is_interrupted = false;
  std::string nondeterminism;  // With options.double_check: what was not the same twice.
};

// Of `options` the clock, the questions whether to stop, and the double check. The leaf has come to its end.
[[nodiscard]] Walked walk_leaf(const Subject& subject, const Leaf& leaf, const WalkLimits& limits,
                               const ExploreOptions& options);

// Failures that differ in numbers alone are one.
[[nodiscard]] std::string kind_of(const Finding& finding);

}  // namespace wallop::scenarios
