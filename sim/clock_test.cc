// SPDX-License-Identifier: Apache-2.0
// Virtual time, the price of work, and entropy that repeats.
#include "sim/clock.h"

#include <catch2/catch.hpp>

#include "sim/entropy.h"

namespace wallop::sim {
namespace {

using std::chrono::microseconds;

// Prices of 10 us a checksum and 4 us a KiB of copying.
WorkCosts priced() {
  WorkCosts costs;
  costs.of(io::Work::checksum).per_call = microseconds(10);
  costs.of(io::Work::copy).per_kib = microseconds(4);
  return costs;
}

// When `fibre_count` fibres that each checksum once are all done.
io::Duration span_of_checksums(std::uint32_t cpus, int fibre_count) {
  Scheduler scheduler;
  CpuTime processors(cpus);
  const WallClock wall;
  Clock clock(scheduler, processors, wall, priced());
  scheduler.run([&] {
    for (int i = 0; i < fibre_count; ++i)
      scheduler.spawn("worker", [&] { clock.spend(io::Work::checksum, 0); });
  });
  return scheduler.now().time_since_epoch();
}

TEST_CASE("the wall clock starts at 2024-01-01T00:00:00Z and runs with virtual time") {
  using namespace std::chrono;
  Scheduler scheduler;
  CpuTime cpus(2);
  const WallClock wall;
  Clock clock(scheduler, cpus, wall);
  const io::Duration epoch = sys_days(year(2024) / January / 1).time_since_epoch();
  REQUIRE(clock.wall_now().time_since_epoch() == epoch);
  clock.sleep_until(io::Instant(hours(25)));
  REQUIRE(clock.wall_now().time_since_epoch() == epoch + hours(25));
}

TEST_CASE("work costs its call and its bytes in proportion") {
  Scheduler scheduler;
  CpuTime cpus(2);
  const WallClock wall;
  Clock clock(scheduler, cpus, wall, priced());
  clock.spend(io::Work::copy, 512);
  REQUIRE(clock.now() == io::Instant(microseconds(2)));
  clock.spend(io::Work::checksum, 4096);
  REQUIRE(clock.now() == io::Instant(microseconds(12)));
}

TEST_CASE("as many fibres work at once as there are processors, and the others queue") {
  REQUIRE(span_of_checksums(2, 2) == microseconds(10));
  REQUIRE(span_of_checksums(2, 3) == microseconds(20));
  REQUIRE(span_of_checksums(1, 3) == microseconds(30));
  REQUIRE(span_of_checksums(8, 8) == microseconds(10));
}

TEST_CASE("work without a price neither takes time nor switches nor counts a step") {
  Scheduler scheduler;
  CpuTime cpus(2);
  const WallClock wall;
  Clock clock(scheduler, cpus, wall);
  bool other_ran = false;
  scheduler.run([&] {
    scheduler.spawn("other", [&] { other_ran = true; });
    const std::uint64_t before = scheduler.step_count();
    clock.spend(io::Work::append, 1 << 20);
    REQUIRE(scheduler.step_count() == before);
    REQUIRE_FALSE(other_ran);
  });
}

TEST_CASE("a loop that watches the clock in a world without time runs into the step bound") {
  Scheduler scheduler({.step_max = 1000});
  CpuTime cpus(2);
  const WallClock wall;
  Clock clock(scheduler, cpus, wall);
  const Ending ending = scheduler.run([&] {
    while (clock.now() < io::Instant(microseconds(1)) && !scheduler.ended()) continue;
  });
  REQUIRE(ending == Ending::step_bound);
}

TEST_CASE("prices that are printed read back to the same") {
  const base::json::Value printed = base::print(priced());
  WorkCosts again;
  REQUIRE(base::read_document(base::json::to_text(printed, base::json::Layout::compact), again).empty());
  REQUIRE(base::print(again) == printed);
  REQUIRE(again.of(io::Work::copy).per_kib == microseconds(4));
}

TEST_CASE("entropy repeats with its seed and differs from draw to draw") {
  base::Seeded one(1), same(1), other(2);
  Entropy a(one), b(same), c(other);
  const std::uint64_t first = a.next();
  REQUIRE(first == b.next());
  REQUIRE(first != c.next());
  REQUIRE(first != a.next());
}

}  // namespace
}  // namespace wallop::sim
