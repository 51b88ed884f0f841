// SPDX-License-Identifier: Apache-2.0
// The engines that a scenario may name. A new one is one pair of files in this folder and one line here.
#include <algorithm>
#include <array>

#include "scenarios/run/engine.h"
#include "scenarios/run/engines/ack_before_sync.h"
#include "scenarios/run/engines/reference_wal.h"
#include "scenarios/run/engines/wal_evidence.h"

namespace wallop::scenarios {
namespace {

constexpr std::array kKinds{
    EngineKind{"ack_before_sync",
               "the reference log, promising what only the operating system has: must be caught",
               open_ack_before_sync, proven_by_bytes},
    EngineKind{"reference_wal", "the log of wal/", open_reference_wal, proven_by_bytes},
};
static_assert(std::ranges::is_sorted(kKinds, {}, &EngineKind::name));

}  // namespace

std::span<const EngineKind> engine_kinds() {
  return kKinds;
}

const EngineKind* find_engine(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, &EngineKind::name);
  return found == kKinds.end() ? nullptr : &*found;
}

}  // namespace wallop::scenarios
