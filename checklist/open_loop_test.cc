// SPDX-License-Identifier: Apache-2.0
// The open loop in the simulated world, where a stall lasts as long as the test says.
#include "checklist/open_loop.h"

#include <catch2/catch.hpp>

#include "sim/world.h"

namespace wallop::checklist {
namespace {

using namespace std::chrono_literals;

struct LoopFixture {
  sim::World world{{.model = sim::find_model("posix")}};
  std::function<bool()> interrupted = [] { return false; };
  std::uint64_t calls = 0;

  OpenLoopMeasured run(const OpenLoop& loop, const Call& call) {
    auto measured = run_open_loop(world.io(), loop, call, Stop(world.io().clock, interrupted));
    REQUIRE(measured.has_value());
    return std::move(*measured);
  }
  // A call that takes no time but once, when it takes `stall`.
  Call stalls_once(std::uint64_t at_sequence, io::Duration stall) {
    return [this, at_sequence, stall](std::uint64_t, std::uint64_t sequence) -> io::Status {
      ++calls;
      io::Clock& clock = world.io().clock;
      if (sequence == at_sequence) clock.sleep_until(clock.now() + stall);
      return {};
    };
  }
};

TEST_CASE("a loop without a stall makes every call that falls due, and none waits") {
  LoopFixture fixture;
  const auto measured =
      fixture.run({.duration = 2s, .writer_count = 3, .rate = 100}, fixture.stalls_once(~0ULL, 0s));
  CHECK(fixture.calls == 600);
  CHECK(measured.latency.count() == 600);
  CHECK(measured.latency.max() == 0);
  CHECK(measured.unanswered == 0);
}

TEST_CASE("one stall is felt by every call that was due during it") {
  // Goal: no coordinated omission. A loop that waits for its answers would count one slow call in a thousand
  // here.
  LoopFixture fixture;
  const auto measured = fixture.run({.duration = 10s, .rate = 100}, fixture.stalls_once(100, 1s));
  REQUIRE(measured.latency.count() == 1000);
  CHECK(measured.latency.max() == 1'000'000'000);
  // 100 calls waited 1 s, 0.99 s, ..., 0.01 s: the largest hundredth of all is 0.91 s and more.
  CHECK(io::Duration(static_cast<std::int64_t>(measured.latency.quantile(990'000))) > 890ms);
  CHECK(io::Duration(static_cast<std::int64_t>(measured.latency.quantile(900'000))) <= 10ms);
}

TEST_CASE("calls that are still waiting when the loop gives up count with the wait so far") {
  LoopFixture fixture;
  const auto measured = fixture.run({.duration = 1s, .rate = 10}, fixture.stalls_once(5, 1h));
  CHECK(measured.unanswered == 4);
  CHECK(measured.latency.count() == 10);
  CHECK(io::Duration(static_cast<std::int64_t>(measured.latency.quantile(600'000))) > 59min);
}

TEST_CASE("an interval holds the calls that returned in it, and the intervals hold all calls") {
  LoopFixture fixture;
  const auto measured =
      fixture.run({.duration = 10s, .rate = 100, .interval_count = 10}, fixture.stalls_once(250, 2s));
  std::uint64_t count = 0;
  for (const reports::Interval& interval : measured.over_time) count += interval.count;
  CHECK(count == 1000);
  REQUIRE(measured.over_time.size() == 9);  // Nothing returned between 3 s and 4 s.
  CHECK(measured.over_time[3].begin == 4s);
  CHECK(measured.over_time[3].max == 2s);
}

TEST_CASE("the first error ends every writer and is returned") {
  LoopFixture fixture;
  const Call fails = [&](std::uint64_t writer, std::uint64_t sequence) -> io::Status {
    ++fixture.calls;
    if (writer == 1 && sequence == 3) return io::failure(io::Code::poisoned, "append", "log", "");
    return {};
  };
  const auto measured = run_open_loop(fixture.world.io(), {.duration = 60s, .writer_count = 2, .rate = 10},
                                      fails, Stop(fixture.world.io().clock, fixture.interrupted));
  REQUIRE_FALSE(measured.has_value());
  CHECK(measured.error().code == io::Code::poisoned);
  CHECK(fixture.calls <= 9);
}

TEST_CASE("an interrupt ends the loop, and calls that were not due yet are not counted as waiting") {
  LoopFixture fixture;
  fixture.interrupted = [&] { return fixture.calls >= 10; };
  const auto measured = fixture.run({.duration = 60s, .rate = 10}, fixture.stalls_once(~0ULL, 0s));
  CHECK(measured.latency.count() == 10);
  CHECK(measured.unanswered == 0);
}

}  // namespace
}  // namespace wallop::checklist
