// SPDX-License-Identifier: Apache-2.0
// reference_wal: the log of wal/, in its pointed build, as an engine. Engines that are it with one thing
// wrong open it here too. This header knows nothing of wal/: who includes it may link the other build.
#pragma once

#include <string>

#include "scenarios/run/engine.h"

namespace wallop::scenarios {

io::Result<OpenedEngine> open_reference_wal(io::World& world, const std::string& directory,
                                            const EngineOptions& options);

}  // namespace wallop::scenarios
