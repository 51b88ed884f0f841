// SPDX-License-Identifier: Apache-2.0
// Memory that a direct read fills without a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace wallop::io {

// Direct reads need offset, size and memory aligned to the device's logical block (open(2)). Assumption: no
// device has larger ones than 4096 bytes.
inline constexpr std::size_t kAlignBytes = 4096;

constexpr std::uint64_t align_down(std::uint64_t value) {
  return value - value % kAlignBytes;
}
constexpr std::uint64_t align_up(std::uint64_t value) {
  return align_down(value + kAlignBytes - 1);
}

inline bool is_aligned(const std::byte* memory) {
  return reinterpret_cast<std::uintptr_t>(memory) % kAlignBytes == 0;
}

struct FreeAligned {
  void operator()(std::byte* memory) const { ::operator delete[](memory, std::align_val_t{kAlignBytes}); }
};
using AlignedBytes = std::unique_ptr<std::byte[], FreeAligned>;

// Not initialised: what is not touched costs nothing.
inline AlignedBytes aligned_bytes(std::size_t size) {
  return AlignedBytes(static_cast<std::byte*>(::operator new[](size, std::align_val_t{kAlignBytes})));
}

}  // namespace wallop::io
