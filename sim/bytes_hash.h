// SPDX-License-Identifier: Apache-2.0
// The hash of a run of bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wallop::sim {

// XXH3 (64 bits, no seed), by the widest instructions that the processor has: the same number on every one.
[[nodiscard]] std::uint64_t hash_of_bytes(const std::byte* bytes, std::size_t size);

}  // namespace wallop::sim
