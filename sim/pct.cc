// SPDX-License-Identifier: Apache-2.0
// Ranks: 1 .. depth - 1 for those that fell, above them the others in their order.
#include "sim/pct.h"

#include <algorithm>

#include "base/ensure.h"

namespace wallop::sim {

Pct::Pct(std::uint64_t depth, std::uint64_t length, base::Chooser& chooser)
    : chooser_(chooser), depth_(depth) {
  base::ensure(depth >= 1, "a bug has a depth of at least one");
  for (std::uint64_t i = 1; i < depth; ++i) {
    const std::uint64_t step = chooser_.choose({"pct.change", i, 0}, length + 1);
    if (step != 0) changes_.push_back({step, i});
  }
  std::ranges::sort(changes_, [](const Change& one, const Change& other) {
    return one.step != other.step ? one.step > other.step : one.rank < other.rank;
  });
}

void Pct::add(FibreId id) {
  base::ensure(id == rank_.size(), "fibres come in order of their numbers");
  const std::uint64_t above = chooser_.choose({"pct.rank", id, 0}, order_.size() + 1);
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(above), id);
  rank_.push_back(0);
  for (std::size_t i = 0; i < order_.size(); ++i) rank_[order_[i]] = depth_ + i;
}

void Pct::remove(FibreId id) {
  std::erase(order_, id);
}

void Pct::reach(std::uint64_t step, FibreId running) {
  while (!changes_.empty() && changes_.back().step <= step) {
    rank_[running] = changes_.back().rank;
    std::erase(order_, running);
    changes_.pop_back();
  }
}

std::size_t Pct::highest(const ReadyQueue& ready) const {
  std::size_t highest = 0;
  for (std::size_t i = 1; i < ready.size(); ++i) {
    if (is_above(ready[i], ready[highest])) highest = i;
  }
  return highest;
}

}  // namespace wallop::sim
