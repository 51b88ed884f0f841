// SPDX-License-Identifier: Apache-2.0
// Proof: no crash image of a random trace loses synced data, or holds what was neither once there nor a fate
// that the model names; and each fate that a model names is seen.
//
// The exceptions are the model's own (a cache that lies) and a fired fault's. SyncedOracle is the judge.
#pragma once

#include <functional>

#include "sim/journal.h"
#include "sim/model.h"
#include "sim/truth/proof.h"

namespace wallop::sim {

// What a test plants between a trace and its medium, to see that it is caught. Without any: nothing.
struct PlantedInMedium {
  std::function<void(Entry&)> entry{};                        // Changes what the medium is told.
  std::function<const ModelSpec*(const ModelSpec&)> model{};  // Instead of the one that the oracle takes.
};

// Cases are traces, all models in turn; every other one has faults.
[[nodiscard]] Finding prove_synced_data(const ProofRequest& request, const PlantedInMedium& planted = {});

}  // namespace wallop::sim
