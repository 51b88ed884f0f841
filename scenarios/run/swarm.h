// SPDX-License-Identifier: Apache-2.0
// Swarm: from one seed, which of a list of faults a run has, and how often they strike.
//
// Runs that have every fault at once look alike: one fault hides what another would show. A swarm switches
// whole kinds on and off for each run, so that some runs are all of one kind (Groce et al., "Swarm Testing",
// ISSTA'12).
//
//   "swarm": { "faults": [ { "kind": "torn_write" }, { "kind": "io_error", "when": { "op": "read" } } ],
//              "rates": [ "1/1000", "1/100", "1/10" ], "on": "1/2" }
//
// A draw hangs on the seed and on what it is for: on a kind's name whether it is on, on a fault's label its
// rate. So a fault of another kind that is added to the list moves no other's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fields.h"
#include "faults/fault.h"

namespace wallop::scenarios {

struct Scenario;

struct Swarm {
  std::vector<faults::Fault> faults;
  std::vector<base::Ratio> rates;
  base::Ratio on{1, 2};

  template <class Visitor>
  void fields(Visitor& v) {
    v("faults", faults,
      "Those that a run may have. One whose trigger says no number, instant or chance gets a chance of "
      "\"rates\".",
      base::Need::required);
    v("rates", rates, "The chances to draw from.", base::Need::required);
    v("on", on, "The chance of each kind to be there in a run; 1/2 without it.");
  }
};

// What is senseless about it; keys begin with "swarm/". `plain` are the scenario's other faults, whose names
// it may not take.
[[nodiscard]] std::vector<faults::Flaw> swarm_flaws(const Swarm& swarm,
                                                    const std::vector<faults::Fault>& plain);

// The scenario with its swarm drawn: plain faults after those that it had, and no swarm any more. A scenario
// without one stays as it is, so one that was drawn runs the same again.
[[nodiscard]] Scenario with_swarm_drawn(Scenario scenario, std::uint64_t seed);

}  // namespace wallop::scenarios
