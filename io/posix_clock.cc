// SPDX-License-Identifier: Apache-2.0
// The machine's two clocks.
#include "io/posix_clock.h"

#include <time.h>

#include <cerrno>

#include "base/ensure.h"

namespace wallop::io {
namespace {

Duration read_clock(clockid_t clock) {
  timespec time{};
  base::ensure(clock_gettime(clock, &time) == 0, "Linux has these clocks");
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

timespec to_timespec(Duration since_start) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_start);
  return timespec{.tv_sec = seconds.count(), .tv_nsec = (since_start - seconds).count()};
}

}  // namespace

Instant PosixClock::now() {
  return Instant(read_clock(CLOCK_MONOTONIC));
}

// As of the kernel's last tick, so some milliseconds late: whoever stores it keeps milliseconds, for humans,
// and reading it so costs a fifth.
WallTime PosixClock::wall_now() {
  return WallTime(read_clock(CLOCK_REALTIME_COARSE));
}

void PosixClock::sleep_until(Instant deadline) {
  // Also keeps instants before the clock's start away from clock_nanosleep, which refuses negative ones
  // (EINVAL).
  if (deadline <= now()) return;
  const timespec until = to_timespec(deadline.time_since_epoch());
  // A signal ends the sleep early. The deadline is absolute, so that sleeping on does not drift, and it
  // bounds the loop. The error is the return value, not errno (clock_nanosleep(2)).
  int error = EINTR;
  while (error == EINTR) error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  base::ensure(error == 0, "an absolute sleep on the monotonic clock is legal");
}

}  // namespace wallop::io
