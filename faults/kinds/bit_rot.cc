// SPDX-License-Identifier: Apache-2.0
// Which bits.
#include "faults/kinds/bit_rot.h"

#include <algorithm>
#include <set>

namespace wallop::faults {

std::optional<Effect> BitRot::on(const Op& op, const Firing& firing) const {
  if (op.bytes == 0) return std::nullopt;
  const std::uint64_t count = std::min(bits, 8 * op.bytes);
  std::set<std::uint64_t> drawn;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t bit = firing.dice.below(8 * op.bytes, i);
    while (!drawn.insert(bit).second) bit = (bit + 1) % (8 * op.bytes);
  }
  return Effect{.flipped_bits = {drawn.begin(), drawn.end()}};
}

std::vector<Flaw> BitRot::flaws() const {
  if (bits == 0) return {{"bits", "no bit turns", "write \"bits\": 1"}};
  if (bits > kBitsMax) return {{"bits", "more bits than anybody needs: at most 1024", ""}};
  return {};
}

}  // namespace wallop::faults
