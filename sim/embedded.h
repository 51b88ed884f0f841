// SPDX-License-Identifier: Apache-2.0
// Data files that are compiled into the library, so that the command works from any directory.
// cmake/WallopEmbed.cmake writes the definitions.
#pragma once

#include <span>
#include <string_view>

namespace wallop::sim {

struct EmbeddedFile {
  std::string_view name;  // Without directory and extension: "nvme-plp".
  std::string_view text;
};

// sim/disks/*.json, in the order of sim/CMakeLists.txt.
std::span<const EmbeddedFile> disk_files();
// sim/models/*.json.
std::span<const EmbeddedFile> model_files();

}  // namespace wallop::sim
