// SPDX-License-Identifier: Apache-2.0
// A transfer that stops in the middle: what short_read and short_write have in common.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct ShortTransfer {
  std::optional<base::ByteCount> done_bytes;

  // A transfer of one byte cannot stop in its middle.
  [[nodiscard]] std::optional<Effect> stop(const Op& op, const Firing& firing, int os_error) const {
    if (op.bytes < 2) return std::nullopt;
    const std::uint64_t drawn = done_bytes ? done_bytes->value : 1 + firing.dice.below(op.bytes - 1, 0);
    return Effect{.os_error = os_error, .done_bytes = std::min(drawn, op.bytes - 1)};
  }

  // `remedy`: the kinds to take in its place.
  [[nodiscard]] std::vector<Flaw> flaws(std::string remedy) const {
    if (!done_bytes || done_bytes->value > 0) return {};
    return {{"done_bytes", "what does nothing is not short", std::move(remedy)}};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("done_bytes", done_bytes, "How many bytes get through, all but one at most. Absent: drawn.");
  }
};

}  // namespace wallop::faults
