// SPDX-License-Identifier: Apache-2.0
// Numbers in bytes: fixed width, lowest byte first, wherever the machine would put them. And LEB128 varints.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>

#include "io/file.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Byte by byte these are loops that g++ 12 keeps; at run time, where the machine's order is ours, one move.
template <std::unsigned_integral T>
constexpr void store(std::byte* out, T value) {
  if (std::endian::native == std::endian::little && !std::is_constant_evaluated()) {
    std::memcpy(out, &value, sizeof value);
    return;
  }
  for (std::size_t i = 0; i < sizeof(T); ++i) out[i] = static_cast<std::byte>(value >> (8 * i));
}

template <std::unsigned_integral T>
constexpr T load(const std::byte* in) {
  T value = 0;
  if (std::endian::native == std::endian::little && !std::is_constant_evaluated()) {
    std::memcpy(&value, in, sizeof value);
    return value;
  }
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | static_cast<T>(std::to_integer<T>(in[i]) << (8 * i)));
  }
  return value;
}

inline constexpr std::size_t kVarintMax = 10;

// Writes `value`, lowest seven bits first, and returns how many bytes it took (at most kVarintMax).
constexpr std::size_t store_varint(std::byte* out, std::uint64_t value) {
  std::size_t bytes = 0;
  for (; value >= 0x80; value >>= 7) out[bytes++] = static_cast<std::byte>(value | 0x80);
  out[bytes++] = static_cast<std::byte>(value);
  return bytes;
}

struct Varint {
  std::uint64_t value = 0;
  std::size_t bytes = 0;
};

// The varint at the start of `in`; nothing where it does not end inside `in`, does not fit 64 bits, or is
// longer than it need be (one value, one encoding).
constexpr std::optional<Varint> load_varint(io::Bytes in) {
  Varint varint;
  for (const std::byte byte : in) {
    const auto bits = std::to_integer<std::uint64_t>(byte);
    const std::size_t shift = 7 * varint.bytes;
    if (varint.bytes == kVarintMax || (varint.bytes == kVarintMax - 1 && bits > 1)) return std::nullopt;
    varint.value |= (bits & 0x7f) << shift;
    ++varint.bytes;
    if (bits < 0x80) return bits == 0 && varint.bytes > 1 ? std::nullopt : std::optional(varint);
  }
  return std::nullopt;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
