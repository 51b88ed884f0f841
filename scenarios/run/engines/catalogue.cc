// SPDX-License-Identifier: Apache-2.0
// The engines that a scenario may name. A new one is one pair of files in this folder and one line here.
#include <algorithm>
#include <array>
#include <vector>

#include "base/ensure.h"
#include "scenarios/run/engine.h"
#include "scenarios/run/engines/ack_before_sync.h"
#include "scenarios/run/engines/reference_wal.h"
#include "scenarios/run/engines/small_log.h"
#include "scenarios/run/engines/wal_evidence.h"
#include "wal/points.h"

namespace wallop::scenarios {
namespace {

using Flaw = SmallLogFlaw;

constexpr std::array kOwnKinds{
    EngineKind{"ack_before_sync",
               "the reference log, promising what only the operating system has: must be caught",
               open_ack_before_sync, proven_by_bytes},
    EngineKind{
        "ack_overtakes_sync",
        "a small log that takes for synced what was written while a sync was under way: must be caught",
        open_small_log<Flaw::ack_overtakes_sync>, nullptr},
    EngineKind{"counts_in_the_process",
               "a small log that is not the same twice: the double check must name where",
               open_small_log<Flaw::counts_in_the_process>, nullptr},
    EngineKind{"lock_order", "a small log that takes two locks in both orders: must be caught in a deadlock",
               open_small_log<Flaw::lock_order>, nullptr},
    EngineKind{"reference_wal", "the log of wal/", open_reference_wal, proven_by_bytes, wal::kPoints},
    EngineKind{"small_log", "a log as a textbook has it, without the mistakes of the ones around it",
               open_small_log<Flaw::none>, nullptr},
    EngineKind{"spins_for_each_other",
               "a small log that spins for whoever waits for its lock: must be caught in a livelock",
               open_small_log<Flaw::spins_for_each_other>, nullptr},
    EngineKind{"two_writers_rotate",
               "a small log in which two writers may both begin the next segment: must be caught",
               open_small_log<Flaw::two_writers_rotate>, nullptr},
};
static_assert(std::ranges::is_sorted(kOwnKinds, {}, &EngineKind::name));

std::vector<EngineKind>& all_kinds() {
  static std::vector<EngineKind> all(kOwnKinds.begin(), kOwnKinds.end());
  return all;
}

}  // namespace

std::span<const EngineKind> engine_kinds() {
  return all_kinds();
}

void add_engine_kinds(std::span<const EngineKind> more) {
  for (const EngineKind& kind : more) {
    base::ensure(find_engine(kind.name) == nullptr, "an engine that is added has a name of its own");
    all_kinds().push_back(kind);
  }
  std::ranges::sort(all_kinds(), {}, &EngineKind::name);
}

const EngineKind* find_engine(std::string_view name) {
  const std::span<const EngineKind> all = engine_kinds();
  const auto found = std::ranges::find(all, name, &EngineKind::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace wallop::scenarios
