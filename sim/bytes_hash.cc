// SPDX-License-Identifier: Apache-2.0
// xxHash chooses at run time where it can: by itself it takes what the compiler was told, which is SSE2.
#include "sim/bytes_hash.h"

#if defined(__x86_64__)
#include <xxh_x86dispatch.h>
#else
#include <xxhash.h>
#endif

namespace wallop::sim {

std::uint64_t hash_of_bytes(const std::byte* bytes, std::size_t size) {
  return XXH3_64bits(bytes, size);
}

}  // namespace wallop::sim
