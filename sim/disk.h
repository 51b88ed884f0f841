// SPDX-License-Identifier: Apache-2.0
// Disk: everything that a world can be started from: files with their bytes, directories with their names.
//
// A value. Copying one shares everything and costs nothing to speak of; changing one copies what it touches
// and no more (persistent_map.h). So one crash image costs what it differs in, whatever the size of the
// files.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"
#include "sim/block_pool.h"
#include "sim/content.h"
#include "sim/object.h"
#include "sim/persistent_map.h"
#include "sim/range_set.h"

namespace wallop::sim {

struct Inode {
  io::FileKind kind = io::FileKind::file;
  // Of a file.
  std::uint64_t size = 0;
  Content content;
  RangeSet allocated;   // Write units that have blocks.
  RangeSet written;     // Have blocks that were written: others read as zeros whatever they hold.
  RangeSet unreadable;  // Bytes, whole sectors: the device has EIO for them until they are rewritten.
  // Of a directory.
  std::map<std::string, ObjectId, std::less<>, Pooled<std::pair<const std::string, ObjectId>>> names;
};

class Disk {
 public:
  // An empty root directory.
  Disk();

  [[nodiscard]] const Inode* find(ObjectId id) const;
  // The object that a path names ('/' parts; "." and "" are the root; ".." is no name); kNoObject where there
  // is none.
  [[nodiscard]] ObjectId resolve(std::string_view path) const;
  // For changing: the object becomes this disk's own.
  Inode& change(ObjectId id);
  // A new object with the next number.
  ObjectId create(io::FileKind kind);
  void put(ObjectId id, Inode inode);
  void drop(ObjectId id);
  // Numbers below are used up.
  [[nodiscard]] ObjectId next_id() const { return next_id_; }
  void reserve_ids(ObjectId next);

  // What the root reaches, itself included, sorted.
  [[nodiscard]] std::vector<ObjectId> reachable() const;
  // Every object, sorted.
  [[nodiscard]] std::vector<ObjectId> all() const;
  // What the root does not reach goes.
  void collect_garbage();
  // Every path with its object, sorted by byte: "d", "d/a.wal". A directory with two names (which only a
  // crash leaves behind) is entered by its first one alone.
  [[nodiscard]] std::vector<std::pair<std::string, ObjectId>> paths() const;
  // XXH3 of names, sizes and bytes, whatever the objects' numbers: equal disks look equal to every engine.
  [[nodiscard]] std::uint64_t hash() const;
  // The same with the blocks that files have: equal disks stay equal through further writes and crashes.
  [[nodiscard]] std::uint64_t hash_with_extents() const;

 private:
  enum class With : std::uint8_t { bytes, extents };
  [[nodiscard]] std::uint64_t hash(With with) const;

  PersistentMap<std::shared_ptr<const Inode>> inodes_;
  ObjectId next_id_{2};
};

}  // namespace wallop::sim
