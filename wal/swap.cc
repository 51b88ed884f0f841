// SPDX-License-Identifier: Apache-2.0
// Renames of directories, one durable before the next.
#include "wal/swap.h"

#include "wal/log_directory.h"
#include "wal/segment_name.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

bool is_there(io::World& world, const std::string& path) {
  return world.files.stat(path).has_value();
}

// Durable when it returns.
io::Status rename(io::World& world, const std::string& from, const std::string& to) {
  if (auto renamed = world.files.rename(from, to); !renamed) return renamed;
  return world.files.sync_directory(parent_of(to));
}

}  // namespace

std::string compacted_beside(const std::string& directory) {
  return directory + ".compacted";
}
std::string replaced_beside(const std::string& directory) {
  return directory + ".replaced";
}

io::Status swap_in(io::World& world, const std::string& directory) {
  if (auto away = rename(world, directory, replaced_beside(directory)); !away) return away;
  auto in = rename(world, compacted_beside(directory), directory);
  // An open in between has finished it.
  const bool is_done = !in && in.error().code == io::Code::not_found && is_there(world, directory);
  return is_done ? world.files.sync_directory(parent_of(directory)) : in;
}

io::Status finish_cut_swap(io::World& world, const std::string& directory) {
  const std::string compacted = compacted_beside(directory), replaced = replaced_beside(directory);
  if (is_there(world, path_in(compacted, kLockName))) return rename(world, compacted, directory);
  if (is_there(world, path_in(replaced, kLockName))) return rename(world, replaced, directory);
  return {};
}

io::Status refuse_if_taken(io::World& world, const std::string& directory) {
  for (const std::string& beside : {compacted_beside(directory), replaced_beside(directory)}) {
    if (is_there(world, path_in(beside, kLockName)))
      return io::failure(
          io::Code::invalid, "open log", directory,
          "a compaction was cut, and its log lies in " + beside +
              "; this directory was made anew since: remove it, empty as it is, and open again");
  }
  return {};
}

io::Status remove_replaced(io::World& world, const std::string& directory) {
  const std::string replaced = replaced_beside(directory);
  auto names = world.files.list(replaced);
  if (!names) return names.error().code == io::Code::not_found ? io::Status() : io::Failure(names.error());
  bool has_moved = false;
  for (const std::string& name : *names) {
    if (segment_of(name) || name == kLockName) continue;
    if (auto moved = world.files.rename(path_in(replaced, name), path_in(directory, name)); !moved)
      return moved;
    has_moved = true;
  }
  if (has_moved) {
    if (auto synced = world.files.sync_directory(directory); !synced) return synced;
  }
  if (auto removed = remove_log(world.files, replaced); !removed) return removed;
  return world.files.sync_directory(parent_of(directory));
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
