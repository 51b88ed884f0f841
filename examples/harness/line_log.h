// SPDX-License-Identifier: Apache-2.0
// line_log: a toy engine, a text file with a checksum on each line. What to copy is how it meets the harness:
// scenarios/run/engine.h, and nothing else of it.
//
//   1 6b6579 76616c7565 9fb1c7c3d0a1e25b      LSN, key and value in hexadecimal, FNV-1a of what stands before
#pragma once

#include <string>

#include "scenarios/run/engine.h"

namespace harness_example {

wallop::io::Result<wallop::scenarios::OpenedEngine> open_line_log(
    wallop::io::World& world, const std::string& directory, const wallop::scenarios::EngineOptions& options);

}  // namespace harness_example
