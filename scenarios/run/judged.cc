// SPDX-License-Identifier: Apache-2.0
// What the oracles must know of a scenario: which of them are asked, and whose fault a loss would be.
#include <algorithm>

#include "base/ensure.h"
#include "faults/kinds/failed_sync.h"
#include "scenarios/run/runner.h"

namespace wallop::scenarios {
namespace {

bool has_fault(const Scenario& scenario, std::string_view kind) {
  return std::ranges::any_of(scenario.faults,
                             [&](const faults::Fault& fault) { return fault.kind() == kind; });
}

// A device that acknowledges flushes and does none, and a sync that fails and reports it later, leave no log
// a chance.
bool loses_by_model(const Scenario& scenario) {
  const sim::ModelSpec& model = *sim::find_model(scenario.world.model);
  return model.device_cache.value == sim::DeviceCache::lying ||
         (model.after_failed_sync.value == sim::AfterFailedSync::deferred &&
          has_fault(scenario, faults::FailedSync::kName));
}

bool has_fault_that(const Scenario& scenario, faults::Allows allows) {
  return std::ranges::any_of(scenario.faults,
                             [&](const faults::Fault& fault) { return fault.allows() == allows; });
}

Blame blame_of(const Scenario& scenario) {
  if (loses_by_model(scenario) || has_fault_that(scenario, faults::Allows::told_loss)) return Blame::world;
  return has_fault_that(scenario, faults::Allows::broken_word) ? Blame::fault : Blame::log;
}

}  // namespace

bool strikes_recovery(const Scenario& scenario) {
  return std::ranges::any_of(scenario.faults,
                             [](const faults::Fault& fault) { return fault.when().after == kCrashed; });
}

const EngineKind& engine_of(const Scenario& scenario) {
  const EngineKind* kind = find_engine(scenario.engine.name);
  base::ensure(kind != nullptr, "a scenario that was read names an engine of the catalogue");
  return *kind;
}

Judged judged_of(const Scenario& scenario, std::uint64_t seed) {
  Judged judged;
  judged.engine = &engine_of(scenario);
  judged.options = &scenario.engine.options;
  judged.workload = &scenario.workload;
  judged.seed = seed;
  judged.blame = blame_of(scenario);
  if (judged.blame == Blame::world) judged.disturbed = Disturbed::by_what_is_left;
  if (strikes_recovery(scenario)) judged.disturbed = Disturbed::by_faults;
  for (const std::string_view oracle : oracle_names()) {
    const auto& asked = scenario.expect.oracles.names;
    if (!asked || std::ranges::find(*asked, oracle) != asked->end()) judged.oracles.push_back(oracle);
  }
  return judged;
}

}  // namespace wallop::scenarios
