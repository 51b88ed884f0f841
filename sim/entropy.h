// SPDX-License-Identifier: Apache-2.0
// Entropy of the simulated world: the draws of its seed, so that even a log's identity repeats.
#pragma once

#include "base/choices.h"
#include "io/world.h"

namespace wallop::sim {

class Entropy final : public io::Entropy {
 public:
  // `draws` outlives this.
  explicit Entropy(base::Draws& draws) : draws_(draws) {}

  std::uint64_t next() override { return draws_.bits(base::site_number("entropy"), count_++); }

 private:
  base::Draws& draws_;
  std::uint64_t count_ = 0;
};

}  // namespace wallop::sim
