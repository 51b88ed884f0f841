// SPDX-License-Identifier: Apache-2.0
// Threads that run late, by as much as the machine's figures say.
#include "sim/wakeups.h"

#include <catch2/catch.hpp>
#include <mutex>

#include "sim/world.h"

namespace wallop::sim {
namespace {

using std::chrono::microseconds;

// A timer is 50 us late, who is notified 5 us.
DeviceSpec late_machine() {
  DeviceSpec spec;
  spec.wakeups.timer.emplace().p50 = microseconds(50);
  spec.wakeups.notified.emplace().p50 = microseconds(5);
  return spec;
}

struct LateWorld {
  DeviceSpec spec = late_machine();
  World world{{.model = find_model("posix"), .disk = &spec}};
  io::World& io = world.io();
};

TEST_CASE("who sleeps runs late, and who asks for a time that is over runs at once") {
  LateWorld late;
  late.io.clock.sleep_until(io::Instant(microseconds(100)));
  REQUIRE(late.io.clock.now() == io::Instant(microseconds(150)));
  late.io.clock.sleep_until(io::Instant(microseconds(150)));
  REQUIRE(late.io.clock.now() == io::Instant(microseconds(150)));
}

TEST_CASE("who waits for a condition runs late, by the notification or by its deadline") {
  LateWorld late;
  const auto mutex = late.io.threads.make_mutex();
  const auto condition = late.io.threads.make_cond_var();
  io::Instant notified, timed_out;
  late.world.run([&] {
    const auto waiter = late.io.threads.spawn("waiter", [&] {
      std::unique_lock lock(*mutex);
      condition->wait(*mutex);
      notified = late.io.clock.now();
      condition->wait_until(*mutex, notified + microseconds(100));
      timed_out = late.io.clock.now();
    });
    late.io.threads.relax();
    const io::Instant sent = late.io.clock.now();
    condition->notify_one();
    waiter->join();
    REQUIRE(notified == sent + microseconds(5));
  });
  REQUIRE(timed_out == notified + microseconds(150));
}

TEST_CASE("machines without figures draw nothing and let nobody wait") {
  DeviceSpec spec;
  World world({.model = find_model("posix"), .disk = &spec});
  world.io().clock.sleep_until(io::Instant(microseconds(100)));
  REQUIRE(world.io().clock.now() == io::Instant(microseconds(100)));
}

TEST_CASE("latenesses that do not rise are refused") {
  DeviceSpec spec = late_machine();
  spec.wakeups.timer->p90 = microseconds(10);
  REQUIRE(problem_of(spec) == "the latencies of timer do not rise from best to worst");
}

}  // namespace
}  // namespace wallop::sim
