// SPDX-License-Identifier: Apache-2.0
// What was never written reads as zeros: telling it from the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "io/file.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// A word at a time: recovery asks this of every byte behind the last record.
inline bool is_zero(io::Bytes bytes) {
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, &bytes[at], sizeof word);
    seen |= word;
  }
  for (; at < bytes.size(); ++at) seen |= std::to_integer<std::uint64_t>(bytes[at]);
  return seen == 0;
}

// Behind the last byte that is not zero.
inline std::size_t end_of_written(io::Bytes bytes) {
  std::size_t end = bytes.size();
  while (end > 0 && bytes[end - 1] == std::byte{0}) --end;
  return end;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
