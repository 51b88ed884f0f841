// SPDX-License-Identifier: Apache-2.0
// What a simulated disk is made of, by number: objects, operations, and the bytes of a write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/strong.h"
#include "io/file.h"

namespace wallop::sim {

// A file or a directory. Names come and go, an object stays what it is, also across crashes: no number is
// used twice on one disk. 0 is none.
using ObjectId = base::Strong<struct ObjectIdTag>;
inline constexpr ObjectId kNoObject{0};
inline constexpr ObjectId kRootDirectory{1};

// Operations of a world are counted from 1 (faults::Op::id).
using OpId = std::uint64_t;

// The bytes of one write, shared by all who look at them; they never change. Zeros are kept as their number
// alone, so that filling a segment with them costs nothing.
class Payload {
 public:
  Payload() = default;
  // Copies. Bytes that are all zero become zeros(), whoever wrote them.
  static Payload of(io::Bytes bytes) { return of(std::span(&bytes, 1)); }
  // The pieces, one after the other.
  static Payload of(std::span<const io::Bytes> pieces);
  static Payload zeros(std::uint64_t size) { return Payload(nullptr, size); }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool is_zeros() const { return bytes_ == nullptr; }
  // The bytes from `offset` on, alive as long as the pointer; not of zeros.
  [[nodiscard]] std::shared_ptr<const std::byte[]> share(std::uint64_t offset) const {
    return {bytes_, bytes_.get() + offset};
  }
  // Copies bytes [offset, offset + into.size()); they must be there.
  void copy(std::uint64_t offset, std::span<std::byte> into) const;
  // The bytes themselves, to look at; empty where is_zeros().
  [[nodiscard]] io::Bytes bytes() const { return {bytes_.get(), is_zeros() ? 0 : size_}; }
  // XXH3 of the bytes; of zeros a number that hangs on their size alone.
  [[nodiscard]] std::uint64_t hash() const;

 private:
  Payload(std::shared_ptr<const std::byte[]> bytes, std::uint64_t size)
      : bytes_(std::move(bytes)), size_(size) {}

  std::shared_ptr<const std::byte[]> bytes_;
  std::uint64_t size_ = 0;
};

// One name in one directory comes to mean `object`; kNoObject: it is gone. A rename is two of these, of one
// operation.
struct NameChange {
  ObjectId directory;
  std::shared_ptr<const std::string> name;
  ObjectId object;
};

}  // namespace wallop::sim
