// SPDX-License-Identifier: Apache-2.0
// What memory holds as a trace goes by, for the reference model of durability: names, inodes, bytes. Plain
// maps and strings; private to durability_reference*.cc.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/truth/plain_image.h"
#include "sim/truth/trace.h"

namespace wallop::sim::reference {

inline constexpr std::uint64_t kSector = 512;
inline constexpr char kGarbage = static_cast<char>(0xA5);

using Inode = int;  // From 1, in the order of creation; 1 is the root, 0 nobody.
inline constexpr Inode kNobody = 0;
inline constexpr Inode kRoot = 1;

struct Slot {
  Inode directory = kRoot;
  std::string name;
  auto operator<=>(const Slot&) const = default;
};
using Names = std::map<Slot, Inode>;

// One operation on names: what each slot comes to mean.
using Assignments = std::vector<std::pair<Slot, Inode>>;

inline void assign(Names& names, const Assignments& assignments) {
  for (const auto& [slot, inode] : assignments) {
    if (inode == kNobody) {
      names.erase(slot);
    } else {
      names[slot] = inode;
    }
  }
}

// What an operation did, in terms of inodes.
struct Change {
  TraceOp::Kind kind{};
  Inode inode = kNobody;             // Of a file, or of the directory that is synced.
  Assignments names{};               // Of an operation on names.
  Inode replaced = kNobody;          // Of a rename: what the new name meant before.
  std::uint64_t begin = 0, end = 0;  // Bytes of a write or an allocate.
  std::uint64_t old_size = 0, new_size = 0;
};

class Memory {
 public:
  Memory() { directories.insert(kRoot); }

  // Does the operation, which must succeed.
  Change apply(const TraceOp& op);

  Names names;
  std::set<Inode> directories;
  std::map<Inode, std::string> files;

 private:
  [[nodiscard]] std::pair<Inode, std::string> place(const std::string& path) const;
  [[nodiscard]] Inode resolve(const std::string& path) const;

  Inode last_ = kRoot;
};

// The tree under the root. `bytes` gives a file's bytes.
[[nodiscard]] PlainImage image_of(const Names& names, const std::set<Inode>& directories,
                                  const std::map<Inode, std::string>& bytes);

// Which files the root reaches.
[[nodiscard]] std::set<Inode> reached(const Names& names, const std::set<Inode>& directories);

// So many bytes from there on, zeros behind the end.
[[nodiscard]] inline std::string piece(const std::string& bytes, std::uint64_t from, std::uint64_t size) {
  std::string cut = from < bytes.size() ? bytes.substr(from, size) : std::string();
  cut.resize(size, '\0');
  return cut;
}

// The images at each cut, of one kind of file system. Empty lists: too many.
using Cuts = std::vector<std::set<PlainImage>>;

}  // namespace wallop::sim::reference
