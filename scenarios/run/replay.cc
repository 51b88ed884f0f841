// SPDX-License-Identifier: Apache-2.0
// One state again, and its story.
#include <fmt/format.h>

#include <utility>

#include "scenarios/run/explore.h"
#include "scenarios/run/leaf.h"
#include "scenarios/run/story.h"

namespace wallop::scenarios {

Replayed replay(const Repro& repro) {
  const Subject subject(repro.scenario, repro.seed);
  const Leaf leaf = repeat_leaf(subject, schedule_of(repro.answers));
  sim::World& workload = *leaf.world;
  Replayed replayed;
  replayed.journal_hash = fmt::format("{:016x}", workload.journal().hash());
  replayed.unused = leaf.scheduling->unused();
  if (leaf.end.failed()) {
    replayed.finding = leaf.end;
    replayed.story = tell_ending(subject, workload, leaf.end);
    replayed.story.shrunk_from = repro.shrunk_from;
  } else {
    Reached reached = reach(subject, workload, crash_of(repro.answers));
    replayed.finding = reached.finding();
    replayed.story = tell(subject, workload, reached, repro.shrunk_from);
    for (sim::Answer& answer : reached.unused) replayed.unused.push_back(std::move(answer));
  }
  replayed.same = replayed.finding.oracle == repro.oracle && replayed.finding.what == repro.finding;
  return replayed;
}

}  // namespace wallop::scenarios
