// SPDX-License-Identifier: Apache-2.0
// The texts that are compiled in: the page's template, style and script, and the style of the plots. So the
// command is one file, and a report never depends on where it is installed.
#pragma once

#include <span>
#include <string_view>

#include "base/ensure.h"

namespace wallop::reports {

struct EmbeddedFile {
  std::string_view name;  // Without the extensions: "page_style" of page_style.css.
  std::string_view text;
};

// Defined by wallop_embed() in CMakeLists.txt.
[[nodiscard]] std::span<const EmbeddedFile> page_files();

[[nodiscard]] inline std::string_view embedded(std::string_view name) {
  for (const EmbeddedFile& file : page_files()) {
    if (file.name == name) return file.text;
  }
  base::ensure(false, "CMakeLists.txt embeds every file that is asked for");
  return "";
}

}  // namespace wallop::reports
