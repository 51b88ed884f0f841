// SPDX-License-Identifier: Apache-2.0
// Summary: a running XXH3 over numbers and texts.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace wallop::sim {

// A running hash over numbers, the same on machines of either endianness.
class Summary {
 public:
  void add(std::uint64_t number) {
    std::array<unsigned char, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(number >> (8 * i));
    hash_ = XXH3_64bits_withSeed(bytes.data(), bytes.size(), hash_);
  }
  void add(std::string_view text) { hash_ = XXH3_64bits_withSeed(text.data(), text.size(), hash_); }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

}  // namespace wallop::sim
