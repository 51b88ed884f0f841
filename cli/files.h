// SPDX-License-Identifier: Apache-2.0
// Whole files through the seam.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "io/file_system.h"

namespace wallop::cli {

inline constexpr std::uint64_t kFileBytesMax = 1ULL << 30;

// The whole text; too_large beyond `bytes_max`, invalid for what is no regular file.
[[nodiscard]] io::Result<std::string> read_file(io::FileSystem& files, std::string_view path,
                                                std::uint64_t bytes_max = kFileBytesMax);

// Standard input to its end; too_large beyond `bytes_max`. An interrupt ends it early.
[[nodiscard]] io::Result<std::string> read_standard_input(std::uint64_t bytes_max,
                                                          const std::function<bool()>& interrupted);

// Replaces the file, whole or not at all and durable; its directory must be there. Meanwhile there is a
// "*.partial" beside it.
[[nodiscard]] io::Status write_file(io::FileSystem& files, const std::string& path, std::string_view text);

// The directory and those above it that are missing. After a failure some of them may be there.
[[nodiscard]] io::Status make_directories(io::FileSystem& files, std::string_view path);

// The path without its last name: "." for "a", "/" for "/a".
[[nodiscard]] std::string parent_of(std::string_view path);

}  // namespace wallop::cli
