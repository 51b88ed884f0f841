// SPDX-License-Identifier: Apache-2.0
// Waiting: how the log's threads wait for each other. Two forms, both under the log's one mutex.
//
// Both tell a wake-up that somebody meant from one that nobody did: a simulated world that has ended wakes
// everyone, and a loop that only waited again would never unwind. Whoever gets Woken::by_nobody asks the
// world (Log::look_up).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "io/threads.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

using Lock = std::unique_lock<io::Mutex>;

enum class Woken : std::uint8_t { by_somebody, by_nobody, timed_out };

// For the rare waits: everyone who waits looks again. Costs nothing where nobody waits.
class Signal {
 public:
  explicit Signal(io::Threads& threads) : changed_(threads.make_cond_var()) {}

  Woken wait(Lock& lock);
  Woken wait_until(Lock& lock, io::Instant deadline);
  void notify();

 private:
  std::unique_ptr<io::CondVar> changed_;
  std::uint64_t notified_count_ = 0;
  std::size_t waiter_count_ = 0;
};

// Whether a waiter, woken before its LSN was reached, takes over the work that reaches it.
enum class Role : std::uint8_t { may_lead, follows };

// For the frequent wait, "until LSN n is durable": each waiter has a condition variable of its own and is
// woken alone, in order of LSN. One shared variable would wake all of 64 writers for each of them (measured:
// beyond 32 threads the wake-ups cost more than the syncs).
class Waiters {
 public:
  using Wakes = std::vector<io::CondVar*>;

  explicit Waiters(io::Threads& threads);

  Woken wait(Lock& lock, Lsn lsn, Role role);
  // Lets go everyone up to `reached`, and the first of the others that may lead. They run once `wakes` are
  // notified, which is best done without the lock. Returns how many were let go because their LSN was
  // reached.
  std::size_t release(Lsn reached, Wakes& wakes);
  void release_all(Wakes& wakes);
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

 private:
  struct Slot {
    std::unique_ptr<io::CondVar> woken;
    Lsn lsn;
    Role role = Role::may_lead;
    bool released = false;
  };
  // So many can wait before a slot is made.
  static constexpr std::size_t kFirst = 4;

  void add(Slot& slot);
  Slot& take_slot();

  io::Threads& threads_;
  std::array<Slot, kFirst> first_;
  std::vector<std::unique_ptr<Slot>> more_;  // All ever made besides: as many as have waited at once.
  std::vector<Slot*> free_;
  std::vector<Slot*> waiting_;  // By LSN.
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
