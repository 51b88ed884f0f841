// SPDX-License-Identifier: Apache-2.0
// The system's threads.
#include "io/posix_threads.h"

#include <pthread.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace wallop::io {
namespace {

// pthread_setname_np refuses longer names (ERANGE) instead of cutting them.
constexpr std::size_t kThreadNameMaxBytes = 15;

class PosixMutex final : public Mutex {
 public:
  void lock() override { mutex_.lock(); }
  void unlock() override { mutex_.unlock(); }
  std::mutex& native() { return mutex_; }

 private:
  std::mutex mutex_;
};

// Assumption: whoever waits hands in a mutex of this world; there is no other in the process.
std::unique_lock<std::mutex> adopt(Mutex& mutex) {
  return std::unique_lock(static_cast<PosixMutex&>(mutex).native(), std::adopt_lock);
}

class PosixCondVar final : public CondVar {
 public:
  void wait(Mutex& mutex) override {
    auto held = adopt(mutex);
    changed_.wait(held);
    held.release();
  }

  // steady_clock reads CLOCK_MONOTONIC, as PosixClock does, so an instant of one is one of the other; a jump
  // of the wall clock neither cuts a wait short nor draws it out (glibc 2.30: pthread_cond_clockwait).
  Wake wait_until(Mutex& mutex, Instant deadline) override {
    const std::chrono::steady_clock::time_point until(deadline.time_since_epoch());
    auto held = adopt(mutex);
    const std::cv_status status = changed_.wait_until(held, until);
    held.release();
    return status == std::cv_status::timeout ? Wake::timed_out : Wake::notified;
  }

  void notify_one() override { changed_.notify_one(); }
  void notify_all() override { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

class PosixThread final : public Thread {
 public:
  explicit PosixThread(std::thread thread) : thread_(std::move(thread)) {}
  ~PosixThread() override { PosixThread::join(); }
  void join() override {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Thread> PosixThreads::spawn(std::string_view name, std::function<void()> body) {
  // noexcept: std::thread throws where no thread can be had, and a half-started engine must not run on.
  const auto start = [&]() noexcept {
    return std::thread([shown = std::string(name.substr(0, kThreadNameMaxBytes)), body = std::move(body)] {
      ::pthread_setname_np(::pthread_self(), shown.c_str());
      body();
    });
  };
  return std::make_unique<PosixThread>(start());
}

std::unique_ptr<Mutex> PosixThreads::make_mutex() {
  return std::make_unique<PosixMutex>();
}

std::unique_ptr<CondVar> PosixThreads::make_cond_var() {
  return std::make_unique<PosixCondVar>();
}

// Not the processor's pause: with more threads than cores the one waited for may not be running at all.
void PosixThreads::relax() {
  std::this_thread::yield();
}

}  // namespace wallop::io
