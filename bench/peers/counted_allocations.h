// SPDX-License-Identifier: Apache-2.0
// Counting operator new. (What a C library takes by malloc is not counted.)
#pragma once

#include <cstdint>

namespace wallop::bench {

// Of all threads, and of the one that asks.
[[nodiscard]] std::uint64_t counted_allocations();
[[nodiscard]] std::uint64_t counted_allocations_here();

}  // namespace wallop::bench
