// SPDX-License-Identifier: Apache-2.0
// Calibrations of simulated devices: their figures are known, and nothing else runs there. The probes must
// find them, and the twin of what they found must behave as the device did.
#include "checklist/calibration/calibrate.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/testing/scratch_directory.h"
#include "checklist/calibration/near.h"
#include "checklist/calibration/simulated_machine.h"
#include "checklist/probe_system.h"
#include "io/posix_world.h"

namespace wallop::checklist {
namespace {

using testing::near;
using testing::near_to_p99;
using namespace std::chrono_literals;

// A machine around a shipped disk that takes its time, too.
sim::DeviceSpec machine_with(std::string_view disk) {
  sim::DeviceSpec spec = *sim::find_disk(disk);
  spec.wakeups.timer = base::LatencySpec{
      .best = 20us, .p50 = 55us, .p90 = 60us, .p99 = 90us, .p99_9 = {}, .p99_99 = {}, .worst = 400us};
  spec.wakeups.notified = base::LatencySpec{
      .best = 3us, .p50 = 8us, .p90 = 12us, .p99 = 30us, .p99_9 = {}, .p99_99 = {}, .worst = 200us};
  spec.commit.adds = 60us;
  spec.cpu.work = sim::typical_work_costs();
  return spec;
}

struct Calibrated {
  explicit Calibrated(const sim::DeviceSpec& device) : truth(device) {
    SimulatedMachine machine(truth, "truth", "ext4", 2);
    auto result = calibrate(machine.io(), machine, ".", {.budget = 60s, .date = "2026-11-26"});
    REQUIRE(result.has_value());
    found = std::move(*result);
    left = machine.io().files.list(".").value_or(std::vector<std::string>{"?"});
  }
  sim::DeviceSpec truth;
  Calibration found;
  std::vector<std::string> left;
};

// Each takes a second or two: once for all tests.
const Calibrated& quick() {
  static const Calibrated calibrated(machine_with("nvme-plp"));
  return calibrated;
}
const Calibrated& slow() {
  static const Calibrated calibrated(machine_with("nvme-consumer"));
  return calibrated;
}

TEST_CASE("the commands of a simulated device come back as its file says") {
  for (const Calibrated* calibrated : {&quick(), &slow()}) {
    const sim::DeviceSpec &truth = calibrated->truth, &found = calibrated->found.disk;
    REQUIRE(near_to_p99(found.read.latency, truth.read.latency, 30));
    REQUIRE(near_to_p99(found.write.latency, truth.write.latency, 30));
    REQUIRE(near(found.read.bytes_per_second, truth.read.bytes_per_second, 30));
    REQUIRE(near(found.write.bytes_per_second, truth.write.bytes_per_second, 30));
    REQUIRE(found.channels == truth.channels);
  }
}

TEST_CASE("a flush is found behind its write, and what dirty bytes add to it") {
  REQUIRE(near_to_p99(quick().found.disk.flush.latency, quick().truth.flush.latency, 110));
  REQUIRE(near_to_p99(slow().found.disk.flush.latency, slow().truth.flush.latency, 50));
  const std::uint64_t dirty = 10 << 20;
  REQUIRE(near(sim::DirtyCurve(slow().found.disk.flush).at(dirty),
               sim::DirtyCurve(slow().truth.flush).at(dirty), 50));
}

TEST_CASE("a commit is found, in bytes and in what it takes beside them") {
  REQUIRE(quick().found.disk.commit.bytes == quick().truth.commit.bytes);
  REQUIRE(near(quick().found.disk.commit.adds, quick().truth.commit.adds, 50));
}

TEST_CASE("the page cache, the processor and late threads come back") {
  const sim::DeviceSpec &truth = quick().truth, &found = quick().found.disk;
  REQUIRE(found.page_cache.per_call == truth.page_cache.per_call);
  REQUIRE(found.page_cache.per_kib == truth.page_cache.per_kib);
  REQUIRE(near_to_p99(*found.wakeups.timer, *truth.wakeups.timer, 30));
  REQUIRE(near_to_p99(*found.wakeups.notified, *truth.wakeups.notified, 30));
  REQUIRE(found.cpu.work->of(io::Work::checksum).per_kib == truth.cpu.work->of(io::Work::checksum).per_kib);
  REQUIRE(found.cpu.work->of(io::Work::compress).per_kib == truth.cpu.work->of(io::Work::compress).per_kib);
  // Laying out a record is in it.
  REQUIRE(near(found.cpu.work->of(io::Work::append).per_call, 70ns, 50));
}

TEST_CASE("the twin of what was found behaves as the device did, within the bounds") {
  REQUIRE(quick().found.twin.size() == 13);
  for (const Comparison& comparison : quick().found.twin) {
    INFO(comparison.name << " predicted " << comparison.predicted << " measured " << comparison.measured);
    CHECK(comparison.is_justified);
    CHECK(comparison.is_within());
  }
}

// A few seconds hold few of the flushes that take fifty times the median: the tails are not asked.
TEST_CASE(
    "where a flush takes a millisecond the twin's medians, rates and recovery are within the bounds, too") {
  for (const Comparison& comparison : slow().found.twin) {
    INFO(comparison.name << " predicted " << comparison.predicted << " measured " << comparison.measured);
    CHECK((comparison.is_within() || comparison.bound_permille == kTailBoundPermille));
  }
}

TEST_CASE("every figure has its source, with how many samples it is of") {
  const sim::DeviceSpec& found = quick().found.disk;
  for (const std::string* source :
       {&found.read.source, &found.write.source, &found.flush.source, &found.commit.source,
        &found.page_cache.source, &found.cpu.source, &found.wakeups.source}) {
    INFO(*source);
    CHECK(source->starts_with("2026-11-26, "));
    CHECK(source->find("n ") != std::string::npos);
  }
}

TEST_CASE("a calibration leaves nothing, also after an interrupt at any step") {
  REQUIRE(quick().left.empty());
  for (int steps = 1; steps <= 36; steps += 5) {
    SimulatedMachine machine(quick().truth, "truth", "ext4", 2);
    int seen = 0;
    const auto result = calibrate(machine.io(), machine, ".",
                                  {.budget = 5s,
                                   .interrupted = [&] { return seen >= steps; },
                                   .step = [&](std::string_view) { ++seen; }});
    REQUIRE(result.has_value());
    REQUIRE(result->interrupted);
    REQUIRE(machine.io().files.list(".")->empty());
  }
}

// Tells the name of its file system, and nothing else.
class NamedFileSystem final : public Probes {
 public:
  explicit NamedFileSystem(std::string name) : name_(std::move(name)) {}
  MachineFacts facts() override {
    MachineFacts facts;
    facts.file_system = name_;
    return facts;
  }
  std::expected<DiskCounters, std::string> disk_counters() override { return std::unexpected("none"); }
  std::optional<CpuCounters> cpu_counters() override { return std::nullopt; }
  std::optional<std::uint64_t> resident_bytes() override { return std::nullopt; }
  io::Status drop_cached(std::string_view) override { return {}; }

