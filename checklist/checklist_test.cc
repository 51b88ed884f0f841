// SPDX-License-Identifier: Apache-2.0
// Whole runs: a small one on the real disk, others in the simulated world. What they must leave alone.
#include "checklist/checklist.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>

#include "base/testing/scratch_directory.h"
#include "checklist/probe_system.h"
#include "io/posix_world.h"
#include "sim/world.h"

namespace wallop::checklist {
namespace {

namespace fs = std::filesystem;
using reports::Status;

// Everything is measured, in about a second.
constexpr std::string_view kTiny = R"({
  "version": 1, "name": "tiny",
  "log": { "sync": { "batch": { "window": "2ms" } }, "segment_bytes": "1MiB" },
  "load": { "duration": "600ms", "writers": 2, "rate": "1000/s", "value_bytes": 256 },
  "sync": { "dirty_bytes": "4KiB", "count": 20, "curve": [0, "64KiB"], "curve_count": 5, "time_max": "1s" },
  "throughput": { "bytes_max": "1MiB", "time_max": "100ms" },
  "rotation": { "segment_bytes": "256KiB", "count": 5, "pause": "1ms", "time_max": "1s" },
  "recovery": { "sizes": ["1MB", "3MB"], "repeat": 2 },
  "items": [
    { "id": "append.p99", "expect": "append.latency.p99 < 10s" },
    { "id": "sync.p99", "expect": "sync.latency.p50 < 10s" },
    { "id": "throughput", "expect": "throughput.appends_per_second > 1" },
    { "id": "recovery", "expect": "recovery.seconds_per_gb < 1000000" },
    { "id": "rotation.p99", "expect": "rotation.latency.p99 < 10s" },
    { "id": "disk", "expect": "disk.utilisation_percent <= 100" },
    { "id": "hardware" }, { "id": "soak" }
  ]
})";

Profile tiny() {
  auto profile = parse_profile(kTiny);
  if (!profile) FAIL(base::json::describe("tiny", profile.error().front()));
  return std::move(*profile);
}

// A machine that tells nothing about itself.
class MuteProbes final : public Probes {
 public:
  MachineFacts facts() override { return {}; }
  std::expected<DiskCounters, std::string> disk_counters() override { return std::unexpected("mute"); }
  std::optional<CpuCounters> cpu_counters() override { return std::nullopt; }
  std::optional<std::uint64_t> resident_bytes() override { return std::nullopt; }
  io::Status drop_cached(std::string_view path) override {
    return io::failure(io::Code::unsupported, "drop cached pages of", path, "");
  }
};

struct DiskFixture {
  base::testing::ScratchDirectory scratch;
  io::PosixWorld world{"."};
  SystemProbes probes{scratch.path()};
  Options options;

  io::Result<Outcome> run(const Profile& profile) {
    return run_checklist(world.world(), probes, scratch.path(), profile, options);
  }
  // A file that is not ours, with one byte in it.
  void add_foreign(const std::string& name) {
    auto file = world.world().files.open(scratch.path(name), {.create = true});
    const auto byte = std::byte{'x'};
    REQUIRE((*file)->write_at(0, io::Bytes(&byte, 1)).has_value());
  }
  std::vector<std::string> names() const {
    auto names = io::PosixWorld(".").world().files.list(scratch.path());
    REQUIRE(names.has_value());
    return *names;
  }
};

const reports::Verdict& verdict(const Outcome& outcome, std::string_view id) {
  const auto found = std::ranges::find(outcome.result.checks, id, &reports::Verdict::id);
  REQUIRE(found != outcome.result.checks.end());
  return *found;
}

TEST_CASE("a run on a real disk judges every item, measures what it says, and leaves nothing") {
  DiskFixture fixture;
  fixture.add_foreign("wallop-check-mine");
  const auto outcome = fixture.run(tiny());
  REQUIRE(outcome.has_value());
  CHECK(fixture.names() == std::vector<std::string>{"wallop-check-mine"});
  CHECK(fs::file_size(fixture.scratch.path("wallop-check-mine")) == 1);
  CHECK(outcome->left_behind.empty());
  CHECK(outcome->result.checks.size() == tiny().items.size());
  CHECK(verdict(*outcome, "append.p99").status == Status::pass);
  CHECK(verdict(*outcome, "append.p99").count == 1200);
  CHECK(verdict(*outcome, "sync.p99").count == 20);
  CHECK(verdict(*outcome, "sync.p99").remark.find("device floor") != std::string::npos);
  CHECK(verdict(*outcome, "throughput").status == Status::pass);
  CHECK(verdict(*outcome, "rotation.p99").status == Status::inconclusive);  // p99 of five.
  CHECK(verdict(*outcome, "rotation.p99").count == 5);
  CHECK(verdict(*outcome, "soak").status == Status::manual);
}

