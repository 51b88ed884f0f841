// SPDX-License-Identifier: Apache-2.0
// The bytes of a write: copied once, looked at by all.
#include "sim/object.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/ensure.h"
#include "sim/block_pool.h"

namespace wallop::sim {
namespace {

// Of the hash of zeros, so that it is not that of some eight bytes.
constexpr XXH64_hash_t kZerosSeed = 0x7a65726f73;

bool all_zero(io::Bytes bytes) {
  // The first bytes decide almost always; a run of zeros is compared with itself, one byte further on.
  if (bytes.empty()) return true;
  if (bytes.front() != std::byte{0}) return false;
  return std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace

Payload Payload::of(std::span<const io::Bytes> pieces) {
  std::uint64_t size = 0;
  for (const io::Bytes piece : pieces) size += piece.size();
  if (std::ranges::all_of(pieces, all_zero)) return zeros(size);
  auto bytes = pooled_piece(size);
  std::uint64_t filled = 0;
  for (const io::Bytes piece : pieces) {
    if (!piece.empty()) std::memcpy(bytes.get() + filled, piece.data(), piece.size());
    filled += piece.size();
  }
  return Payload(std::move(bytes), size);
}

void Payload::copy(std::uint64_t offset, std::span<std::byte> into) const {
  base::ensure(offset <= size_ && into.size() <= size_ - offset, "a payload is copied within its size");
  if (into.empty()) return;
  if (is_zeros()) {
    std::memset(into.data(), 0, into.size());
  } else {
    std::memcpy(into.data(), bytes_.get() + offset, into.size());
  }
}

std::uint64_t Payload::hash() const {
  if (!is_zeros()) return XXH3_64bits(bytes_.get(), size_);
  std::array<unsigned char, 8> size{};
  for (std::size_t i = 0; i < size.size(); ++i) size[i] = static_cast<unsigned char>(size_ >> (8 * i));
  return XXH3_64bits_withSeed(size.data(), size.size(), kZerosSeed);
}

}  // namespace wallop::sim
