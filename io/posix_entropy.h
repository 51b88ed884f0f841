// SPDX-License-Identifier: Apache-2.0
// Randomness from the kernel.
#pragma once

#include "io/world.h"

namespace wallop::io {

class PosixEntropy final : public Entropy {
 public:
  std::uint64_t next() override;
};

}  // namespace wallop::io
