// SPDX-License-Identifier: Apache-2.0
// One flag, set by the handler: an atomic without a lock is all that a handler may touch.
#include "cli/signals.h"

#include <signal.h>

#include <atomic>

namespace wallop::cli {
namespace {

std::atomic<bool> asked_to_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void ask_to_stop(int /*signal*/) {
  asked_to_stop.store(true);
}

void ignore(int signal) {
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  ::sigaction(signal, &action, nullptr);
}

void stop_on(int signal) {
  struct sigaction action{};
  action.sa_handler = ask_to_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void handle_signals() {
  ignore(SIGPIPE);
  ignore(SIGXFSZ);
  stop_on(SIGINT);
  stop_on(SIGTERM);
}

bool interrupted() {
  return asked_to_stop.load();
}

}  // namespace wallop::cli
