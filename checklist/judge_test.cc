// SPDX-License-Identifier: Apache-2.0
// Judging made-up numbers: what the remark says must follow from them.
#include "checklist/judge.h"

#include <catch2/catch.hpp>

namespace wallop::checklist {
namespace {

using namespace std::chrono_literals;
using reports::Status;
using reports::Verdict;

base::Histogram all(io::Duration value, std::uint64_t count = 1000) {
  base::Histogram histogram;
  histogram.record(static_cast<std::uint64_t>(value.count()), count);
  return histogram;
}

struct JudgeFixture {
  Profile profile;
  Measurements measured;

  // The verdict on one item with this limit.
  Verdict verdict(std::string id, std::string_view expect = "", Severity severity = Severity::fail) {
    Item item{.id = std::move(id), .expect = {}, .severity = severity};
    if (!expect.empty()) item.expect = scenarios::parse_metric(expect).value();
    profile.items = {item};
    const std::vector<Verdict> verdicts = judge(profile, measured);
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].id == profile.items[0].id);
    return verdicts[0];
  }
  Verdict sync_verdict(io::Duration log, io::Duration floor, std::uint64_t count = 1000) {
    measured.sync = SyncMeasured{.judged = {all(log, count), all(floor, count)}, .curve = {}};
    return verdict("sync.p99", "sync.latency.p99 < 5ms");
  }
  Verdict recovery_verdict(std::vector<reports::RecoveryPoint> points, std::size_t judged_from = 0) {
    measured.recovery = RecoveryMeasured{std::move(points), judged_from, "no permission"};
    return verdict("recovery", "recovery.seconds_per_gb < 1");
  }
  // Resident memory every second for a minute, growing by so much each time.
  Verdict memory_verdict(std::uint64_t growth, io::Duration length = 60s) {
    LoadMeasured load;
    load.elapsed = length;
    for (io::Duration at = 1s; at <= length; at += 1s)
      load.memory.push_back({at, 50'000'000 + growth * static_cast<std::uint64_t>(at / 1s)});
    measured.load = std::move(load);
    return verdict("memory", "memory.growth_per_minute < 1MiB");
  }
};

bool says(const Verdict& verdict, std::string_view words) {
  return verdict.remark.find(words) != std::string::npos;
}

TEST_CASE("a slow sync is the disk's where the floor breaks the limit too") {
  const Verdict verdict = JudgeFixture().sync_verdict(7900us, 7600us);
  CHECK(verdict.status == Status::fail);
  CHECK(verdict.observed == "7.90 ms");
  CHECK(verdict.used_permille == 1580);
  CHECK(verdict.count == 1000);
  CHECK(verdict.remark == "64KiB unsynced; device floor 7.60 ms -> the disk, not the log");
}

TEST_CASE("a slow sync over a quick floor is the log's") {
  CHECK(says(JudgeFixture().sync_verdict(7900us, 1ms), "device floor 1.00 ms -> the log, not the disk"));
}

TEST_CASE("a slow sync whose floor is near but within the limit is blamed on nobody") {
  const Verdict verdict = JudgeFixture().sync_verdict(5100us, 4900us);
  CHECK(verdict.status == Status::fail);
  CHECK(verdict.remark.ends_with("device floor 4.90 ms"));
}

TEST_CASE("a quick sync blames nobody, whatever the floor") {
  const Verdict verdict = JudgeFixture().sync_verdict(1ms, 9ms);
  CHECK(verdict.status == Status::pass);
  CHECK(verdict.remark.ends_with("device floor 9.00 ms"));
}

TEST_CASE("too few syncs are inconclusive with a remedy, and the floor is no evidence then either") {
  const Verdict verdict = JudgeFixture().sync_verdict(7900us, 7600us, 999);
  CHECK(verdict.status == Status::inconclusive);
  CHECK_FALSE(verdict.remedy.empty());
  CHECK_FALSE(says(verdict, "->"));
}

