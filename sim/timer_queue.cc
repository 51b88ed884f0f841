// SPDX-License-Identifier: Apache-2.0
// An indexed binary heap by (deadline, arrival).
#include "sim/timer_queue.h"

#include "base/ensure.h"

namespace wallop::sim {
namespace {

inline bool before(const TimerQueue::Timer& a, const TimerQueue::Timer& b) {
  return a.at != b.at ? a.at < b.at : a.arrival < b.arrival;
}

}  // namespace

// Inline, so that the timer on its way stays in registers.
inline void TimerQueue::place(std::size_t place, const Timer& timer) {
  heap_[place] = timer;
  places_[timer.id] = static_cast<std::uint32_t>(place);
}

inline void TimerQueue::sift_up(std::size_t from, const Timer& timer) {
  while (from > 0 && before(timer, heap_[(from - 1) / 2])) {
    place(from, heap_[(from - 1) / 2]);
    from = (from - 1) / 2;
  }
  place(from, timer);
}

inline void TimerQueue::sift_down(std::size_t from, const Timer& timer) {
  for (std::size_t child = 2 * from + 1; child < heap_.size(); child = 2 * from + 1) {
    if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
    if (!before(heap_[child], timer)) break;
    place(from, heap_[child]);
    from = child;
  }
  place(from, timer);
}

const TimerQueue::Timer* TimerQueue::find(FibreId id) const {
  if (id >= places_.size() || places_[id] == kAbsent) return nullptr;
  return &heap_[places_[id]];
}

void TimerQueue::add(FibreId id, io::Instant at) {
  if (id >= places_.size()) places_.resize(id + 1, kAbsent);
  base::ensure(places_[id] == kAbsent, "a fibre sleeps until one instant");
  heap_.emplace_back();
  sift_up(heap_.size() - 1, {at, arrival_count_++, id});
}

FibreId TimerQueue::pop() {
  const FibreId id = heap_.front().id;
  remove_at(0);
  return id;
}

void TimerQueue::remove(FibreId id) {
  if (id < places_.size() && places_[id] != kAbsent) remove_at(places_[id]);
}

void TimerQueue::clear() {
  for (const Timer& timer : heap_) places_[timer.id] = kAbsent;
  heap_.clear();
}

// The last one fills the gap; it may belong further up or further down.
void TimerQueue::remove_at(std::size_t gap) {
  places_[heap_[gap].id] = kAbsent;
  const Timer last = heap_.back();
  heap_.pop_back();
  if (gap == heap_.size()) return;
  if (gap > 0 && before(last, heap_[(gap - 1) / 2])) {
    sift_up(gap, last);
  } else {
    sift_down(gap, last);
  }
}

}  // namespace wallop::sim
