// SPDX-License-Identifier: Apache-2.0
// Mutexes, condition variables and threads as an engine sees them.
#include "sim/threads.h"

#include <catch2/catch.hpp>
#include <mutex>
#include <string>
#include <vector>

namespace wallop::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

using Lock = std::unique_lock<io::Mutex>;

// A world with one mutex, one condition variable and a trace.
struct ThreadsFixture {
  explicit ThreadsFixture(const SchedulerOptions& options = {}) : scheduler(options), threads(scheduler) {}

  void sleep(io::Duration span) { scheduler.sleep_until(scheduler.now() + span); }
  void start(std::string_view name, std::function<void()> body) {
    started.push_back(threads.spawn(name, std::move(body)));
  }
  // Runs `body`, then joins what it started.
  Ending run(const std::function<void()>& body) {
    return scheduler.run([&] {
      body();
      started.clear();
    });
  }

  Scheduler scheduler;
  Threads threads;
  std::unique_ptr<io::Mutex> mutex = threads.make_mutex();
  std::unique_ptr<io::CondVar> changed = threads.make_cond_var();
  std::vector<std::unique_ptr<io::Thread>> started;
  std::string trace;
};

TEST_CASE("a mutex goes to its waiters in the order in which they came") {
  ThreadsFixture world;
  world.run([&] {
    const Lock held(*world.mutex);
    for (const char mark : {'a', 'b', 'c'}) {
      world.start("writer", [&, mark] {
        const Lock lock(*world.mutex);
        world.trace += mark;
        world.sleep(milliseconds(1));
      });
    }
    world.sleep(milliseconds(1));
    world.trace += 'm';
  });
  REQUIRE(world.trace == "mabc");
  REQUIRE(world.scheduler.now() == io::Instant(milliseconds(4)));
}

TEST_CASE("a mutex is handed over: whoever unlocks it cannot snatch it from the one that waits") {
  ThreadsFixture world;
  world.run([&] {
    Lock held(*world.mutex);
    world.start("waiter", [&] {
      const Lock lock(*world.mutex);
      world.trace += 'w';
    });
    world.sleep(milliseconds(1));
    held.unlock();
    held.lock();
    world.trace += 'm';
  });
  REQUIRE(world.trace == "wm");
}

TEST_CASE("a critical section is entered by one fibre at a time, whatever the schedule") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    base::Seeded chooser(seed);
    ThreadsFixture world({.schedule = Schedule::seeded, .chooser = &chooser});
    int inside = 0;
    world.run([&] {
      for (int i = 0; i < 4; ++i) {
        world.start("writer", [&] {
          const Lock lock(*world.mutex);
          REQUIRE(++inside == 1);
          world.sleep(milliseconds(1));
          REQUIRE(--inside == 0);
        });
      }
    });
  }
}

TEST_CASE("notify_one wakes the longest waiter, notify_all all of them in order") {
  ThreadsFixture world;
  world.run([&] {
    for (const char mark : {'a', 'b', 'c', 'd'}) {
      world.start("waiter", [&, mark] {
        Lock lock(*world.mutex);
        world.changed->wait(*world.mutex);
        world.trace += mark;
      });
    }
    world.sleep(milliseconds(1));
    world.changed->notify_one();
    world.sleep(milliseconds(1));
    world.trace += '.';
    world.changed->notify_all();
  });
  REQUIRE(world.trace == "a.bcd");
}

TEST_CASE("a wait with a deadline times out at the deadline exactly, and holds the mutex again") {
  ThreadsFixture world;
  world.run([&] {
    const Lock lock(*world.mutex);
    const io::Instant deadline(milliseconds(5));
    REQUIRE(world.changed->wait_until(*world.mutex, deadline) == io::Wake::timed_out);
    REQUIRE(world.scheduler.now() == deadline);
  });
}

TEST_CASE("a notification before the deadline ends the wait then, and the deadline is forgotten") {
  ThreadsFixture world;
  world.run([&] {
    world.start("notifier", [&] {
      world.sleep(milliseconds(2));
      world.changed->notify_one();
    });
    const Lock lock(*world.mutex);
    REQUIRE(world.changed->wait_until(*world.mutex, io::Instant(milliseconds(3))) == io::Wake::notified);
    REQUIRE(world.changed->wait_until(*world.mutex, io::Instant(milliseconds(5))) == io::Wake::timed_out);
  });
  REQUIRE(world.scheduler.now() == io::Instant(milliseconds(5)));
}

