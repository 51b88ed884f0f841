// SPDX-License-Identifier: Apache-2.0
// The first interrupt asks to stop, one that comes later ends the process at once. `timeout` and some shells
// send the same interrupt to the process and to its group: what comes within a second of the first is that
// one again.
#include "cli/signals.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "cli/exit_code.h"

namespace wallop::cli {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Of the monotonic clock; 0: not asked yet. A handler may touch atomics without a lock, clock_gettime, signal
// and raise (signal-safety(7)).
std::atomic<std::int64_t> asked_at{0};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * kSecond + now.tv_nsec;
}

void ask_to_stop(int signal) {
  const std::int64_t now = now_ns();
  std::int64_t first = 0;
  if (asked_at.compare_exchange_strong(first, now) || now - first < kSecond) return;
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

// A rule of ours was broken, and said so (base/ensure.h): nothing that this process found can be trusted. A
// script learns that from exit code 3, as of every other such case.
void end_untrusted(int) {
  ::_exit(static_cast<int>(Exit::harness));
}

void ignore(int signal) {
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  ::sigaction(signal, &action, nullptr);
}

void stop_on(int signal) {
  struct sigaction action{};
  action.sa_handler = ask_to_stop;
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void handle_signals() {
  ignore(SIGPIPE);
  ignore(SIGXFSZ);
  ::signal(SIGABRT, end_untrusted);
  stop_on(SIGINT);
  stop_on(SIGTERM);
}

bool interrupted() {
  return asked_at.load() != 0;
}

}  // namespace wallop::cli
