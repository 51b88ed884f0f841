// SPDX-License-Identifier: Apache-2.0
// Shrinking: of a list of answers that fails, a small one that still does.
//
// Greedy, and sound by itself: each step is tried and kept only where the failure stands. What it cannot do
// is go uphill: the result is small, not proved smallest.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/explore/answers.h"

namespace wallop::sim {

struct Shrunk {
  Answers answers;
  std::uint64_t try_count = 0;
};

// Makes answers calm (many at once, then one by one) and lower (least first), until nothing helps or
// `tries_max` lists were tried. `still_fails` is asked about candidates alone: `failing` is taken to fail.
[[nodiscard]] Shrunk shrink(Answers failing, const std::function<bool(const Answers&)>& still_fails,
                            std::uint64_t tries_max);

}  // namespace wallop::sim
