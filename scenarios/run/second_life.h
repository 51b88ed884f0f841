// SPDX-License-Identifier: Apache-2.0
// A life after recovery: the log that came back is written to again, and what it promises from then on counts
// as much as what it promised before.
//
// A recovery can be right for the eye and wrong for the next append: one that takes up a segment again whose
// old bytes a second crash brings back, say. Only a log that goes on shows that.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/run/engine.h"
#include "scenarios/run/oracle.h"
#include "sim/world.h"

namespace wallop::scenarios {

// The first writer appends its next records, as many as the workload says, and the journal takes note.
// `promises` are those of the crash, `finding` is what recovery found: a deletion that the crash cut has come
// to what it says. What is wrong, if anything: an append that fails for want of room is not. To be called
// inside world.run().
[[nodiscard]] std::string live_on(sim::World& world, Engine& engine, const Judged& judged,
                                  const Promises& promises, const Finding& finding);

}  // namespace wallop::scenarios
