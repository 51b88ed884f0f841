// SPDX-License-Identifier: Apache-2.0
// Paths as Linux walks them: what a path names, and why it names nothing.
#pragma once

#include <boost/container/small_vector.hpp>
#include <expected>
#include <string_view>

#include "sim/disk.h"

namespace wallop::sim {

// Where a path ends. The errno of a failure is the kernel's (path_resolution(7)).
struct Place {
  // What the path ends in: only a name can be made, changed or removed.
  enum class Last : std::uint8_t { name, dot, dot_dot, root };

  using Directories = boost::container::small_vector<ObjectId, 4>;

  Last last = Last::root;
  std::string_view name;         // The last name, part of the path; "" where there is none.
  ObjectId object = kNoObject;   // What stands there; kNoObject where nothing does.
  bool wants_directory = false;  // The path ends in a slash.
  Directories ancestors;         // The directories on the way, from the root to that of the name.

  [[nodiscard]] ObjectId directory() const { return ancestors.back(); }
};

// Why the kernel does not even begin to walk; 0 where it does. A call with two paths looks at both texts
// first.
[[nodiscard]] int problem_of_text(std::string_view path);

// Walks all but the last name, which may be missing.
[[nodiscard]] std::expected<Place, int> find_place(const Disk& disk, std::string_view path);

// What the path names; ENOENT where that is nothing.
[[nodiscard]] std::expected<ObjectId, int> find_object(const Disk& disk, std::string_view path);

[[nodiscard]] inline bool is_directory(const Disk& disk, ObjectId id) {
  const Inode* inode = disk.find(id);
  return inode != nullptr && inode->kind == io::FileKind::directory;
}

}  // namespace wallop::sim
