// SPDX-License-Identifier: Apache-2.0
// What the proofs' tests share: a request for so many cases, whatever the time.
#pragma once

#include <cstdint>

#include "sim/truth/proof.h"

namespace wallop::sim {

inline ProofRequest cases(std::uint64_t count) {
  return {.seed = 1, .goes_on = [] { return false; }, .cases_min = count};
}

}  // namespace wallop::sim
