// SPDX-License-Identifier: Apache-2.0
// Who runs when, how worlds end, and that the same world runs the same way twice.
#include "sim/scheduler.h"

#include <catch2/catch.hpp>
#include <set>
#include <stdexcept>
#include <string>

#include "sim/explore/answers.h"

namespace wallop::sim {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

io::Instant after(io::Duration since_start) {
  return io::Instant(since_start);
}

TEST_CASE("a world without fibres runs on the caller's stack and its clock starts at zero") {
  Scheduler world;
  REQUIRE(world.now() == io::Instant{});
  world.sleep_until(after(hours(1)));
  REQUIRE(world.now() == after(hours(1)));
  REQUIRE(world.run([] {}) == Ending::finished);
}

TEST_CASE("run to block: a fibre runs until it waits, then the longest runnable one") {
  Scheduler world;
  std::string trace;
  const auto body = [&](char mark) {
    return [&trace, &world, mark] {
      for (int i = 0; i < 2; ++i) {
        trace += mark;
        world.point();
        trace += mark;
        world.sleep_until(world.now() + milliseconds(1));
      }
    };
  };
  world.run([&] {
    world.spawn("a", body('a'));
    world.spawn("b", body('b'));
    trace += 'm';
  });
  REQUIRE(trace == "maabbaabb");
}

TEST_CASE("time advances only when nobody can run, straight to the earliest deadline") {
  Scheduler world;
  std::vector<io::Instant> seen;
  world.run([&] {
    world.spawn("late", [&] {
      world.sleep_until(after(milliseconds(5)));
      seen.push_back(world.now());
    });
    world.spawn("early", [&] {
      world.sleep_until(after(milliseconds(2)));
      seen.push_back(world.now());
    });
  });
  REQUIRE(seen == std::vector{after(milliseconds(2)), after(milliseconds(5))});
}

TEST_CASE("equal deadlines end in the order in which the fibres went to sleep") {
  Scheduler world;
  std::string trace;
  world.run([&] {
    for (const char mark : {'a', 'b', 'c'}) {
      world.spawn("sleeper", [&, mark] {
        world.sleep_until(after(milliseconds(1)));
        trace += mark;
      });
    }
    world.sleep_until(after(milliseconds(1)));
    trace += 'm';
  });
  REQUIRE(trace == "mabc");
}

TEST_CASE("a deadline in the past neither waits nor turns the clock back") {
  Scheduler world;
  world.sleep_until(after(milliseconds(3)));
  world.sleep_until(after(milliseconds(1)));
  REQUIRE(world.now() == after(milliseconds(3)));
}

TEST_CASE("a spin with relax lets others run, and time pass when none can") {
  Scheduler world;
  bool done = false;
  const Ending ending = world.run([&] {
    world.spawn("worker", [&] {
      world.sleep_until(after(milliseconds(1)));
      done = true;
    });
    world.spawn("second spinner", [&] {
      while (!done) world.relax();
    });
    while (!done) world.relax();
  });
  REQUIRE(ending == Ending::finished);
  REQUIRE(world.now() <= after(milliseconds(1) + microseconds(2)));
}

TEST_CASE("a parked fibre wakes when it is woken, or at its deadline exactly") {
  Scheduler world;
  world.run([&] {
    const FibreId sleeper = world.spawn("sleeper", [&] {
      REQUIRE(world.park({"a test"}) == Woken::woken);
      REQUIRE(world.park_until({"a test"}, after(milliseconds(7))) == Woken::timed_out);
      REQUIRE(world.now() == after(milliseconds(7)));
      REQUIRE(world.park_until({"a test"}, after(hours(1))) == Woken::woken);
      REQUIRE(world.now() == after(milliseconds(8)));
    });
    world.sleep_until(after(milliseconds(1)));
    REQUIRE(world.wake(sleeper));
    REQUIRE_FALSE(world.wake(sleeper));
    world.sleep_until(after(milliseconds(8)));
    REQUIRE(world.wake(sleeper));
  });
}

TEST_CASE("join waits for the end, and a fibre that is done is joined at once") {
  Scheduler world;
  world.run([&] {
    const FibreId slow = world.spawn("slow", [&] { world.sleep_until(after(milliseconds(4))); });
    const FibreId fast = world.spawn("fast", [] {});
    world.join(slow);
    REQUIRE(world.now() == after(milliseconds(4)));
    world.join(fast);
    REQUIRE(world.now() == after(milliseconds(4)));
  });
}

TEST_CASE("ten thousand fibres of one world use one stack again and again") {
  StackPool stacks;
  Scheduler world({.stacks = &stacks});
  int run_count = 0;
  world.run([&] {
    for (int i = 0; i < 10'000; ++i) world.join(world.spawn("short", [&] { ++run_count; }));
  });
  REQUIRE(run_count == 10'000);
  REQUIRE(stacks.idle_count() == 1);
}

TEST_CASE("stacks go back to the pool of many worlds") {
  StackPool stacks;
  for (int i = 0; i < 100; ++i) {
    Scheduler world({.stacks = &stacks});
    world.run([&] { world.spawn("unjoined", [] {}); });
  }
  REQUIRE(stacks.idle_count() == 1);
}

TEST_CASE("a deadlock ends the world and says what each fibre waits for") {
  Scheduler world;
  const Ending ending = world.run([&] {
    world.spawn("writer", [&] { world.park({"mutex", 3, kMainFibre}); });
    world.spawn("done", [] {});
    world.park({"thread", 1, 1});
  });
  REQUIRE(ending == Ending::deadlock);
  REQUIRE(world.ended());
  REQUIRE(world.describe_waits() ==
          "fibre 0 (main) waits for thread 1, held by fibre 1 (writer)\n"
          "fibre 1 (writer) waits for mutex 3, held by fibre 0 (main)");
}

TEST_CASE("a fibre that is left waiting when the main body is done is a deadlock too") {
  Scheduler world;
  REQUIRE(world.run([&] { world.spawn("daemon", [&] { world.park({"cond var", 1}); }); }) ==
          Ending::deadlock);
  REQUIRE(world.describe_waits() ==
          "fibre 0 (main) waits for the other fibres to finish\nfibre 1 (daemon) waits for cond var 1");
}

TEST_CASE("a run past its step bound ends, with who ran and who slept") {
  Scheduler world({.step_max = 1000});
  const Ending ending = world.run([&] {
    world.spawn("sleeper", [&] { world.sleep_until(after(hours(1))); });
    while (!world.ended()) world.relax();
  });
  REQUIRE(ending == Ending::step_bound);
  REQUIRE(world.step_count() < 1100);
  REQUIRE(world.describe_waits().ends_with("fibre 1 (sleeper) sleeps until 1h"));
}

// ---- Livelock: steps without end, and nothing comes of them ----

SchedulerOptions soon_quiet() {
  return {.step_max = 100'000, .quiet_step_max = 1'000};
}

TEST_CASE("fibres that spin for one another for ever are a livelock, and each is said to spin") {
  Scheduler world(soon_quiet());
  const Ending ending = world.run([&] {
    world.spawn("one", [&] {
      while (!world.ended()) world.relax();
    });
    world.spawn("other", [&] {
      while (!world.ended()) world.relax();
    });
  });
  REQUIRE(ending == Ending::livelock);
  REQUIRE(world.step_count() < 10'000);
  REQUIRE(world.states().size() == 3);
  REQUIRE(world.states()[2].name == "other");
  REQUIRE(world.states()[1].doing.starts_with("spins"));
  REQUIRE(world.states()[2].doing.starts_with("spins"));
}

TEST_CASE("a fibre that runs for ever while time stands still is a livelock") {
  Scheduler world(soon_quiet());
  REQUIRE(world.run([&] {
    while (!world.ended()) world.point();
  }) == Ending::livelock);
}

TEST_CASE("a periodic wait beside a spin hides no livelock") {
  Scheduler world(soon_quiet());
  REQUIRE(world.run([&] {
    world.spawn("every millisecond", [&] {
      while (!world.ended()) world.park_until({"cond var", 1}, world.now() + milliseconds(1));
    });
    while (!world.ended()) world.relax();
  }) == Ending::livelock);
}

TEST_CASE("no livelock: something is counted, or somebody sleeps towards something, or time goes by") {
  std::uint64_t count = 0;
  Scheduler counting(soon_quiet());
  counting.count_progress([&] { return count; });
  REQUIRE(counting.run([&] {
    for (; count < 50'000; ++count) counting.point();
  }) == Ending::finished);

  Scheduler spinning(soon_quiet());
  bool done = false;
  REQUIRE(spinning.run([&] {
    spinning.spawn("device", [&] {
      spinning.sleep_until(after(milliseconds(50)));
      done = true;
    });
    while (!done) spinning.relax();
  }) == Ending::finished);

  Scheduler waiting(soon_quiet());
  REQUIRE(waiting.run([&] {
    for (int i = 0; i < 50'000; ++i) waiting.park_until({"cond var", 1}, waiting.now() + milliseconds(1));
  }) == Ending::finished);
}

TEST_CASE("when a world is ended all fibres unwind and no time passes") {
  Scheduler world;
  int unwound = 0;
  const Ending ending = world.run([&] {
    for (int i = 0; i < 3; ++i) {
      world.spawn("waiter", [&] {
        while (!world.ended()) world.sleep_until(world.now() + hours(1));
        REQUIRE(world.park({"nothing"}) == Woken::ended);
        REQUIRE(world.park_until({"nothing"}, world.now() + hours(1)) == Woken::ended);
        ++unwound;
      });
    }
    world.sleep_until(after(milliseconds(1)));
    world.end();
  });
  REQUIRE(ending == Ending::ended);
  REQUIRE(unwound == 3);
  REQUIRE(world.now() == after(milliseconds(1)));
}

TEST_CASE("in an ended world a fibre that polls lets the one it polls for get on") {
  Scheduler world;
  bool flag = false;
  const Ending ending = world.run([&] {
    world.spawn("poller", [&] {
      while (!flag) world.park({"the flag"});
    });
    world.spawn("setter", [&] {
      world.park({"nothing"});
      flag = true;
    });
  });
  REQUIRE(ending == Ending::deadlock);
  REQUIRE(flag);
}

TEST_CASE("what the main body throws passes through, and the other fibres still unwind") {
  bool unwound = false;
  const auto doomed = [&] {
    Scheduler world;
    world.run([&] {
      world.spawn("waiter", [&] {
        world.park({"nothing"});
        unwound = true;
      });
      world.relax();
      throw std::runtime_error("main");
    });
  };
  REQUIRE_THROWS_WITH(doomed(), "main");
  REQUIRE(unwound);
}

TEST_CASE("a world can run inside a fibre of another one") {
  Scheduler outer;
  io::Instant inner_time{};
  outer.run([&] {
    outer.spawn("host", [&] {
      Scheduler inner;
      inner.run([&] { inner.spawn("guest", [&] { inner.sleep_until(after(hours(2))); }); });
      inner_time = inner.now();
    });
  });
  REQUIRE(inner_time == after(hours(2)));
  REQUIRE(outer.now() == io::Instant{});
}

// Two fibres that each read, pass a scheduling point, and write back one more.
int lost_update(base::Chooser& chooser, Schedule schedule) {
  Scheduler world({.schedule = schedule, .chooser = &chooser, .pct_depth = 2, .pct_length = 10});
  int shared = 0;
  const auto increment = [&] {
    const int read = shared;
    world.point();
    shared = read + 1;
  };
  world.run([&] {
    world.spawn("a", increment);
    world.spawn("b", increment);
  });
  return shared;
}

TEST_CASE("seeded and PCT schedules reach both orders of a race, and calm answers reach the calm one") {
  for (const Schedule schedule : {Schedule::seeded, Schedule::pct}) {
    std::set<int> reached;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      base::Seeded chooser(seed);
      reached.insert(lost_update(chooser, schedule));
    }
    REQUIRE(reached == std::set{1, 2});
    base::Calm calm;
    REQUIRE(lost_update(calm, schedule) == 2);
  }
}

TEST_CASE("the answers that a PCT schedule was given lead to the same run again") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    base::Seeded seeded(seed);
    Recording recording(seeded, 0);
    const int first = lost_update(recording, Schedule::pct);
    Replay replay(recording.answers(), 0);
    REQUIRE(lost_update(replay, Schedule::pct) == first);
    REQUIRE(replay.unused().empty());
  }
}

// Which fibre ran at which time, for five fibres that sleep, yield and wake each other.
std::string trace_of(std::uint64_t seed, Schedule schedule) {
  base::Seeded chooser(seed);
  Scheduler world({.schedule = schedule, .chooser = &chooser});
  std::string trace;
  world.run([&] {
    for (std::uint64_t writer = 0; writer < 5; ++writer) {
      world.spawn("writer", [&, writer] {
        for (std::uint64_t i = 0; i < 20; ++i) {
          trace += std::to_string(world.current()) + "@" +
                   std::to_string(world.now().time_since_epoch().count()) + " ";
          world.point();
          world.sleep_until(world.now() + io::Duration(chooser.below(3, writer, i)));
        }
      });
    }
  });
  return trace;
}

TEST_CASE("one seed gives one trace, another seed another, and the same with every compiler") {
  REQUIRE(base::site_number(trace_of(1, Schedule::seeded)) == 0xfe4a63978f9c5742);
  REQUIRE(trace_of(1, Schedule::seeded) == trace_of(1, Schedule::seeded));
  REQUIRE(trace_of(1, Schedule::seeded) != trace_of(2, Schedule::seeded));
  REQUIRE(base::site_number(trace_of(1, Schedule::pct)) == 0x442f84a0264b78fa);
  REQUIRE(trace_of(1, Schedule::pct) != trace_of(2, Schedule::pct));
  REQUIRE(trace_of(1, Schedule::run_to_block) == trace_of(1, Schedule::run_to_block));
}

}  // namespace
}  // namespace wallop::sim
