// SPDX-License-Identifier: Apache-2.0
// Threads, mutexes and condition variables over the scheduler's park and wake.
#include "sim/threads.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ensure.h"
#include "sim/block_pool.h"

namespace wallop::sim {
namespace {

// How many turns all others get in an ended world before a held lock is entered: enough for a holder that
// unwinds, and nothing against one that never will.
constexpr int kPatienceTurnMax = 1000;

class Mutex final : public io::Mutex, public FromPool {
 public:
  Mutex(Scheduler& scheduler, std::uint32_t number) : scheduler_(scheduler), number_(number) {}

  void lock() override {
    scheduler_.point();
    acquire();
  }

  void acquire() {
    if (holder_ == kNoFibre) {
      holder_ = scheduler_.current();
    } else {
      wait();
    }
  }

  void unlock() override {
    if (scheduler_.ended()) return unlock_in_ended_world();
    base::ensure(is_held(), "a mutex is unlocked by the fibre that holds it");
    holder_ = kNoFibre;
    if (waiters_.empty()) return;
    // Handed over at once: nobody can slip in between. Whoever waits here waits without a deadline.
    holder_ = waiters_.front();
    waiters_.erase(waiters_.begin());
    scheduler_.wake(holder_);
  }

  [[nodiscard]] bool is_held() const { return holder_ == scheduler_.current(); }

 private:
  void wait() {
    const FibreId me = scheduler_.current();
    waiters_.push_back(me);
    if (scheduler_.park({"mutex", number_, holder_}) == Woken::woken) return;
    std::erase(waiters_, me);
    for (int turn = 0; turn < kPatienceTurnMax && holder_ != kNoFibre; ++turn)
      scheduler_.park({"mutex", number_, holder_});
    holder_ = me;
  }

  // Somebody else's by now where that one lost its patience.
  void unlock_in_ended_world() {
    if (is_held()) holder_ = kNoFibre;
  }

  Scheduler& scheduler_;
  std::uint32_t number_;
  FibreId holder_ = kNoFibre;
  std::vector<FibreId> waiters_;  // The longest waiter first.
};

class CondVar final : public io::CondVar, public FromPool {
 public:
  CondVar(Scheduler& scheduler, Wakeups* wakeups, std::uint32_t number)
      : scheduler_(scheduler), wakeups_(wakeups), number_(number) {}

  void wait(io::Mutex& mutex) override {
    release_and([this] { return scheduler_.park({"cond var", number_}); }, mutex);
  }

  io::Wake wait_until(io::Mutex& mutex, io::Instant deadline) override {
    const Woken woken =
        release_and([&] { return scheduler_.park_until({"cond var", number_}, deadline); }, mutex);
    return woken == Woken::timed_out ? io::Wake::timed_out : io::Wake::notified;
  }

  // One whose deadline has just passed is not parked any more and must not eat the notification.
  void notify_one() override {
    scheduler_.step();
    while (!waiters_.empty()) {
      const FibreId longest = waiters_.front();
      waiters_.erase(waiters_.begin());
      if (scheduler_.wake(longest)) return;
    }
  }

  void notify_all() override {
    scheduler_.step();
    for (const FibreId waiter : waiters_) scheduler_.wake(waiter);
    waiters_.clear();
  }

 private:
  // No scheduling point lies between the unlock and the wait: a notification cannot fall into a gap.
  template <class Park>
  Woken release_and(Park park, io::Mutex& mutex) {
    auto& held = static_cast<Mutex&>(mutex);  // A world has no other kind.
    base::ensure(held.is_held() || scheduler_.ended(), "whoever waits for a condition holds its mutex");
    const FibreId me = scheduler_.current();
    waiters_.push_back(me);
    held.unlock();
    const Woken woken = park();
    if (woken != Woken::woken) std::erase(waiters_, me);
    if (wakeups_ != nullptr) wakeups_->pay_for(woken);
    held.acquire();
    return woken;
  }

  Scheduler& scheduler_;
  Wakeups* wakeups_;
  std::uint32_t number_;
  std::vector<FibreId> waiters_;  // The longest waiter first.
};

class Thread final : public io::Thread {
 public:
  Thread(Scheduler& scheduler, FibreId id) : scheduler_(scheduler), id_(id) {}
  ~Thread() override { Thread::join(); }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  void join() override {
    if (!std::exchange(joined_, true)) scheduler_.join(id_);
  }

 private:
  Scheduler& scheduler_;
  FibreId id_;
  bool joined_ = false;
};

}  // namespace

std::unique_ptr<io::Thread> Threads::spawn(std::string_view name, std::function<void()> body) {
  const FibreId id = scheduler_.spawn(name, std::move(body));
  return std::make_unique<Thread>(scheduler_, id);
}

std::unique_ptr<io::Mutex> Threads::make_mutex() {
  return std::make_unique<Mutex>(scheduler_, ++mutex_count_);
}

std::unique_ptr<io::CondVar> Threads::make_cond_var() {
  return std::make_unique<CondVar>(scheduler_, wakeups_, ++cond_var_count_);
}

void Threads::relax() {
  scheduler_.relax();
}

}  // namespace wallop::sim
