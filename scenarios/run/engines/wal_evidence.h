// SPDX-License-Identifier: Apache-2.0
// What the bytes of a log prove to have been durable once, read as docs/log-format.md describes them and by
// nothing of wal/: an oracle that asked the log itself would share its errors. Slow and plain on purpose:
// every line of every file is looked at.
//
// Assumption: one log's files; those that say they are another's prove nothing.
#pragma once

#include <string>

#include "scenarios/run/engine.h"

namespace wallop::scenarios {

// The highest LSN; 0 where nothing proves any.
io::Result<std::uint64_t> proven_by_bytes(io::World& world, const std::string& directory,
                                          const EngineOptions& options);

}  // namespace wallop::scenarios
