// SPDX-License-Identifier: Apache-2.0
// Proof: one of the ways in which the simulated world is held against something else: the kernel, a reference
// model, its own promises. `wallop selftest` runs them all.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace wallop::sim {

struct ProofRequest {
  std::uint64_t seed = 1;
  // Asked between cases; the proof ends at the first "no", with what it has done by then.
  std::function<bool()> goes_on;
  // How much is done whatever goes_on says; so that a small budget proves something too.
  std::uint64_t cases_min = 1;
};

// A number that the proof counted: {"cuts compared", 5120}.
struct Count {
  std::string what;
  std::uint64_t value = 0;
};

struct Finding {
  std::vector<Count> counts;
  // What it found wrong, made as small as it goes: the trace or the calls, both answers, how to run it again.
  std::optional<std::string> failure;
};

}  // namespace wallop::sim
