// SPDX-License-Identifier: Apache-2.0
// What a file holds: its bytes. Values that share what they have in common.
#pragma once

#include <cstdint>
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

}  // namespace wallop::sim
