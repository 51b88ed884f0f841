// SPDX-License-Identifier: Apache-2.0
// Which names an operation changes, or the errno with which Linux refuses it. Pure: nothing is changed here.
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "io/file_system.h"
#include "sim/disk.h"
#include "sim/paths.h"

namespace wallop::sim {

// A new name is always there before an old one goes: a rename's first change is that of its target.
using NameChanges = std::expected<std::vector<NameChange>, int>;

// For open: the object to open; kNoObject where it is to be made at `place`.
[[nodiscard]] std::expected<ObjectId, int> object_to_open(const Disk& disk,
                                                          const std::expected<Place, int>& place,
                                                          const io::OpenOptions& options);

// The name that `created` gets. `place` is where it was looked for.
[[nodiscard]] NameChange name_at(const Place& place, ObjectId created);

// Where a directory can be made, or why not.
[[nodiscard]] std::expected<Place, int> place_for_directory(const Disk& disk, std::string_view path);
[[nodiscard]] NameChanges changes_of_rename(const Disk& disk, std::string_view from, std::string_view to);
[[nodiscard]] NameChanges changes_of_link(const Disk& disk, std::string_view existing,
                                          std::string_view created);
[[nodiscard]] NameChanges changes_of_remove(const Disk& disk, std::string_view path);

}  // namespace wallop::sim