TEST_CASE("a run on a real disk recovers every size, warm and cold") {
  DiskFixture fixture;
  const std::vector<std::string> ids{"recovery"};
  const auto outcome = fixture.run(*only(tiny(), ids));
  REQUIRE(outcome.has_value());
  CHECK(verdict(*outcome, "recovery").status == Status::pass);
  REQUIRE(outcome->result.recovery.size() == 8);
  CHECK(outcome->result.recovery.front().bytes > 1'000'000);
  CHECK(outcome->result.recovery.back().bytes > 3'000'000);
}

TEST_CASE("steps are told in order, each once, and only those that an item needs") {
  DiskFixture fixture;
  std::vector<std::string> steps;
  fixture.options.step = [&](const Step& step) {
    steps.emplace_back(step.name);
    CHECK(step.number == steps.size());
    CHECK(step.count == 2);
  };
  const std::vector<std::string> ids{"disk", "sync.p99"};
  REQUIRE(fixture.run(*only(tiny(), ids)).has_value());
  CHECK(steps == std::vector<std::string>{"sync", "load"});
}

TEST_CASE("an interrupt leaves nothing on the disk, and what was not measured is inconclusive") {
  DiskFixture fixture;
  bool interrupted = false;
  fixture.options.interrupted = [&] { return interrupted; };
  fixture.options.step = [&](const Step& step) { interrupted = step.name == "throughput"; };
  const auto outcome = fixture.run(tiny());
  REQUIRE(outcome.has_value());
  CHECK(outcome->interrupted);
  CHECK(fixture.names().empty());
  CHECK(verdict(*outcome, "append.p99").status == Status::pass);
  CHECK(verdict(*outcome, "throughput").status == Status::inconclusive);
  CHECK(verdict(*outcome, "recovery").status == Status::inconclusive);
}

TEST_CASE("a measurement that an interrupt cuts short is not judged by its half") {
  DiskFixture fixture;
  bool loading = false;
  std::atomic<int> asked = 0;  // By every writer.
  fixture.options.step = [&](const Step& step) { loading = step.name == "load"; };
  fixture.options.interrupted = [&] { return loading && ++asked > 1'000; };
  const auto outcome = fixture.run(tiny());
  REQUIRE(outcome.has_value());
  CHECK(outcome->interrupted);
  CHECK(verdict(*outcome, "sync.p99").status == Status::pass);
  CHECK(verdict(*outcome, "append.p99").status == Status::inconclusive);
  CHECK(verdict(*outcome, "append.p99").remark == "interrupted before it was measured");
}

TEST_CASE("a directory that is not there, or is none, is refused") {
  DiskFixture fixture;
  fixture.add_foreign("file");
  const auto refusal = [&](std::string_view directory) {
    return run_checklist(fixture.world.world(), fixture.probes, directory, tiny(), {}).error();
  };
  CHECK(refusal(fixture.scratch.path("missing")).code == io::Code::not_found);
  CHECK(refusal(fixture.scratch.path("file")).code == io::Code::invalid);
  CHECK(fixture.names() == std::vector<std::string>{"file"});
}

TEST_CASE("a disk without room is refused before anything is written, with what it takes") {
  sim::World world({.model = sim::find_model("posix"), .capacity_bytes = 4 << 20});
  MuteProbes probes;
  const auto outcome = run_checklist(world.io(), probes, ".", tiny(), {});
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().code == io::Code::no_space);
  CHECK(outcome.error().detail.starts_with("needs "));
  CHECK(world.io().files.list(".")->empty());
}

TEST_CASE("the checklist runs in the simulated world too, where the disk is what its file says") {
  sim::World world({.model = sim::find_model("ext4-ordered"), .disk = sim::find_disk("nvme-consumer")});
  MuteProbes probes;
  const auto outcome = run_checklist(world.io(), probes, ".", tiny(), {});
  REQUIRE(outcome.has_value());
  CHECK(verdict(*outcome, "append.p99").status == Status::pass);
  CHECK(verdict(*outcome, "disk").status == Status::skip);
  CHECK(verdict(*outcome, "recovery").remark.find("cold not measured") != std::string::npos);
  CHECK(world.io().files.list(".")->empty());
}

TEST_CASE("a device that fails a sync fails the check, the rest is still judged, and nothing is left") {
  faults::Fault fault;
  REQUIRE(base::read_document(R"({"kind": "failed_sync", "errno": "EIO", "when": {"path": "floor"}})", fault)
              .empty());
  sim::World world({.model = sim::find_model("posix"), .plan = faults::Plan({fault}, 1)});
  MuteProbes probes;
  const auto outcome = run_checklist(world.io(), probes, ".", tiny(), {});
  REQUIRE(outcome.has_value());
  CHECK(verdict(*outcome, "sync.p99").status == Status::fail);
  CHECK(verdict(*outcome, "sync.p99").remark.find("EIO") != std::string::npos);
  CHECK(verdict(*outcome, "append.p99").status == Status::pass);
  CHECK(world.io().files.list(".")->empty());
}

}  // namespace
}  // namespace wallop::checklist
