// SPDX-License-Identifier: Apache-2.0
// The built-in profiles, compiled in: the command is one file, wherever it is installed.
#pragma once

#include <span>
#include <string_view>

namespace wallop::checklist {

struct EmbeddedFile {
  std::string_view name;  // "ci-quick" of profiles/ci-quick.json.
  std::string_view text;
};

// Defined by wallop_embed() in CMakeLists.txt; by name.
[[nodiscard]] std::span<const EmbeddedFile> profile_files();

}  // namespace wallop::checklist
