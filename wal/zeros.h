// SPDX-License-Identifier: Apache-2.0
// What was never written reads as zeros: telling it from the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "io/file.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Bytes that equal their own next ones are all the same: the C library compares at the speed of memory, and
// recovery asks this of every byte behind the last record.
inline bool is_zero(io::Bytes bytes) {
  return bytes.empty() ||
         (bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

// Behind the last byte that is not zero.
inline std::size_t end_of_written(io::Bytes bytes) {
  std::size_t end = bytes.size();
  while (end > 0 && bytes[end - 1] == std::byte{0}) --end;
  return end;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
