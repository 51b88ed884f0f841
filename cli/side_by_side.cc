// SPDX-License-Identifier: Apache-2.0
// A counter that hands out jobs, and a caller that waits for the next one in order.
#include "cli/side_by_side.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace wallop::cli {
namespace {

using namespace std::chrono_literals;

// Shared by all threads of one run_side_by_side().
class Workers {
 public:
  Workers(const Pace& pace, const std::function<void(std::size_t)>& work)
      : pace_(pace), work_(work), done_(pace.count, 0) {}

  // A worker's life.
  void work() {
    while (const auto job = next()) {
      std::exception_ptr failure;
      try {
        work_(*job);
      } catch (...) {
        failure = std::current_exception();
      }
      end(*job, failure);
    }
    const std::lock_guard lock(mutex_);
    ++gone_;
    changed_.notify_all();
  }

  // Waits for job `i`; false where it will never be done.
  bool wait_for(std::size_t i, std::size_t workers) {
    std::unique_lock lock(mutex_);
    while (done_[i] == 0 && gone_ < workers) {
      changed_.wait_for(lock, 100ms);
      lock.unlock();
      if (pace_.idle) pace_.idle();
      lock.lock();
    }
    return done_[i] != 0 && !failure_;
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::optional<std::size_t> next() {
    if (pace_.interrupted && pace_.interrupted()) return std::nullopt;
    const std::lock_guard lock(mutex_);
    if (failure_ || next_ == pace_.count) return std::nullopt;
    return next_++;
  }

  void end(std::size_t job, const std::exception_ptr& failure) {
    const std::lock_guard lock(mutex_);
    if (failure && !failure_) failure_ = failure;
    done_[job] = failure ? 0 : 1;
    changed_.notify_all();
  }

  const Pace& pace_;
  const std::function<void(std::size_t)>& work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<char> done_;
  std::size_t next_ = 0, gone_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

void run_side_by_side(const Pace& pace, const std::function<void(std::size_t)>& work,
                      const std::function<void(std::size_t)>& finished) {
  Workers crew(pace, work);
  const std::size_t workers = std::min(std::max<std::size_t>(pace.workers, 1), pace.count);
  {
    std::vector<std::jthread> threads;  // Joined at the end of this block.
    for (std::size_t i = 0; i < workers; ++i) threads.emplace_back([&crew] { crew.work(); });
    for (std::size_t i = 0; i < pace.count && crew.wait_for(i, workers); ++i) finished(i);
  }
  crew.rethrow();
}

Crew crew_of(std::size_t workers) {
  if (workers < 2) return {};
  return [workers](std::size_t count, const std::function<void(std::size_t)>& work,
                   const std::function<bool(std::size_t)>& finished) {
    std::atomic<bool> is_over{false};
    run_side_by_side({count, workers, {}, [&] { return is_over.load(); }}, work, [&](std::size_t job) {
      if (!is_over.load() && !finished(job)) is_over.store(true);
    });
  };
}

std::size_t workers_within(std::size_t workers, std::size_t job_count) {
  return std::max<std::size_t>(workers / std::max<std::size_t>(job_count, 1), 1);
}

}  // namespace wallop::cli
