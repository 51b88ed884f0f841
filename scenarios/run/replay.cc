// SPDX-License-Identifier: Apache-2.0
// One state again, and its story.
#include <fmt/format.h>

#include "scenarios/run/crash_state.h"
#include "scenarios/run/explore.h"
#include "scenarios/run/story.h"

namespace wallop::scenarios {

Replayed replay(const Repro& repro) {
  const Subject subject(repro.scenario, repro.seed);
  sim::World workload(world_options(repro.scenario, repro.seed));
  Replayed replayed;
  const std::string trouble = run_workload(workload, repro.scenario, repro.seed);
  replayed.journal_hash = fmt::format("{:016x}", workload.journal().hash());
  Reached reached = reach(subject, workload, repro.answers);
  replayed.finding = reached.finding();
  if (!trouble.empty() && !replayed.finding.failed()) {
    replayed.finding.oracle = "opens";
    replayed.finding.what = trouble;
  }
  replayed.story = tell(subject, workload, reached, repro.shrunk_from);
  replayed.same = replayed.finding.oracle == repro.oracle && replayed.finding.what == repro.finding;
  replayed.unused = std::move(reached.unused);
  return replayed;
}

}  // namespace wallop::scenarios
