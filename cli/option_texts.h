// SPDX-License-Identifier: Apache-2.0
// What options mean whose text CLI11 leaves alone: a wrong one then gets our own hint.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "cli/command_line.h"

namespace wallop::cli {

// Digits alone: CLI11 takes "-1" for the largest number there is.
[[nodiscard]] std::optional<std::uint64_t> whole_number_of(const std::string& text);

// Of --budget.
[[nodiscard]] std::expected<base::Duration, UsageError> budget_of(const std::string& text);

// Of --model: "all", or names; each once, in the order in which they were given.
[[nodiscard]] std::expected<std::vector<std::string>, UsageError> models_of(
    const std::vector<std::string>& names);

}  // namespace wallop::cli
