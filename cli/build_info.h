// SPDX-License-Identifier: Apache-2.0
// What this binary is: stamped into every result, so that a figure can be traced to the code that made it.
#pragma once

#include <string>
#include <string_view>

namespace wallop::cli {

struct BuildInfo {
  std::string_view version;   // "0.1.0".
  std::string_view commit;    // Twelve hex digits; "unknown" where it was not built from a repository.
  std::string_view compiler;  // "GNU 12.2.0".
};

[[nodiscard]] BuildInfo build_info();

// "wallop 0.1.0 (5b1c0e9d77aa, GNU 12.2.0)".
[[nodiscard]] std::string version_line();

}  // namespace wallop::cli
