// SPDX-License-Identifier: Apache-2.0
// File names of a log: "0000000000000001.wal" for segment 1 (16 hex digits), and "LOCK".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

inline constexpr std::string_view kLockName = "LOCK";
inline constexpr std::string_view kSegmentSuffix = ".wal";

std::string segment_name(SegmentId id);
// The id that `name` stands for; nothing where it is no segment's name, letter for letter.
std::optional<SegmentId> segment_of(std::string_view name);

std::string path_in(std::string_view directory, std::string_view name);
std::string segment_path(std::string_view directory, SegmentId id);
// The directory that holds this one: "." for a bare name.
std::string parent_of(std::string_view directory);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
