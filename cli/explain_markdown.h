// SPDX-License-Identifier: Apache-2.0
// Entries as a page: docs/faults.md is one, and a test holds it to what the catalogue knows.
#pragma once

#include <span>
#include <string>

#include "cli/knowledge.h"

namespace wallop::cli {

// A table of all, by kind, then a section for each. `command` is what made it, for whoever finds it stale.
[[nodiscard]] std::string explain_markdown(std::span<const Entry* const> entries, std::string_view command);

}  // namespace wallop::cli
