// SPDX-License-Identifier: Apache-2.0
#include "io/posix_threads.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <string>
#include <vector>

#include "io/posix_clock.h"

namespace wallop::io {
namespace {

struct ThreadsFixture {
  PosixThreads threads;
  PosixClock clock;
  std::unique_ptr<Mutex> mutex = threads.make_mutex();
  std::unique_ptr<CondVar> changed = threads.make_cond_var();
};

TEST_CASE_METHOD(ThreadsFixture, "a spawned thread has run when it is joined, and may be joined twice") {
  bool ran = false;
  auto thread = threads.spawn("runner", [&] { ran = true; });
  thread->join();
  REQUIRE(ran);
  thread->join();
}

TEST_CASE_METHOD(ThreadsFixture, "a thread that nobody joined is joined when it goes") {
  bool ran = false;
  threads.spawn("runner", [&] { ran = true; });
  REQUIRE(ran);
}

TEST_CASE_METHOD(ThreadsFixture, "a thread shows its name to the system, cut to what the system takes") {
  std::array<char, 16> shown{};
  threads.spawn("a-very-long-thread-name", [&] { ::pthread_getname_np(::pthread_self(), shown.data(), 16); });
  REQUIRE(std::string(shown.data()) == "a-very-long-thr");
}

// Goal: fail nearly always if the mutex does not exclude. Method: give way between reading and writing.
TEST_CASE_METHOD(ThreadsFixture, "a mutex keeps the increments of two threads apart") {
  constexpr int kIncrementCount = 5'000;
  int total = 0;
  const auto count = [&] {
    for (int i = 0; i < kIncrementCount; ++i) {
      const std::unique_lock lock(*mutex);
      const int seen = total;
      threads.relax();
      total = seen + 1;
    }
  };
  auto first = threads.spawn("first", count);
  auto second = threads.spawn("second", count);
  first->join();
  second->join();
  REQUIRE(total == 2 * kIncrementCount);
}

TEST_CASE_METHOD(ThreadsFixture, "a wait until the past times out and holds the mutex again") {
  std::unique_lock lock(*mutex);
  REQUIRE(changed->wait_until(*mutex, Instant{}) == Wake::timed_out);
  REQUIRE(changed->wait_until(*mutex, clock.now()) == Wake::timed_out);
}

// Spurious wakes are allowed, hence the loop; that the clock has reached the deadline is the point.
TEST_CASE_METHOD(ThreadsFixture,
                 "a wait that times out does so at its deadline or later, by the world's own clock") {
  const Instant deadline = clock.now() + std::chrono::milliseconds(2);
  std::unique_lock lock(*mutex);
  while (changed->wait_until(*mutex, deadline) == Wake::notified) {
  }
  REQUIRE(clock.now() >= deadline);
}

TEST_CASE_METHOD(ThreadsFixture, "a notification wakes a waiter without a deadline") {
  bool ready = false;
  auto waker = threads.spawn("waker", [&] {
    const std::unique_lock lock(*mutex);
    ready = true;
    changed->notify_one();
  });
  std::unique_lock lock(*mutex);
  while (!ready) changed->wait(*mutex);
  REQUIRE(ready);
}

TEST_CASE_METHOD(ThreadsFixture, "notify_all wakes every waiter") {
  bool go = false;
  int woken_count = 0;
  const auto wait_for_go = [&] {
    std::unique_lock lock(*mutex);
    while (!go) changed->wait_until(*mutex, Instant::max());
    ++woken_count;
  };
  auto first = threads.spawn("first", wait_for_go);
  auto second = threads.spawn("second", wait_for_go);
  {
    const std::unique_lock lock(*mutex);
    go = true;
  }
  changed->notify_all();
  first->join();
  second->join();
  REQUIRE(woken_count == 2);
}

TEST_CASE_METHOD(ThreadsFixture, "relax lets the thread that is spun on make progress") {
  std::atomic<bool> done = false;
  auto other = threads.spawn("other", [&] { done = true; });
  while (!done) threads.relax();
  REQUIRE(done);
}

}  // namespace
}  // namespace wallop::io
