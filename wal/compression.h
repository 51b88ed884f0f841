// SPDX-License-Identifier: Apache-2.0
// Compression of one value: its length before, as a varint, then one block of LZ4 or one frame of Zstandard.
//
// The length is believed only within what the codec can make of so many bytes, and kExpandedBytesMax at most:
// a damaged one never decides how much memory is taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "io/file.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

enum class Compression : std::uint8_t { none = 0, lz4 = 1, zstd = 2 };

inline constexpr std::uint64_t kExpandedBytesMax = 1ULL << 30;

struct Compressed {
  std::unique_ptr<std::byte[]> bytes;
  std::size_t size = 0;

  [[nodiscard]] io::Bytes view() const { return {bytes.get(), size}; }
};

// `value` has at most kExpandedBytesMax. Nothing where that would be no shorter.
std::optional<Compressed> compress(Compression how, io::Bytes value);

// What compress() took, into `buffer`. False where `stored` is not what compress() could have made.
bool expand(Compression how, io::Bytes stored, std::vector<std::byte>& buffer);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
