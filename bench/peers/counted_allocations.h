// SPDX-License-Identifier: Apache-2.0
// Counting operator new, of all threads. (What a C library takes by malloc is not counted.)
#pragma once

#include <cstdint>

namespace wallop::bench {

[[nodiscard]] std::uint64_t counted_allocations();

}  // namespace wallop::bench
