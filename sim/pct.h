// SPDX-License-Identifier: Apache-2.0
// PCT: priorities that find a race of depth d with a known chance (Burckhardt, Kothari, Musuvathi,
// Nagarakatte: "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010).
//
// Each fibre has a rank, drawn when it is spawned; the highest one that can run runs. At depth - 1 steps,
// drawn over the length of a run, whoever runs falls below all others. A bug that needs `depth` events of n
// fibres in one order is met by a run of k steps with a chance of at least 1 / (n k^(depth-1)).
//
// What surprises: the schedule is a handful of questions, not one at each scheduling point. "pct.rank" of a
// fibre: above how many of those that there are (0: below them all, so that older ones run first).
// "pct.change": at which step one falls (0: never). So a failing schedule shrinks to the few orders that it
// needs.
#pragma once

#include <cstdint>
#include <vector>

#include "base/choices.h"
#include "sim/ready_queue.h"

namespace wallop::sim {

class Pct {
 public:
  // `depth` is at least 1. Change points lie within `length` steps. `chooser` outlives this.
  Pct(std::uint64_t depth, std::uint64_t length, base::Chooser& chooser);

  // Fibres come in order of their numbers, from 0.
  void add(FibreId id);
  // Of a fibre that is done: it ranks no more.
  void remove(FibreId id);
  // `running` comes to this step: it falls at each change point up to here.
  void reach(std::uint64_t step, FibreId running);
  // Whether `one` runs rather than `other`.
  [[nodiscard]] bool is_above(FibreId one, FibreId other) const { return rank_[one] > rank_[other]; }
  // Where the highest one stands in `ready`, which is not empty.
  [[nodiscard]] std::size_t highest(const ReadyQueue& ready) const;

 private:
  struct Change {
    std::uint64_t step;
    std::uint64_t rank;  // What the fibre falls to: 1 .. depth - 1.
  };

  base::Chooser& chooser_;
  std::uint64_t depth_;
  std::vector<Change> changes_;  // By falling step: the next one is the last.
  std::vector<FibreId> order_;   // Those that have not fallen, lowest first.
  std::vector<std::uint64_t> rank_;
};

}  // namespace wallop::sim
