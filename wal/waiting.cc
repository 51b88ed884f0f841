// SPDX-License-Identifier: Apache-2.0
// Signals and waiters. Nothing here allocates once as many threads have waited at once as ever will; for the
// first few not even then.
#include "wal/waiting.h"

#include <algorithm>

namespace wallop::wal::inline WALLOP_WAL_BUILD {

Woken Signal::wait(Lock& lock) {
  const std::uint64_t before = notified_count_;
  ++waiter_count_;
  changed_->wait(*lock.mutex());
  --waiter_count_;
  return notified_count_ == before ? Woken::by_nobody : Woken::by_somebody;
}

Woken Signal::wait_until(Lock& lock, io::Instant deadline) {
  const std::uint64_t before = notified_count_;
  ++waiter_count_;
  const io::Wake wake = changed_->wait_until(*lock.mutex(), deadline);
  --waiter_count_;
  if (notified_count_ != before) return Woken::by_somebody;
  return wake == io::Wake::timed_out ? Woken::timed_out : Woken::by_nobody;
}

void Signal::notify() {
  if (waiter_count_ == 0) return;
  ++notified_count_;
  changed_->notify_all();
}

Waiters::Waiters(io::Threads& threads) : threads_(threads) {
  for (Slot& slot : first_) add(slot);
}

// Every list can hold all slots.
void Waiters::add(Slot& slot) {
  slot.woken = threads_.make_cond_var();
  free_.reserve(kFirst + more_.capacity());
  waiting_.reserve(kFirst + more_.capacity());
  free_.push_back(&slot);
}

Waiters::Slot& Waiters::take_slot() {
  if (free_.empty()) add(*more_.emplace_back(std::make_unique<Slot>()));
  Slot& slot = *free_.back();
  free_.pop_back();
  return slot;
}

Woken Waiters::wait(Lock& lock, Lsn lsn, Role role) {
  Slot& slot = take_slot();
  slot.lsn = lsn;
  slot.role = role;
  slot.released = false;
  // Mostly at the end: LSNs are given out under the same lock.
  const auto after =
      std::ranges::upper_bound(waiting_, lsn, {}, [](const Slot* other) { return other->lsn; });
  waiting_.insert(after, &slot);
  slot.woken->wait(*lock.mutex());
  const bool released = slot.released;
  if (!released) std::erase(waiting_, &slot);
  free_.push_back(&slot);
  return released ? Woken::by_somebody : Woken::by_nobody;
}

std::size_t Waiters::release(Lsn reached, Wakes& wakes) {
  const auto let_go = [&](Slot* slot) {
    slot->released = true;
    wakes.push_back(slot->woken.get());
  };
  const auto behind =
      std::ranges::upper_bound(waiting_, reached, {}, [](const Slot* slot) { return slot->lsn; });
  const auto count = static_cast<std::size_t>(behind - waiting_.begin());
  std::for_each(waiting_.begin(), behind, let_go);
  waiting_.erase(waiting_.begin(), behind);
  const auto leader =
      std::ranges::find(waiting_, Role::may_lead, [](const Slot* slot) { return slot->role; });
  if (leader != waiting_.end()) {
    let_go(*leader);
    waiting_.erase(leader);
  }
  return count;
}

void Waiters::release_all(Wakes& wakes) {
  for (Slot* slot : waiting_) {
    slot->released = true;
    wakes.push_back(slot->woken.get());
  }
  waiting_.clear();
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