TEST_CASE("a waiter that timed out is not woken from its next wait by the condition it left") {
  ThreadsFixture world;
  const auto other = world.threads.make_cond_var();
  world.run([&] {
    world.start("notifier", [&] {
      world.sleep(milliseconds(2));
      world.changed->notify_one();
    });
    const Lock lock(*world.mutex);
    REQUIRE(world.changed->wait_until(*world.mutex, io::Instant(milliseconds(1))) == io::Wake::timed_out);
    REQUIRE(other->wait_until(*world.mutex, io::Instant(milliseconds(5))) == io::Wake::timed_out);
  });
  REQUIRE(world.scheduler.now() == io::Instant(milliseconds(5)));
}

TEST_CASE("a deadline that has passed times out, and lets the others run first") {
  ThreadsFixture world;
  world.run([&] {
    bool done = false;
    world.start("worker", [&] { done = true; });
    const Lock lock(*world.mutex);
    while (!done) REQUIRE(world.changed->wait_until(*world.mutex, io::Instant{}) == io::Wake::timed_out);
  });
  REQUIRE(world.scheduler.now() == io::Instant{});
}

TEST_CASE("a waiter whose deadline has just passed does not eat a notification") {
  ThreadsFixture world;
  const io::Instant both(milliseconds(1));
  world.run([&] {
    world.start("notifier", [&] {
      world.scheduler.sleep_until(both);
      world.changed->notify_one();
    });
    world.start("hasty", [&] {
      const Lock lock(*world.mutex);
      REQUIRE(world.changed->wait_until(*world.mutex, both) == io::Wake::timed_out);
    });
    world.start("patient", [&] {
      const Lock lock(*world.mutex);
      REQUIRE(world.changed->wait_until(*world.mutex, io::Instant(hours(1))) == io::Wake::notified);
    });
  });
  REQUIRE(world.scheduler.now() == both);
}

TEST_CASE("a thread that nobody joined is joined by its destructor") {
  ThreadsFixture world;
  world.run([&] {
    {
      const auto thread = world.threads.spawn("slow", [&] { world.sleep(milliseconds(9)); });
    }
    REQUIRE(world.scheduler.now() == io::Instant(milliseconds(9)));
  });
}

TEST_CASE("two mutexes in opposite orders: the deadlock names holders and waiters, and is unwound") {
  ThreadsFixture world;
  const auto second = world.threads.make_mutex();
  const auto take_both = [&](io::Mutex& one, io::Mutex& other) {
    const Lock first_lock(one);
    world.sleep(milliseconds(1));
    const Lock second_lock(other);
  };
  const Ending ending = world.run([&] {
    world.start("east", [&] { take_both(*world.mutex, *second); });
    world.start("west", [&] { take_both(*second, *world.mutex); });
  });
  REQUIRE(ending == Ending::deadlock);
  REQUIRE(world.scheduler.describe_waits() ==
          "fibre 0 (main) waits for thread 1, held by fibre 1 (east)\n"
          "fibre 1 (east) waits for mutex 2, held by fibre 2 (west)\n"
          "fibre 2 (west) waits for mutex 1, held by fibre 1 (east)");
}

TEST_CASE("in an ended world a lock still excludes while its holder unwinds") {
  ThreadsFixture world;
  int inside = 0;
  world.run([&] {
    for (int i = 0; i < 5; ++i) {
      world.start("writer", [&] {
        const Lock lock(*world.mutex);
        REQUIRE(++inside == 1);
        for (int call = 0; call < 10; ++call) world.sleep(milliseconds(1));
        REQUIRE(--inside == 0);
      });
    }
    world.sleep(milliseconds(3));
    world.scheduler.end();
  });
  REQUIRE(inside == 0);
}

// A leader that works for followers who wait on a condition: the shape of a group commit.
TEST_CASE("an ended world unwinds followers whose leader still has to tell them") {
  ThreadsFixture world;
  bool told = false;
  const Ending ending = world.run([&] {
    for (int i = 0; i < 3; ++i) {
      world.start("follower", [&] {
        Lock lock(*world.mutex);
        while (!told) world.changed->wait(*world.mutex);
      });
    }
    world.start("leader", [&] {
      world.sleep(hours(1));
      const Lock lock(*world.mutex);
      told = true;
      world.changed->notify_all();
    });
    world.sleep(milliseconds(1));
    world.scheduler.end();
  });
  REQUIRE(ending == Ending::ended);
  REQUIRE(told);
}

}  // namespace
}  // namespace wallop::sim
