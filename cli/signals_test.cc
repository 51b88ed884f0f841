// SPDX-License-Identifier: Apache-2.0
// What breaks a rule of ours ends the process with exit code 3, and says which rule. Each in a process of its
// own.
#include "cli/signals.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <functional>
#include <string>

#include "cli/exit_code.h"
#include "sim/fibre.h"
#include "sim/scheduler.h"

namespace wallop::cli {
namespace {

struct Ended {
  int code = -1;  // -1: not by itself.
  std::string said;
};

Ended end_of_process(const std::function<void()>& body) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDERR_FILENO);
    handle_signals();
    body();
    ::_exit(0);
  }
  ::close(pipe[1]);
  Ended ended;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(pipe[0], buffer.data(), buffer.size())) > 0;)
    ended.said.append(buffer.data(), static_cast<std::size_t>(got));
  ::close(pipe[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  return ended;
}

bool says(const Ended& ended, std::string_view words) {
  return ended.said.find(words) != std::string::npos;
}

TEST_CASE("a process that breaks no rule ends as it says") {
  REQUIRE(end_of_process([] {}).code == 0);
}

TEST_CASE("a thread that does not unwind once its world has ended is exit 3, and is named") {
  const Ended ended = end_of_process([] {
    sim::Scheduler world({.step_max = 1'000, .unwind_step_max = 1'000});
    world.run([&] {
      world.spawn("stubborn", [&] {
        for (;;) world.relax();
      });
    });
  });
  INFO(ended.said);
  REQUIRE(ended.code == static_cast<int>(Exit::harness));
  REQUIRE(says(ended, "the fibres of an ended world unwind within 1000 steps"));
  REQUIRE(says(ended, "fibre 1 (stubborn) spins"));
}

TEST_CASE("a fibre that wrote over the end of its stack is exit 3") {
  const Ended ended = end_of_process([] {
    sim::StackPool pool;
    const sim::Stack stack = pool.take();
    const std::size_t guard = sim::kAddressSanitizer || sim::kThreadSanitizer ? 4096 : 0;
    std::memset(static_cast<std::byte*>(stack.top) - stack.bytes + guard, 7, 1);
    pool.give(stack);
  });
  REQUIRE(ended.code == static_cast<int>(Exit::harness));
  REQUIRE(says(ended, "a fibre stays within its stack of 256 KiB"));
}

}  // namespace
}  // namespace wallop::cli
