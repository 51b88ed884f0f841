// SPDX-License-Identifier: Apache-2.0
// The command line as a request. CLI11 does the parsing (command_line.cc and wal_command_line.cc, the only
// files that include it: it is slow to compile).
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "cli/requests.h"

namespace wallop::cli {

// What is wrong and how to mend it, for standard error; may hold several lines, ends in none.
struct UsageError {
  std::string text;
};

// `arguments` without the program's name.
[[nodiscard]] std::expected<Request, UsageError> parse_command_line(
    const std::vector<std::string>& arguments);

// "wallop run 'a b.json'": quoted for a POSIX shell where it must be.
[[nodiscard]] std::string as_typed(const std::vector<std::string>& arguments);
[[nodiscard]] std::string quoted(const std::string& argument);

}  // namespace wallop::cli
