// SPDX-License-Identifier: Apache-2.0
// Writeback starts at its limits and by age, competes for the device, spares the next sync, and holds
// writers.
#include "sim/writeback.h"

#include "sim/world_fixture.h"

namespace wallop::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Writes of 10 us at 1 GB/s, reads of 100 us, flushes of 1 ms, on one channel; what is dirty is written from
// 64 KiB on, or after a second.
DeviceSpec lazy_disk() {
  DeviceSpec spec;
  spec.read.latency.p50 = microseconds(100);
  spec.write.latency.p50 = microseconds(10);
  spec.write.bytes_per_second.value = 1'000'000'000;
  spec.flush.latency.p50 = milliseconds(1);
  spec.writeback = {
      .from = {64 << 10}, .dirty_max = {}, .age = seconds(1), .every = milliseconds(100), .source = ""};
  return spec;
}

struct WritebackFixture : WorldFixture {
  explicit WritebackFixture(const DeviceSpec& spec = lazy_disk(), faults::Plan faults = {})
      : WorldFixture(
            WorldOptions{.model = &model("ext4-ordered"), .disk = &spec, .plan = std::move(faults)}) {}

  io::Duration took(const auto& call) {
    const io::Instant begin = now();
    REQUIRE(call().has_value());
    return now() - begin;
  }
  void wait(io::Duration time) { world.scheduler().sleep_until(now() + time); }
  // Lets writeback do what was due.
  void touch() { REQUIRE(files.stat("/").has_value()); }
  [[nodiscard]] std::uint64_t written() { return world.device_use().write_bytes; }
};

TEST_CASE("what nobody syncs is written when it has been dirty for long enough, at the next look") {
  WritebackFixture disk;
  disk.wait(milliseconds(30));
  const auto file = disk.file_with("x");
  disk.wait(milliseconds(1050));
  disk.touch();
  REQUIRE(disk.written() == 0);
  disk.wait(milliseconds(30));
  disk.touch();
  REQUIRE(disk.written() == 4096);
}

TEST_CASE("with more dirty bytes than the limit writing starts at once, and stops below it") {
  WritebackFixture disk;
  const auto file = disk.file_with(std::string(64 << 10, 'a'));
  disk.touch();
  REQUIRE(disk.written() == 0);
  REQUIRE(write(*file, 64 << 10, "b"));
  REQUIRE(disk.written() == (64 << 10) + 4096);
}

TEST_CASE("a sync writes only what is still dirty, and waits for what is under way") {
  const DeviceSpec spec = lazy_disk();
  WritebackFixture disk(spec);
  const auto file = disk.file_with(std::string(1 << 20, 'a'));
  const io::Duration sent = io::Duration(1 << 20) + microseconds(10);
  REQUIRE(disk.took([&] { return file->sync(); }) == sent + milliseconds(1));
  REQUIRE(write(*file, 0, std::string(1 << 20, 'b')));
  disk.wait(milliseconds(10));
  REQUIRE(disk.took([&] { return file->sync(); }) == milliseconds(1));
  REQUIRE(disk.written() == 2 << 20);
}

TEST_CASE("writeback of one file competes with the reads of another") {
  const DeviceSpec spec = lazy_disk();
  Disk start;
  {
    WritebackFixture before(spec);
    const auto other = before.file_with("y", "other");
    start = before.world.visible();
  }
  WorldFixture disk(WorldOptions{.model = &model("ext4-ordered"), .disk = &spec, .start = &start});
  const auto other = disk.open("other", {});
  const auto file = disk.file_with(std::string(1 << 20, 'a'));
  const io::Instant begin = disk.now();
  REQUIRE(read(*other, 0, 1) == "y");
  REQUIRE(disk.now() - begin > io::Duration(1 << 20));
}

TEST_CASE("writers wait above the upper limit until writeback has brought it down") {
  DeviceSpec spec = lazy_disk();
  spec.writeback.dirty_max.value = 4 << 20;
  WritebackFixture disk(spec);
  const auto file = disk.open("f");
  REQUIRE(disk.took([&] { return write(*file, 0, std::string(4 << 20, 'a')); }) == io::Duration::zero());
  // The piece of 4 MiB that is under way made room for this one; the next has to wait for it.
  REQUIRE(disk.took([&] { return write(*file, 4 << 20, std::string(4 << 20, 'b')); }) ==
          io::Duration::zero());
  const io::Duration held = disk.took([&] { return write(*file, 8 << 20, "c"); });
  REQUIRE(held == io::Duration(4 << 20) + microseconds(10));
}

TEST_CASE("a file that is removed is not written any more") {
  WritebackFixture disk;
  disk.file_with("x").reset();
  REQUIRE(disk.files.remove("f"));
  disk.wait(seconds(3));
  disk.touch();
  REQUIRE(disk.written() == 0);
}

TEST_CASE("a stall holds writeback, too") {
  WritebackFixture disk(lazy_disk(), plan(R"({ "kind": "stall", "for": "80ms", "when": { "at": "1ms" } })"));
  const auto file = disk.file_with(std::string(8 << 20, 'a'));
  const auto other = disk.open("other");
  disk.world.run([&] {
    disk.world.scheduler().spawn("strikes", [&] {
      disk.wait(milliseconds(1));
      REQUIRE(other->sync());
    });
    disk.wait(milliseconds(50));
    disk.touch();
    REQUIRE(disk.written() == 4 << 20);
    disk.wait(milliseconds(50));
    disk.touch();
    REQUIRE(disk.written() == 8 << 20);
  });
}

// What is left to wait for, 3 ms after writeback of a MiB has begun.
io::Duration sync_behind_writeback(faults::Plan faults) {
  const DeviceSpec spec = lazy_disk();
  WritebackFixture disk(spec, std::move(faults));
  const auto file = disk.open("f");
  REQUIRE(disk.files.list("/").has_value());
  REQUIRE(file->sync());
  const io::Instant begun = disk.now();
  REQUIRE(write(*file, 0, std::string(1 << 20, 'a')));
  disk.wait(milliseconds(3));
  REQUIRE(file->sync());
  return disk.now() - begun - milliseconds(3);
}

TEST_CASE("a disk that is slow as a whole slows writeback, and one that is slow for chosen calls does not") {
  const io::Duration sent = io::Duration(1 << 20) + microseconds(10);
  REQUIRE(sync_behind_writeback({}) == milliseconds(1));
  const auto slow = [](std::string_view keys) {
    return plan(R"({ "kind": "slow_disk", "factor": 10, "when": { )" + std::string(keys) +
                R"("during": { "from": "0s", "to": "10500us" } } })");
  };
  REQUIRE(sync_behind_writeback(slow("")) == 10 * sent + milliseconds(1) - milliseconds(3));
  REQUIRE(sync_behind_writeback(slow(R"("op": "sync", )")) == milliseconds(1));
}

TEST_CASE("writeback is not in the journal, and what it does not meet is as without it") {
  const auto hash = [](base::ByteCount from) {
    DeviceSpec spec;
    spec.writeback.from = from;
    WritebackFixture disk(spec);
    const auto file = disk.file_with(std::string(1 << 20, 'a'));
    disk.wait(seconds(1));
    REQUIRE(read(*file, 0, 1) == "a");
    return disk.world.journal().hash();
  };
  REQUIRE(hash({4096}) == hash({}));
}

}  // namespace
}  // namespace wallop::sim
