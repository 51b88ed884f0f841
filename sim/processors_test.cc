// SPDX-License-Identifier: Apache-2.0
// Who works at once, and who queues: the engine's own work and the kernel's copies alike.
#include "sim/processors.h"

#include "sim/world_fixture.h"

namespace wallop::sim {
namespace {

using std::chrono::microseconds;

TEST_CASE("work beyond the processors waits for the one that is free first") {
  CpuTime cpus(2);
  REQUIRE(cpus.occupy({}, microseconds(10)) == io::Instant(microseconds(10)));
  REQUIRE(cpus.occupy({}, microseconds(4)) == io::Instant(microseconds(4)));
  REQUIRE(cpus.occupy({}, microseconds(3)) == io::Instant(microseconds(7)));
  REQUIRE(cpus.occupy(io::Instant(microseconds(50)), microseconds(1)) == io::Instant(microseconds(51)));
}

TEST_CASE("work without a price waits for nobody") {
  CpuTime cpus(1);
  cpus.occupy({}, microseconds(10));
  REQUIRE(cpus.occupy({}, io::Duration::zero()) == io::Instant{});
}

// When `fibre_count` fibres are done that each write once into memory, at 10 us a call.
io::Instant end_of_writes(std::uint32_t cpus, std::uint64_t fibre_count) {
  DeviceSpec disk;
  disk.page_cache.per_call = microseconds(10);
  WorldFixture fixture(WorldOptions{.disk = &disk, .processors = {.cpus = cpus, .costs = {}}});
  const auto file = fixture.open("f");
  const io::Instant begin = fixture.now();
  fixture.world.run([&] {
    for (std::uint64_t i = 0; i < fibre_count; ++i)
      fixture.world.scheduler().spawn("writer", [&, i] { REQUIRE(write(*file, i, "x")); });
  });
  return io::Instant(fixture.now() - begin);
}

TEST_CASE("copies into the page cache take a processor, too") {
  REQUIRE(end_of_writes(2, 2) == io::Instant(microseconds(10)));
  REQUIRE(end_of_writes(2, 4) == io::Instant(microseconds(20)));
  REQUIRE(end_of_writes(1, 4) == io::Instant(microseconds(40)));
}

TEST_CASE("no kind of work is without a price on a machine of today") {
  for (const WorkCost& cost : typical_work_costs().by_work) REQUIRE(cost.of(1024) > io::Duration::zero());
}

}  // namespace
}  // namespace wallop::sim
