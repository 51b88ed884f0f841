// SPDX-License-Identifier: Apache-2.0
// A plan from a file: { "faults": [ ... ] } as a scenario has it, or a whole scenario.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "faults/fault.h"
#include "io/file_system.h"

namespace wallop::cli::libfiu {

struct PlanFile {
  std::vector<faults::Fault> faults;
  std::uint64_t seed = 1;  // A scenario's first.
};

// Everything that is wrong with it, a line each, with places.
[[nodiscard]] std::expected<PlanFile, std::vector<std::string>> read_plan(io::FileSystem& files,
                                                                          const std::string& path);

}  // namespace wallop::cli::libfiu