TEST_CASE("a breach of an item that only warns is a warning, with its remedy") {
  JudgeFixture fixture;
  fixture.measured.sync = SyncMeasured{.judged = {all(9ms), all(9ms)}, .curve = {}};
  const Verdict verdict = fixture.verdict("sync.p99", "sync.latency.p99 < 5ms", Severity::warn);
  CHECK(verdict.status == Status::warn);
  CHECK_FALSE(verdict.remedy.empty());
}

TEST_CASE("appends that nobody answered are told beside the workload") {
  JudgeFixture fixture;
  LoadMeasured load;
  load.latency = all(2ms, 8000);
  load.unanswered = 1204;
  load.policy = "batch 5ms";
  fixture.measured.load = std::move(load);
  const Verdict verdict = fixture.verdict("append.p99", "append.latency.p99 < 10ms");
  CHECK(verdict.status == Status::pass);
  CHECK(verdict.remark == "8 writers, 1,000/s each, batch 5ms; 1,204 appends were still waiting at the end");
}

TEST_CASE("the slower of warm and cold recovery is judged, by its median") {
  const Verdict verdict = JudgeFixture().recovery_verdict({{"warm", 1'000'000'000, 120ms, 90ms, 20ms},
                                                           {"cold", 1'000'000'000, 620ms, 500ms, 20ms},
                                                           {"cold", 1'000'000'000, 610ms, 500ms, 20ms},
                                                           {"cold", 1'000'000'000, 9s, 500ms, 20ms}});
  CHECK(verdict.status == Status::pass);
  CHECK(verdict.observed == "0.62 s/GB");
  CHECK(verdict.count == 3);
  CHECK(verdict.remark ==
        "cold, 1.00 GB after an unclean end; warm 0.12 s/GB; reading 80 %, checksums 3 % of it");
}

TEST_CASE("recovery is judged at the last size alone") {
  const Verdict verdict = JudgeFixture().recovery_verdict(
      {{"warm", 1'000'000, 1s, 0s, 0s}, {"warm", 500'000'000, 100ms, 0s, 0s}}, 1);
  CHECK(verdict.observed == "0.2 s/GB");
  CHECK(verdict.count == 1);
}

TEST_CASE("recovery without an empty page cache says that cold was not measured") {
  CHECK(says(JudgeFixture().recovery_verdict({{"warm", 500'000'000, 100ms, 0s, 0s}}),
             "cold not measured: no permission"));
}

TEST_CASE("memory that grows beyond the limit fails, and memory that stays passes") {
  CHECK(JudgeFixture().memory_verdict(100'000).status == Status::fail);
  CHECK(JudgeFixture().memory_verdict(100'000).observed == "6.00 MB/min");
  CHECK(JudgeFixture().memory_verdict(0).status == Status::pass);
}

TEST_CASE("a short load says nothing about memory") {
  const Verdict verdict = JudgeFixture().memory_verdict(100'000, 5s);
  CHECK(verdict.status == Status::inconclusive);
  CHECK_FALSE(verdict.remedy.empty());
}

TEST_CASE("a device that nobody counts is skipped with the reason") {
  JudgeFixture fixture;
  LoadMeasured load;
  load.disk = std::unexpected("overlay has no block device of its own");
  fixture.measured.load = std::move(load);
  const Verdict verdict = fixture.verdict("disk", "disk.utilisation_percent < 80");
  CHECK(verdict.status == Status::skip);
  CHECK(verdict.remark == "overlay has no block device of its own");
}

TEST_CASE("a busy device fails with what iostat would show") {
  JudgeFixture fixture;
  LoadMeasured load;
  load.disk = DiskUse{91'500'000, 3ms, 1200, 9'000'000, 84, 3900us};
  fixture.measured.load = std::move(load);
  const Verdict verdict = fixture.verdict("disk", "disk.utilisation_percent < 80");
  CHECK(verdict.status == Status::fail);
  CHECK(verdict.observed == "91.5%");
  CHECK(says(verdict, "await 3.00 ms, 1,200 w/s, 9.00 MB/s"));
  CHECK(says(verdict, "84 flushes/s of 3.90 ms"));
}

TEST_CASE("throughput is judged under the profile's own policy, the others stand beside it") {
  JudgeFixture fixture;
  fixture.measured.throughput = ThroughputMeasured{
      {{"always", false, 5'000, 5'000'000, 1s}, {"batch 5ms", true, 20'000, 20'000'000, 2s}}};
  const Verdict verdict = fixture.verdict("throughput", "throughput.appends_per_second >= 8000");
  CHECK(verdict.status == Status::pass);
  CHECK(verdict.observed == "10,000/s");
  CHECK(verdict.count == 20'000);
  CHECK(verdict.remark == "batch 5ms, 8 writers, 10.0 MB/s; always 5,000/s");
}

TEST_CASE("a device that fails under the load fails the check; a full disk leaves it open") {
  JudgeFixture fixture;
  fixture.measured.rotation = io::Result<RotationMeasured>(io::failure(EIO, "sync", "1.wal"));
  CHECK(fixture.verdict("rotation.p99", "rotation.latency.p99 < 10ms").status == Status::fail);
  fixture.measured.rotation = io::Result<RotationMeasured>(io::failure(ENOSPC, "write", "1.wal"));
  const Verdict verdict = fixture.verdict("rotation.p99", "rotation.latency.p99 < 10ms");
  CHECK(verdict.status == Status::inconclusive);
  CHECK(says(verdict, "No space left on device"));
}

TEST_CASE("what was never measured is inconclusive, whatever the check") {
  for (const char* expect : {"append.latency.p99 < 10ms", "sync.latency.p99 < 5ms"}) {
    const bool append = std::string_view(expect).starts_with("append");
    CHECK(JudgeFixture().verdict(append ? "append.p99" : "sync.p99", expect).status == Status::inconclusive);
  }
}

TEST_CASE("checks that a machine cannot answer alone say so and never pass") {
  for (const char* id : {"cpu", "monitoring", "alerts"}) {
    const Verdict verdict = JudgeFixture().verdict(id);
    CHECK(verdict.status == Status::skip);
    CHECK(says(verdict, "not measured: "));
    CHECK_FALSE(verdict.remedy.empty());
  }
}

TEST_CASE("a soak needs a day of load, and passes by nothing less") {
  JudgeFixture fixture;
  LoadMeasured load;
  load.elapsed = 24h;
  load.latency = all(1ms);
  fixture.measured.load = std::move(load);
  CHECK(fixture.verdict("soak").status == Status::manual);
  fixture.profile.load.duration = 24h;
  CHECK(fixture.verdict("soak").status == Status::pass);
}

TEST_CASE("a machine whose figures are doubtful is a warning that names each doubt") {
  JudgeFixture fixture;
  fixture.measured.facts = {.cpu = "",
                            .cpu_count = 2,
                            .governor = "powersave",
                            .kernel = "Linux 6.1",
                            .file_system = "tmpfs",
                            .mount_options = "rw",
                            .device = "",
                            .write_cache = "",
                            .scheduler = ""};
  fixture.measured.facts.load_hundredths = 677;
  fixture.measured.cpu_before = CpuCounters{};
  fixture.measured.cpu_after = CpuCounters{.all = 1000, .idle = 500, .stolen = 40};
  const Verdict verdict = fixture.verdict("hardware");
  CHECK(verdict.status == Status::warn);
  for (const char* doubt : {"in memory", "governor powersave", "load 6.77 on 2 CPUs", "steal 4.0 %"})
    CHECK(says(verdict, doubt));
}

TEST_CASE("a machine without a doubt passes and is named") {
  JudgeFixture fixture;
  fixture.measured.facts = {.cpu = "",
                            .cpu_count = 2,
                            .governor = "performance",
                            .kernel = "Linux 6.1",
                            .file_system = "ext4",
                            .mount_options = "rw",
                            .device = "nvme0n1",
                            .write_cache = "on",
                            .scheduler = ""};
  const Verdict verdict = fixture.verdict("hardware");
  CHECK(verdict.status == Status::pass);
  CHECK(verdict.observed == "ext4 on nvme0n1 (write cache on)");
  CHECK(verdict.remark == "Linux 6.1, 2 CPUs, governor performance");
}

}  // namespace
}  // namespace wallop::checklist
