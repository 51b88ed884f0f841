// SPDX-License-Identifier: Apache-2.0
// Threads of the simulated world: each is a fibre of its scheduler.
//
// Fair where POSIX promises nothing: a mutex goes to whoever has waited longest, without a gap in which
// another could grab it, and notify_one wakes the longest waiter. There are no spurious wake-ups before the
// world ends. Unfair orders come from the schedule: locking is a scheduling point.
//
// In an ended world waits return at once. A lock that is held still excludes for some turns, so that two
// unwinding fibres do not meet inside one critical section; a deadlocked one is then simply entered.
#pragma once

#include "io/threads.h"
#include "sim/scheduler.h"
#include "sim/wakeups.h"

namespace wallop::sim {

class Threads final : public io::Threads {
 public:
  // Both outlive this, and everything made by it. Without `wakeups` who is woken runs at once.
  explicit Threads(Scheduler& scheduler, Wakeups* wakeups = nullptr)
      : scheduler_(scheduler), wakeups_(wakeups) {}

  std::unique_ptr<io::Thread> spawn(std::string_view name, std::function<void()> body) override;
  std::unique_ptr<io::Mutex> make_mutex() override;
  std::unique_ptr<io::CondVar> make_cond_var() override;
  void relax() override;

 private:
  Scheduler& scheduler_;
  Wakeups* wakeups_;
  // Numbers for "mutex 3": the order in which the engine makes them, from 1.
  std::uint32_t mutex_count_ = 0;
  std::uint32_t cond_var_count_ = 0;
};

}  // namespace wallop::sim
