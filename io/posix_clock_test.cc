// SPDX-License-Identifier: Apache-2.0
#include "io/posix_clock.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include <catch2/catch.hpp>

namespace wallop::io {
namespace {

// A signal every 200 us, handled by a handler that interrupts system calls (no SA_RESTART), as long as this
// lives.
class Interruptions {
 public:
  static inline volatile sig_atomic_t seen = 0;

  Interruptions() {
    struct sigaction action{};
    action.sa_handler = [](int) { seen = 1; };
    ::sigaction(SIGALRM, &action, &old_);
    const itimerval often{.it_interval = {.tv_sec = 0, .tv_usec = 200},
                          .it_value = {.tv_sec = 0, .tv_usec = 200}};
    ::setitimer(ITIMER_REAL, &often, nullptr);
  }
  ~Interruptions() {
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &old_, nullptr);
  }
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;

 private:
  struct sigaction old_{};
};

TEST_CASE("the monotonic clock never goes back") {
  PosixClock clock;
  Instant last = clock.now();
  for (int i = 0; i < 10'000; ++i) {
    const Instant next = clock.now();
    REQUIRE(next >= last);
    last = next;
  }
}

TEST_CASE("the wall clock counts from 1970") {
  constexpr WallTime kWhenThisWasWritten{std::chrono::seconds(1'750'000'000)};
  REQUIRE(PosixClock().wall_now() > kWhenThisWasWritten);
}

TEST_CASE("the wall clock is never ahead of the system's, and less than a second behind it") {
  PosixClock clock;
  const auto system = [] {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return WallTime(std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec));
  };
  for (int i = 0; i < 1'000; ++i) {
    const WallTime before = system();
    const WallTime read = clock.wall_now();
    REQUIRE(read > before - std::chrono::seconds(1));
    REQUIRE(read <= system());
  }
}

TEST_CASE("a sleep ends at its deadline or later, also when signals interrupt it") {
  PosixClock clock;
  const Interruptions interruptions;
  const Instant deadline = clock.now() + std::chrono::milliseconds(5);
  clock.sleep_until(deadline);
  REQUIRE(clock.now() >= deadline);
  REQUIRE(Interruptions::seen == 1);
}

TEST_CASE("a sleep until the past returns, also until before the clock's start") {
  PosixClock clock;
  clock.sleep_until(clock.now());
  clock.sleep_until(Instant{});
  clock.sleep_until(Instant::min());
}

}  // namespace
}  // namespace wallop::io
