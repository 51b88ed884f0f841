// SPDX-License-Identifier: Apache-2.0
// Dice: the draws of one fault about one operation. A pure function of the fault's seed and the operation's
// id, so that no fault, and no draw that a fault does or does not make, moves the draws of another.
#pragma once

#include <cstdint>

#include "base/choices.h"
#include "base/units.h"

namespace wallop::faults {

class Dice {
 public:
  Dice(std::uint64_t fault_seed, std::uint64_t operation) : fault_seed_(fault_seed), operation_(operation) {}

  // Whether the trigger's chance comes true.
  [[nodiscard]] bool chance(base::Ratio ratio) const {
    return of_operation().chance(ratio.numerator, ratio.denominator, base::site_number("when.chance"), 0);
  }
  // Uniform over 0 .. bound - 1, for the effect; `ordinal` tells the draws of one operation apart.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound, std::uint64_t ordinal) const {
    return of_operation().below(bound, base::site_number("effect"), ordinal);
  }

 private:
  [[nodiscard]] base::Seeded of_operation() const {
    return base::Seeded(base::Seeded(fault_seed_).bits(base::site_number("operation"), operation_));
  }

  std::uint64_t fault_seed_;
  std::uint64_t operation_;
};

}  // namespace wallop::faults
