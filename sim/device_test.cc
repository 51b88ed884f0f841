// SPDX-License-Identifier: Apache-2.0
// Queueing, bandwidth, flushes that share, tails and stalls.
#include "sim/device.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/histogram.h"

namespace wallop::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

io::Instant at(io::Duration since_start) {
  return io::Instant(since_start);
}

// Constant costs: reads 100 us, writes 10 us at 1 GB/s, flushes 1 ms.
DeviceSpec plain(std::uint32_t channels) {
  DeviceSpec spec;
  spec.channels = channels;
  spec.read.latency.p50 = microseconds(100);
  spec.write.latency.p50 = microseconds(10);
  spec.write.bytes_per_second.value = 1'000'000'000;
  spec.flush.latency.p50 = milliseconds(1);
  return spec;
}

// A device whose draws fail the test.
struct NoDraws final : base::Draws {
  std::uint64_t bits(std::uint64_t, std::uint64_t) override {
    FAIL("nothing here needs a draw");
    return 0;
  }
};

struct DeviceFixture {
  explicit DeviceFixture(const DeviceSpec& spec) : device(spec, draws) {}
  NoDraws draws;
  Device device;
};

TEST_CASE("a disk without costs completes everything at once and draws nothing") {
  DeviceFixture disk{DeviceSpec{}};
  REQUIRE(disk.device.read(at(seconds(1)), 1 << 30) == at(seconds(1)));
  REQUIRE(disk.device.write(at(seconds(1)), 1 << 30) == at(seconds(1)));
  REQUIRE(disk.device.flush(at(seconds(1)), {1 << 30}) == at(seconds(1)));
  REQUIRE(disk.device.copy_cost(1 << 30) == io::Duration::zero());
}

TEST_CASE("a command takes its latency and the transfer of its bytes") {
  DeviceFixture disk(plain(1));
  REQUIRE(disk.device.write(at(seconds(1)), 4000) == at(seconds(1) + microseconds(14)));
  REQUIRE(disk.device.read(at(seconds(2)), 4000) == at(seconds(2) + microseconds(100)));
}

TEST_CASE("a limit of commands lets one after the other pass, and tells what it held up") {
  DeviceFixture disk(plain(4));
  const Slowness slow{.commands_per_second = 100};
  REQUIRE(disk.device.read(at({}), 4096, slow) == at(milliseconds(10) + microseconds(100)));
  REQUIRE(disk.device.throttled() == milliseconds(10));
  REQUIRE(disk.device.read(at({}), 4096, slow) == at(milliseconds(20) + microseconds(100)));
  REQUIRE(disk.device.read(at({}), 4096) == at(microseconds(100)));
  REQUIRE(disk.device.throttled() == io::Duration::zero());
}

