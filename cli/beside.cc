// SPDX-License-Identifier: Apache-2.0
// Looking beside /proc/self/exe.
#include "cli/beside.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace wallop::cli {
namespace {

// Of the test programs, of `wallop` in its build, and installed.
constexpr std::string_view kPlaces[] = {".", "cli", "bench/peers", "../libexec/wallop"};

}  // namespace

std::expected<std::string, std::string> beside_this_program(std::string_view name) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path folder = self.parent_path();
  for (const std::string_view place : kPlaces) {
    for (const std::string& file : {std::string(name), fmt::format("lib{}.so", name)}) {
      const std::filesystem::path path = (folder / place / file).lexically_normal();
      if (std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), R_OK) == 0)
        return path.string();
    }
  }
  return std::unexpected(fmt::format("{} is not beside {}\n  build it: cmake --build {} --target {}", name,
                                     self.string(), folder.string(), name));
}

}  // namespace wallop::cli
