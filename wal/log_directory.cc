// SPDX-License-Identifier: Apache-2.0
// Small steps that opening, checkpoint and compaction share.
#include "wal/log_directory.h"

#include <algorithm>

#include "wal/little_endian.h"
#include "wal/segment_name.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

io::Result<std::unique_ptr<io::Lock>> take_lock(io::World& world, const std::string& directory) {
  const std::string path = path_in(directory, kLockName);
  auto file = world.files.open(path, {.create = true});
  if (!file) return io::Failure(std::move(file.error()));
  return world.files.lock(path);
}

io::Result<std::uint32_t> block_bytes_of(io::World& world, const std::string& directory) {
  auto unit = world.files.write_unit_bytes(directory);
  if (!unit) return unit;
  return std::clamp(*unit, kBlockBytesMin, kBlockBytesMax);
}

LogUuid new_uuid(io::Entropy& entropy) {
  LogUuid uuid;
  const std::uint64_t high = entropy.next();
  const std::uint64_t low = entropy.next();
  store(&uuid[0], high);
  store(&uuid[8], low);
  return uuid;
}

std::string trimmed(std::string directory) {
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  return directory;
}

io::Status remove_log(io::FileSystem& files, const std::string& directory) {
  auto names = files.list(directory);
  if (!names) return names.error().code == io::Code::not_found ? io::Status() : io::Failure(names.error());
  for (const std::string& name : *names) {
    if (!segment_of(name) && name != kLockName) continue;
    if (auto removed = files.remove(path_in(directory, name)); !removed) return removed;
  }
  return files.remove(directory);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
