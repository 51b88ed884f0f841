// SPDX-License-Identifier: Apache-2.0
// Files that belong to this program: where the build and the installation put them.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace wallop::cli {

// The path of `name`, which is the name of its build target or, of a library, lib NAME.so. Otherwise what is
// missing and how to build it.
[[nodiscard]] std::expected<std::string, std::string> beside_this_program(std::string_view name);

}  // namespace wallop::cli