TEST_CASE("a limit of bytes holds up in proportion, and not where the device is as slow by itself") {
  DeviceFixture disk(plain(1));
  REQUIRE(disk.device.write(at({}), 1'000'000, {.bytes_per_second = 10'000'000}) ==
          at(milliseconds(100) + microseconds(10)));
  REQUIRE(disk.device.write(at(seconds(1)), 1'000'000, {.bytes_per_second = 10'000'000'000}) ==
          at(seconds(1) + milliseconds(1) + microseconds(10)));
}

TEST_CASE("a commit pays for a limit as other writes do") {
  DeviceSpec spec = plain(1);
  spec.commit.bytes.value = 10'000;
  DeviceFixture disk(spec);
  const Flushing changed{.changed = at(seconds(1))};
  const io::Instant fast = disk.device.flush(at(seconds(1)), changed);
  const Flushing again{.changed = at(seconds(2))};
  const io::Instant slow = disk.device.flush(at(seconds(2)), again, {.bytes_per_second = 100'000});
  REQUIRE(slow - at(seconds(2)) == fast - at(seconds(1)) + milliseconds(100));
}

TEST_CASE("a device that is slow as a whole is so until then, also for what no operation sends") {
  DeviceFixture disk(plain(1));
  REQUIRE(disk.device.slowness_at(at({})) == Slowness{});
  disk.device.slow_down({.slowdown = 5}, at(seconds(2)));
  REQUIRE(disk.device.slowness_at(at(seconds(1))) == Slowness{.slowdown = 5});
  REQUIRE(disk.device.slowness_at(at(seconds(2))) == Slowness{});
}

TEST_CASE("commands beyond the channels wait in the order of asking") {
  DeviceFixture disk(plain(2));
  std::vector<io::Instant> done;
  for (int i = 0; i < 5; ++i) done.push_back(disk.device.read({}, 512));
  REQUIRE(done == std::vector{at(microseconds(100)), at(microseconds(100)), at(microseconds(200)),
                              at(microseconds(200)), at(microseconds(300))});
}

TEST_CASE("channels overlap latencies but share the bandwidth") {
  DeviceFixture disk(plain(8));
  REQUIRE(disk.device.write({}, 1'000'000) == at(milliseconds(1) + microseconds(10)));
  REQUIRE(disk.device.write({}, 1'000'000) == at(milliseconds(2) + microseconds(10)));
}

// Reads a second of a closed loop that keeps `depth` commands going.
std::int64_t reads_per_second(std::uint32_t channels, std::size_t depth) {
  DeviceFixture disk(plain(channels));
  std::vector<io::Instant> due(depth);
  std::int64_t count = 0;
  for (auto next = due.begin(); *next < at(seconds(1)); next = std::ranges::min_element(due)) {
    *next = disk.device.read(*next, 512);
    ++count;
  }
  return count;
}

TEST_CASE("throughput is depth over latency up to the channels, and no more beyond (Little's law)") {
  REQUIRE(reads_per_second(16, 1) == 10'000);
  REQUIRE(reads_per_second(16, 4) == 40'000);
  REQUIRE(reads_per_second(16, 16) == 160'000);
  // The 48 that wait were counted when they were asked.
  REQUIRE(reads_per_second(16, 64) == 160'000 + 48);
}

TEST_CASE("a flush writes the dirty bytes first and pays for draining the device's cache") {
  DeviceSpec spec = plain(4);
  spec.flush.per_dirty_mib = microseconds(500);
  DeviceFixture disk(spec);
  const io::Duration transfer = io::Duration(2 * 1'048'576);
  REQUIRE(disk.device.flush({}, {2 * 1'048'576}) == at(transfer + microseconds(10) + milliseconds(2)));
}

TEST_CASE("flushes that wait while one runs share the next one") {
  DeviceFixture disk(plain(8));
  REQUIRE(disk.device.flush({}, {0}) == at(milliseconds(1)));
  REQUIRE(disk.device.flush(at(microseconds(1)), {0}) == at(milliseconds(2)));
  REQUIRE(disk.device.flush(at(microseconds(2)), {0}) == at(milliseconds(2)));
  REQUIRE(disk.device.flush(at(milliseconds(1)), {0}) == at(milliseconds(3)));
}

TEST_CASE("a flush that shares pays for its own bytes, and the next one waits for it") {
  DeviceSpec spec = plain(8);
  spec.flush.per_dirty_mib = microseconds(500);
  spec.write = {};
  DeviceFixture disk(spec);
  disk.device.flush({}, {0});
  REQUIRE(disk.device.flush(at(microseconds(1)), {0}) == at(milliseconds(2)));
  REQUIRE(disk.device.flush(at(microseconds(2)), {1 << 20}) == at(microseconds(2500)));
  REQUIRE(disk.device.flush(at(microseconds(1500)), {0}) == at(microseconds(3500)));
}

TEST_CASE("a flush that was scheduled before a stall cannot cover one asked for after it began") {
  DeviceFixture disk(plain(8));
  disk.device.flush({}, {0});
  disk.device.flush(at(microseconds(1)), {0});
  const io::Instant end = at(milliseconds(80));
  disk.device.read(at(microseconds(2)), 512, {.stalled_until = end});
  REQUIRE(disk.device.flush(at(microseconds(3)), {0}) == end + milliseconds(1));
}

TEST_CASE("on a disk with one channel a flush holds everybody") {
  DeviceFixture one(plain(1)), many(plain(8));
  one.device.flush({}, {0});
  many.device.flush({}, {0});
  REQUIRE(one.device.read({}, 512) == at(milliseconds(1) + microseconds(100)));
  REQUIRE(many.device.read({}, 512) == at(microseconds(100)));
}

TEST_CASE("an extra wait delays its command and nobody else") {
  DeviceFixture disk(plain(1));
  REQUIRE(disk.device.read({}, 512, {.extra_wait = milliseconds(50)}) ==
          at(milliseconds(50) + microseconds(100)));
  REQUIRE(disk.device.read({}, 512) == at(microseconds(200)));
}

TEST_CASE("a slowdown keeps the device busy, so that others queue behind it") {
  DeviceFixture disk(plain(1));
  REQUIRE(disk.device.read({}, 512, {.slowdown = 10}) == at(milliseconds(1)));
  REQUIRE(disk.device.read({}, 512) == at(milliseconds(1) + microseconds(100)));
}

TEST_CASE("a stall is felt by every command after it, of every verb, in order") {
  DeviceFixture disk(plain(1));
  const io::Instant end = at(milliseconds(80));
  REQUIRE(disk.device.read({}, 512, {.stalled_until = end}) == end + microseconds(100));
  REQUIRE(disk.device.write(at(milliseconds(1)), 0) == end + microseconds(110));
  REQUIRE(disk.device.flush(at(milliseconds(2)), {0}) == end + microseconds(1110));
  REQUIRE(disk.device.read(at(milliseconds(90)), 512) == at(milliseconds(90) + microseconds(100)));
}

TEST_CASE("a stall holds the commands that were under way when it began") {
  DeviceFixture disk(plain(4));
  const io::Instant due = disk.device.read({}, 512);
  const io::Instant end = at(milliseconds(80));
  disk.device.flush(at(microseconds(50)), {0}, {.stalled_until = end});
  REQUIRE(disk.device.held(due) == end);
  REQUIRE(disk.device.held(end) == end);
}

TEST_CASE("what faults did to a device is still felt after a restart, and its queue is not") {
  DeviceFixture before(plain(1));
  before.device.read({}, 512, {.stalled_until = at(milliseconds(80))});
  before.device.slow_down({.slowdown = 10}, at(seconds(1)));
  NoDraws draws;
  Device after(plain(1), draws, before.device.disturbance());
  REQUIRE(after.read({}, 512) == at(milliseconds(80) + microseconds(100)));
  REQUIRE(after.slowness_at(at(milliseconds(999))).slowdown == 10);
  REQUIRE(after.slowness_at(at(seconds(1))) == Slowness{});
}

TEST_CASE("an effect of a fault is felt in the time that it says") {
  faults::Effect effect;
  REQUIRE(Slowness::of(effect) == Slowness{});
  effect.extra_wait = milliseconds(3);
  effect.slowdown = 2;
  effect.stalled_until = at(seconds(1));
  DeviceFixture disk(plain(1));
  REQUIRE(disk.device.read({}, 512, Slowness::of(effect)) == at(seconds(1) + microseconds(3200)));
}

TEST_CASE("a stall of a disk without costs is felt, and is over when it is over") {
  DeviceFixture disk{DeviceSpec{}};
  const io::Instant end = at(milliseconds(80));
  REQUIRE(disk.device.write({}, 512, {.stalled_until = end}) == end);
  REQUIRE(disk.device.read(at(milliseconds(1)), 512) == end);
  REQUIRE(disk.device.read(at(milliseconds(81)), 512) == at(milliseconds(81)));
}

// Writes of a commit take 10 us and 12 us of transfer, flushes 1 ms.
DeviceSpec with_journal() {
  DeviceSpec spec = plain(8);
  spec.commit.bytes.value = 12'000;
  return spec;
}

TEST_CASE("a flush of what changed sizes or names writes a commit first, and the next one finds it done") {
  DeviceFixture disk(with_journal());
  const io::Instant changed = at(seconds(1));
  REQUIRE(disk.device.flush(at(seconds(2)), {.changed = changed}) == at(seconds(2) + microseconds(1022)));
  REQUIRE(disk.device.flush(at(seconds(3)), {.changed = changed}) == at(seconds(3) + milliseconds(1)));
  REQUIRE(disk.device.flush(at(seconds(4)), {}) == at(seconds(4) + milliseconds(1)));
  REQUIRE(disk.device.use().commit_count == 1);
}

TEST_CASE("a commit takes what it adds beside its write") {
  DeviceSpec spec = with_journal();
  spec.commit.adds = microseconds(40);
  DeviceFixture disk(spec);
  REQUIRE(disk.device.flush(at(seconds(2)), {.changed = at(seconds(1))}) ==
          at(seconds(2) + microseconds(1062)));
}

TEST_CASE("a commit holds the changes of all files, so the others share it") {
  DeviceFixture disk(with_journal());
  disk.device.flush({}, {0});
  const io::Instant shared = at(microseconds(2022));
  REQUIRE(disk.device.flush(at(microseconds(10)), {.changed = at(microseconds(5))}) == shared);
  REQUIRE(disk.device.flush(at(microseconds(20)), {.changed = at(microseconds(15))}) == shared);
  REQUIRE(disk.device.use().commit_count == 1);
}

TEST_CASE("a sync whose changes are in a commit that runs waits for that one and needs no flush") {
  DeviceFixture disk(with_journal());
  REQUIRE(disk.device.flush(at(microseconds(10)), {.changed = at(microseconds(1))}) ==
          at(microseconds(1032)));
  REQUIRE(disk.device.flush(at(microseconds(100)), {.changed = at(microseconds(2))}) ==
          at(microseconds(1032)));
}

TEST_CASE("what changed after a commit began needs the next one") {
  DeviceFixture disk(with_journal());
  disk.device.flush(at(microseconds(10)), {.changed = at(microseconds(1))});
  REQUIRE(disk.device.flush(at(microseconds(30)), {.changed = at(microseconds(20))}) ==
          at(microseconds(2054)));
  REQUIRE(disk.device.use().commit_count == 2);
}

TEST_CASE("a flush waits for what writeback has sent") {
  DeviceFixture disk(plain(8));
  REQUIRE(disk.device.flush({}, {.sent_until = at(milliseconds(5))}) == at(milliseconds(6)));
}

TEST_CASE("a provider's limits hold commands up when the credit is used up, large ones as several") {
  DeviceSpec spec = plain(64);
  spec.limits.operations_per_second = 1000;
  spec.limits.operations_burst = 4;
  spec.limits.operation_bytes.value = 1000;
  DeviceFixture disk(spec);
  for (int i = 0; i < 4; ++i) REQUIRE(disk.device.read({}, 512) == at(microseconds(100)));
  REQUIRE(disk.device.read({}, 512) == at(microseconds(1100)));
  REQUIRE(disk.device.read({}, 2500) == at(microseconds(4100)));
  REQUIRE(disk.device.read(at(seconds(9)), 512) == at(seconds(9) + microseconds(100)));
}

TEST_CASE("bytes that a provider allows in a second are shared by reads and writes") {
  DeviceSpec spec = plain(64);
  spec.limits.bytes_per_second.value = 1'000'000;
  DeviceFixture disk(spec);
  REQUIRE(disk.device.read({}, 1000) == at(microseconds(1100)));
  REQUIRE(disk.device.write({}, 1000) == at(microseconds(2010)));
}

TEST_CASE("latencies are drawn from the curve: the quantiles come back") {
  DeviceSpec spec;
  spec.read.latency = {microseconds(10),  microseconds(50),   microseconds(90),  microseconds(190),
                       microseconds(400), microseconds(2000), microseconds(9000)};
  base::Seeded draws(3);
  Device device(spec, draws);
  base::Histogram seen;
  for (int i = 0; i < 100'000; ++i) seen.record(device.read(at(seconds(i)), 512) - at(seconds(i)));
  const auto near = [&](std::uint64_t quantile, std::uint64_t expected) {
    const std::uint64_t found = seen.quantile(quantile);
    return found * 100 > expected * 93 && found * 100 < expected * 107;
  };
  REQUIRE(near(500'000, 50'000));
  REQUIRE(near(900'000, 90'000));
  REQUIRE(near(990'000, 190'000));
  REQUIRE(near(999'000, 400'000));
}

TEST_CASE("one seed gives one series of latencies, and reads do not shift the draws of writes") {
  const auto writes = [](int read_count) {
    base::Seeded draws(5);
    Device device(*find_disk("nvme-plp"), draws);
    for (int i = 0; i < read_count; ++i) device.read(at(seconds(i)), 4096);
    std::vector<io::Duration> latencies;
    for (int i = 100; i < 200; ++i) latencies.push_back(device.write(at(seconds(i)), 4096) - at(seconds(i)));
    return latencies;
  };
  REQUIRE(writes(0) == writes(50));
}

TEST_CASE("a copy costs its call and its bytes") {
  DeviceSpec spec;
  spec.page_cache = {.per_call = io::Duration(600), .per_kib = io::Duration(200), .source = ""};
  DeviceFixture disk(spec);
  REQUIRE(disk.device.copy_cost(0) == io::Duration(600));
  REQUIRE(disk.device.copy_cost(4096) == io::Duration(1400));
}

}  // namespace
}  // namespace wallop::sim
