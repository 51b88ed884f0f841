// SPDX-License-Identifier: Apache-2.0
// What a file holds: its bytes (Content), and which of its write units have blocks (Extents). Values that
// share what they have in common.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>

#include "io/file.h"
#include "sim/object.h"
#include "sim/persistent_map.h"

namespace wallop::sim {

// The bytes of a file that are not zero, by pages. A page that was written whole shares its bytes with the
// write.
class Content {
 public:
  static constexpr std::uint64_t kPageBytes = 4096;

  // Bytes never written are zero.
  void read(std::uint64_t offset, std::span<std::byte> into) const;
  void write(std::uint64_t offset, io::Bytes bytes);
  void write(std::uint64_t offset, const Payload& payload, std::uint64_t payload_offset, std::uint64_t size);
  // The same bytes as `from` has there.
  void copy_from(const Content& from, std::uint64_t offset, std::uint64_t size);
  void zero(std::uint64_t offset, std::uint64_t size);
  [[nodiscard]] bool is_zero(std::uint64_t offset, std::uint64_t size) const;
  // XXH3 of all bytes below `size`, however they are kept.
  [[nodiscard]] std::uint64_t hash(std::uint64_t size) const;

 private:
  struct Page {
    std::shared_ptr<const std::byte[]> bytes;  // kPageBytes; null is zeros.
    bool is_own = false;                       // Made here, not a write's: may change where nobody shares it.
    mutable std::uint64_t hash = 0;            // Of the whole page; 0: not yet known.
  };
  std::byte* change(std::uint64_t index);
  static std::uint64_t hash(const Page& page, std::uint64_t size);

  PersistentMap<Page> pages_;
};

// Which of a file's write units have blocks: space accounting, and whether a write is the first one of its
// unit.
class Extents {
 public:
  void add(std::uint64_t first_unit, std::uint64_t unit_count);
  void remove_from(std::uint64_t first_unit);
  [[nodiscard]] bool has(std::uint64_t unit) const;
  [[nodiscard]] std::uint64_t unit_count() const { return unit_count_; }
  // First unit -> the one behind the last; apart from each other.
  using Runs = std::map<std::uint64_t, std::uint64_t>;
  [[nodiscard]] const Runs& runs() const;

 private:
  Runs& change();

  std::shared_ptr<const Runs> runs_;  // Null is none.
  std::uint64_t unit_count_ = 0;
};

}  // namespace wallop::sim
