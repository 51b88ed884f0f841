// SPDX-License-Identifier: Apache-2.0
// The whole command in one call: what main() does, and what tests do.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/output.h"
#include "io/world.h"

namespace wallop::cli {

// `arguments` without the program's name. An exception of a library ends here as Exit::harness.
[[nodiscard]] Exit run_cli(const std::vector<std::string>& arguments, Output& output, io::World& machine,
                           const std::function<bool()>& interrupted);

}  // namespace wallop::cli
