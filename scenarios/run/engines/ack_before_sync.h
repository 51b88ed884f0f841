// SPDX-License-Identifier: Apache-2.0
// ack_before_sync: the reference log, told to leave syncing to the operating system, behind a face that
// promises whatever was accepted. The oldest mistake of all, made on purpose: a harness that lets it pass is
// blind.
#pragma once

#include <string>

#include "scenarios/run/engine.h"

namespace wallop::scenarios {

io::Result<OpenedEngine> open_ack_before_sync(io::World& world, const std::string& directory,
                                              const EngineOptions& options);

}  // namespace wallop::scenarios
