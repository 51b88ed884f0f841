// SPDX-License-Identifier: Apache-2.0
// The options of `wallop fiu`.
#pragma once

#include <optional>

#include "cli/command_line.h"
#include "cli/requests.h"

namespace CLI {
class App;
}

namespace wallop::cli {

// Adds `fiu` to `app`. `into` must outlive the parsing.
[[nodiscard]] CLI::App* add_fiu_command(CLI::App& app, FiuRequest& into);

// What contradicts itself in what was found.
[[nodiscard]] std::optional<UsageError> fiu_flaw(const FiuRequest& request);

}  // namespace wallop::cli
