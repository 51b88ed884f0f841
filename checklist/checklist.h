// SPDX-License-Identifier: Apache-2.0
// The checklist: is this machine fit to carry the log? Measured on the directory that the log would live in.
//
//   auto profile = load_profile(machine.files, "default");         // Or a file. Problems: lines to print.
//   auto narrowed = only(*profile, {"sync.p99"});                  // Where the user asked for some items
//   only. SystemProbes probes(directory); auto outcome = run_checklist(machine, probes, directory, *profile,
//   {.interrupted = ..., .step = ...}); result.checklist = std::move(outcome->result);
//
// What surprises: a check that could not be measured is no error. It is a verdict (SKIP, INCONCLUSIVE, or
// FAIL where the device itself failed), and the other items are still judged. run_checklist fails only where
// nothing at all can be measured: the directory cannot be written to, or has too little space.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "checklist/probe.h"
#include "checklist/profile.h"
#include "io/world.h"
#include "reports/result.h"

namespace wallop::checklist {

// One measurement has begun; several items may be judged from it.
struct Step {
  std::string_view name;   // "load", "sync", "throughput", "rotation", "recovery".
  std::size_t number = 0;  // From 1.
  std::size_t count = 0;
  base::Duration expected{};  // About how long it takes; its limit in time where the machine is slow.
};

struct Options {
  // Asked often and by any thread; once true, stays true. What was judged until then is kept.
  std::function<bool()> interrupted = [] { return false; };
  std::function<void(const Step&)> step = [](const Step&) {};
};

struct Outcome {
  reports::ChecklistResult result;         // Checks in the profile's order, one for each item.
  std::vector<reports::Fact> environment;  // For reports::Result::environment.
  std::string machine;                     // "Linux 6.18, 2 CPUs, governor performance".
  std::string left_behind;                 // What could not be removed, and why; "" as it should be.
  bool interrupted = false;                // Items that were not reached are INCONCLUSIVE.
};

// Measures and judges. `directory` is a path of `machine` and the one that `probes` looks at. Everything is
// written inside one fresh directory below it, wallop-check-*, and that is gone when this returns, also after
// a failure or an interrupt. Fails, with nothing written, where `directory` is not there, is no directory,
// cannot be written to (permission), or has less free space than the measurements need (no_space; the detail
// says how much).
[[nodiscard]] io::Result<Outcome> run_checklist(io::World& machine, Probes& probes,
                                                std::string_view directory, const Profile& profile,
                                                const Options& options);

}  // namespace wallop::checklist