 private:
  std::string name_;
};

TEST_CASE("what has no device, no room or no directory is refused, and nothing is written") {
  base::testing::ScratchDirectory scratch;
  io::PosixWorld real(".");
  NamedFileSystem memory("tmpfs");
  const auto refused = [&](std::string_view directory) {
    return calibrate(real.world(), memory, directory, {.budget = 5s}).error();
  };
  REQUIRE(refused(scratch.path()).code == io::Code::unsupported);
  REQUIRE(refused(scratch.path()).detail.starts_with("tmpfs has no device"));
  REQUIRE(refused(scratch.path("missing")).code == io::Code::not_found);
  REQUIRE(std::filesystem::is_empty(scratch.path()));
}

TEST_CASE("a disk without room is refused with what it takes") {
  sim::World world({.model = sim::find_model("posix"), .capacity_bytes = 4 << 20});
  NamedFileSystem disk("posix");
  const auto result = calibrate(world.io(), disk, ".", {.budget = 5s});
  REQUIRE(result.error().code == io::Code::no_space);
  REQUIRE(result.error().detail.starts_with("needs "));
  REQUIRE(world.io().files.list(".")->empty());
}

TEST_CASE("a calibration of a real disk ends with a legal file, and leaves nothing") {
  base::testing::ScratchDirectory scratch;
  io::PosixWorld real(".");
  SystemProbes probes(scratch.path());
  const auto result = calibrate(real.world(), probes, scratch.path(), {.budget = 2s, .date = "today"});
  REQUIRE(result.has_value());
  REQUIRE_FALSE(sim::problem_of(result->disk).has_value());
  REQUIRE(result->disk.read.latency.p50 > 0ns);
  REQUIRE(result->disk.cpu.work->of(io::Work::checksum).per_kib > 0ns);
  REQUIRE(result->twin.size() >= 11);
  REQUIRE(std::filesystem::is_empty(scratch.path()));
}

}  // namespace
}  // namespace wallop::checklist
