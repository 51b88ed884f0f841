// SPDX-License-Identifier: Apache-2.0
// TimerQueue: who sleeps until when. At most one deadline a fibre; equal deadlines come out in the order in
// which they went in.
//
// A binary heap that knows where each fibre stands in it, so that a deadline can be taken back: otherwise a
// log that waits "an hour, or until notified" a million times would leave a million entries behind.
#pragma once

#include <cstdint>
#include <vector>

#include "io/time.h"
#include "sim/ready_queue.h"

namespace wallop::sim {

class TimerQueue {
 public:
  struct Timer {
    io::Instant at;
    std::uint64_t arrival;  // Breaks ties.
    FibreId id;
  };

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  // The earliest. Must not be empty.
  [[nodiscard]] const Timer& top() const { return heap_.front(); }
  // Null where that fibre has no deadline.
  [[nodiscard]] const Timer* find(FibreId id) const;

  // `id` must have no deadline yet.
  void add(FibreId id, io::Instant at);
  // Takes the earliest out.
  FibreId pop();
  // Takes back the deadline of `id`, if it has one.
  void remove(FibreId id);
  void clear();

 private:
  static constexpr std::uint32_t kAbsent = ~std::uint32_t{0};

  void remove_at(std::size_t place);
  void place(std::size_t place, const Timer& timer);
  void sift_up(std::size_t from, const Timer& timer);
  void sift_down(std::size_t from, const Timer& timer);

  std::vector<Timer> heap_;
  std::vector<std::uint32_t> places_;  // By fibre: where in the heap, or kAbsent.
  std::uint64_t arrival_count_ = 0;
};

}  // namespace wallop::sim
