// SPDX-License-Identifier: Apache-2.0
// Counts what a thread allocates: a program that links wallop_allocations has an operator new that does.
//
//   const std::uint64_t before = allocation_count();
//   ...
//   REQUIRE(allocation_count() == before);
#pragma once

#include <cstdint>

namespace wallop::base::testing {

// Calls of operator new by the calling thread, so far.
[[nodiscard]] std::uint64_t allocation_count();

}  // namespace wallop::base::testing
