// SPDX-License-Identifier: Apache-2.0
// The proofs of `wallop selftest`, and running them one after the other within a budget of time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "io/time.h"
#include "sim/truth/kernel_proof.h"
#include "sim/truth/proof.h"

namespace wallop::sim {

struct Proof {
  std::string_view id;      // "kernel"
  std::string_view what;    // What holds, in a line.
  std::uint64_t share = 1;  // Of the budget, beside the others' shares.
  std::uint64_t cases_min = 1;
  std::function<Finding(const ProofRequest&)> run;
};

// All of them, in the order in which they run. `places` and `host`, the machine's own clock, outlive them.
[[nodiscard]] std::vector<Proof> all_proofs(std::span<const KernelPlace> places, io::Clock& host);

struct SelftestRequest {
  std::uint64_t seed = 1;
  base::Duration budget{};
  io::Clock& clock;
  std::function<bool()> interrupted;                                             // Asked between cases.
  std::function<void(const Proof&)> goes_on;                                     // Told between cases.
  std::function<void(const Proof&, const Finding&, base::Duration took)> ended;  // Told after each proof.
};

// What one proof leaves of its time goes to those after it. Ends early where it is interrupted.
void run_proofs(const std::vector<Proof>& proofs, const SelftestRequest& request);

}  // namespace wallop::sim
