// SPDX-License-Identifier: Apache-2.0
// Invented results.
#include "reports/sample_result.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace wallop::reports::testing {
namespace {

using namespace std::chrono_literals;

std::string hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a.
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

// 0 to 999, the same for the same n.
std::int64_t scatter(std::uint64_t n) {
  return static_cast<std::int64_t>((n * 6364136223846793005ULL + 1442695040888963407ULL) >> 33U) % 1'000;
}

Interval second_of(int second) {
  const bool stalled = second == 10 || second == 30;
  const bool slow = second >= 40 && second < 46;
  const auto wobble = scatter(static_cast<std::uint64_t>(second));
  return {.begin = std::chrono::seconds(second),
          .length = 1s,
          .count = 8'000,
          .p50 = (slow ? 2ms : 340us) + std::chrono::nanoseconds(wobble * 60),
          .p99 = (stalled ? 80ms
                  : slow  ? 30ms
                          : 4'700us) +
                 std::chrono::nanoseconds(wobble * 900),
          .max = (stalled ? 84ms
                  : slow  ? 44ms
                          : 6'900us) +
                 std::chrono::nanoseconds(wobble * 1'500)};
}

ScenarioResult stalling_disk() {
  ScenarioResult scenario = passing("slow/stalling-disk");
  scenario.about = "A consumer SSD stalls for 80 ms twice; append p99 must hold under batch sync.";
  scenario.disk = "nvme-consumer";
  scenario.virtual_time = 60s;
  scenario.summary = "append.latency.p99 80.8 ms < 100 ms";
  scenario.verdicts.push_back({.id = "append.latency.p99 < 100ms",
                               .observed = "80.8 ms",
                               .limit = "< 100 ms",
                               .used_permille = 808,
                               .count = 480'000,
                               .remark = "",
                               .remedy = ""});
  scenario.latencies = {latencies("append.latency", 480'000, 340us, 4'900us, 84ms),
                        latencies("sync.latency", 11'900, 900us, 3ms, 81ms)};
  for (int second = 0; second < 60; ++second) scenario.over_time.push_back(second_of(second));
  scenario.marks = {{"fault", "stall 80 ms", 10s, 10s + 80ms},
                    {"fault", "stall 80 ms", 30s, 30s + 80ms},
                    {"fault", "slow_disk × 6", 40s, 46s}};
  for (const auto at : {9'800ms, 19'900ms, 30'400ms, 40'100ms, 50'700ms})
    scenario.marks.push_back({"rotation", "rotation", at, at});
  scenario.receipts = {
      {scenario.name, "stall 80 ms", "at 10 s, 30 s", 491'900, 2, 0, 0, 160ms, "op 81,204 at 10 s"},
      {scenario.name, "slow_disk × 6", "during 40 s to 46 s", 491'900, 48'311, 0, 0, 41s,
       "op 324,880 at 40 s"}};
  return scenario;
}

void add_faults(Result& result) {
  const std::array<FaultReceipt, 5> receipts{
      FaultReceipt{"", "latent_sector_error", "path *.wal, nth 40,000", 31'114, 0, 0, 0, 0ns, ""},
      FaultReceipt{"", "torn_write, subset", "chance 1/5000", 311'040, 61, 0, 61 * 4096, 0ns,
                   "op 4,417 at 3.1 s"},
      FaultReceipt{"", "failed_sync EIO", "path *.wal, nth 3", 212, 1, 1, 0, 0ns, "op 212 at 16 ms"},
      FaultReceipt{"", "lost_sync", "for 250 ms", 1'880, 18, 0, 73'728, 0ns, "op 1,093 at 2.0 s"},
      FaultReceipt{"", "no_space", "capacity 64 MiB", 9'944, 412, 412, 0, 0ns, "op 9,730 at 8.2 s"}};
  const std::array<std::size_t, 5> scenarios{3, 3, 5, 6, 9};
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    ScenarioResult& scenario = result.scenarios[scenarios[i]];
    scenario.receipts.push_back(receipts[i]);
    scenario.receipts.back().scenario = scenario.name;
  }
}

StateCount states(std::uint64_t cuts, std::uint64_t images) {
  return {.strategy = "exhaustive",
          .cuts = cuts,
          .images = images,
          .distinct = images / 9,
          .failures = 0,
          .silent = 0,
          .undetectable = 0,
          .recovery_depth = 2,
          .all = true,
          .bounds = "",
          .states_per_second = 138'000};
}

ChecklistResult checklist() {
  ChecklistResult list;
  list.profile = "default";
  list.directory = "/var/lib/app";
  list.device = "ext4 on nvme0n1 (write cache on)";
  list.floor = "fdatasync 64 KiB p50 3.4 ms p99 7.6 ms";
  list.checks = {check(Status::pass, "append.p99"),   check(Status::fail, "sync.p99"),
                 check(Status::pass, "rotation.p99"), check(Status::pass, "recovery"),
                 check(Status::warn, "disk"),         check(Status::skip, "cpu"),
                 check(Status::manual, "soak"),       check(Status::inconclusive, "memory")};
  list.latencies = {latencies("append.latency", 120'000, 310us, 1'840us, 11'900us),
                    latencies("sync.latency", 20'000, 3'400us, 7'900us, 12'500us)};
  const std::array<std::uint64_t, 5> sizes{100'000'000, 250'000'000, 500'000'000, 1'000'000'000,
                                           4'200'000'000};
  for (const std::uint64_t size : sizes) {
    const auto bytes = static_cast<std::int64_t>(size);
    list.recovery.push_back(
        {"cold", size, Duration(bytes * 62 / 100), Duration(bytes * 41 / 100), Duration(bytes * 3 / 100)});
    list.recovery.push_back(
        {"warm", size, Duration(bytes * 12 / 100), Duration(bytes * 5 / 100), Duration(bytes * 3 / 100)});
  }
  return list;
}

Story rotation_story() {
  const std::string first = "0000000000000001.wal", second = "0000000000000002.wal";
  return {.oracle = "durable",
          .finding = "LSN 2 was acknowledged at 11 and is gone",
          .promised = "LSN 1..2",
          .found = "LSN 1..1",
          .model = "posix",
          .shrunk_from = 1'880,
          .lines = {{1, "create", first, "", "name visible"},
                    {2, "write", first, "[0, 4096)", "header"},
                    {3, "sync", first, "", "durable"},
                    {4, "sync dir", ".", "", "name durable"},
                    {5, "write", first, "[4096, 4608)", "LSN 1"},
                    {6, "sync", first, "", "durable"},
                    {7, "append", "LSN 1", "", "acknowledged"},
                    {8, "create", second, "", "name visible"},
                    {9, "write", second, "[0, 4608)", "header, LSN 2"},
                    {10, "sync", second, "", "durable"},
                    {11, "append", "LSN 2", "", "acknowledged"},
                    {12, "POWER LOSS", "", "", ""}},
          .disk = {{first, "4608 bytes, all synced", "4608 bytes", ""},
                   {second, "4608 bytes, all synced; name not", "not there",
                    "created at 8, its directory never synced"}},
          .replay = "wallop replay out/crash.rotation-no-dirsync.repro.json"};
}

}  // namespace

ScenarioResult passing(std::string name) {
  ScenarioResult scenario;
  scenario.file = "scenarios/" + name + ".json";
  scenario.journal_hash = hash_of(name);
  scenario.name = std::move(name);
  scenario.engine = "reference_wal";
  scenario.model = "ext4-ordered";
  scenario.disk = "nvme-plp";
  scenario.seed = 1;
  scenario.virtual_time = 10s;
  scenario.wall_time = 40ms;
  scenario.journal_entries = 1'880;
  scenario.summary = "durable, prefix, intact, opens";
  for (const char* oracle : {"durable", "prefix", "intact", "opens"})
    scenario.verdicts.push_back({.id = oracle,
                                 .observed = "",
                                 .limit = "",
                                 .used_permille = {},
                                 .count = 0,
                                 .remark = "",
                                 .remedy = ""});
  return scenario;
}

ScenarioResult failing(std::string name) {
  ScenarioResult scenario = passing(std::move(name));
  scenario.status = Status::fail;
  scenario.about = "Rotates once and loses power.";
  scenario.model = "posix";
  scenario.verdicts[0].status = Status::fail;
  scenario.verdicts[0].remark = "1 record acknowledged and gone (LSN 2)";
  scenario.verdicts[0].remedy = "Sync the directory before the first acknowledgement out of a new segment.";
  scenario.summary = "durable: 1 record acknowledged and gone (LSN 2)";
  scenario.story = rotation_story();
  return scenario;
}

ScenarioResult too_slow(std::string name) {
  ScenarioResult scenario = passing(std::move(name));
  scenario.status = Status::fail;
  scenario.summary = "append.latency.p99 240 ms";
  scenario.verdicts.push_back({.status = Status::fail,
                               .id = "append.latency.p99 < 100ms",
                               .observed = "240 ms",
                               .limit = "< 100 ms",
                               .used_permille = 2'400,
                               .count = 9'000,
                               .remark = "the stall lasts longer than the limit",
                               .remedy = ""});
  return scenario;
}

ScenarioResult canary() {
  ScenarioResult scenario = failing("canary/ack-before-sync");
  scenario.status = Status::pass;
  scenario.expected_failure = true;
  scenario.engine = "ack_before_sync";
  scenario.about = "Acknowledges before it syncs.";
  scenario.summary = "durable broken, as it must be";
  scenario.states = states(31, 412);
  scenario.states->failures = 96;
  scenario.states->undetectable = 96;
  Story& story = *scenario.story;
  const std::string log = "0000000000000001.wal";
  story.finding = "LSN 1 was acknowledged at 6 and is gone";
  story.promised = "LSN 1..1";
  story.found = "nothing";
  story.shrunk_from = 212;
  story.lines = {{1, "create", log, "", "name visible"},
                 {2, "write", log, "[0, 4096)", "header"},
                 {3, "sync", log, "", "durable"},
                 {4, "sync dir", ".", "", "name durable"},
                 {5, "write", log, "[4096, 4608)", "LSN 1"},
                 {6, "append", "LSN 1", "", "acknowledged"},
                 {7, "POWER LOSS", "", "", ""}};
  story.disk = {
      {log, "4608 bytes visible, 4096 synced", "4096 bytes", "[4096, 4608) written at 5, never synced"}};
  story.replay = "wallop replay out/canary.ack-before-sync.repro.json";
  return scenario;
}

Verdict check(Status status, std::string id) {
  Verdict verdict{.status = status,
                  .id = std::move(id),
                  .observed = "1.84 ms",
                  .limit = "< 10 ms",
                  .used_permille = 184,
                  .count = 120'000,
                  .remark = "8 writers, 1,000/s each, batch 5ms",
                  .remedy = ""};
  switch (status) {
    case Status::fail:
      verdict.observed = "7.90 ms";
      verdict.limit = "< 5 ms";
      verdict.used_permille = 1'580;
      verdict.remark = "device floor 7.6 ms -> the disk, not the log";
      verdict.remedy = "A drive with power-loss protection, or a limit of 10 ms in the profile.";
      break;
    case Status::warn:
      verdict.observed = "9.81 ms";
      verdict.used_permille = 981;
      verdict.remark = "margin under 5 %";
      break;
    case Status::skip:
    case Status::inconclusive:
    case Status::manual:
      verdict.observed = "";
      verdict.used_permille.reset();
      verdict.count = 0;
      verdict.remark = status == Status::manual ? "no evidence; run: wallop check --only soak --duration 24h"
                                                : "not permitted here";
      break;
    case Status::pass:
      break;
  }
  return verdict;
}

Distribution latencies(std::string metric, std::uint64_t count, Duration median, Duration p99,
                       Duration longest) {
  Distribution distribution;
  distribution.metric = std::move(metric);
  // Of a thousand: 900 around the median, 90 from there to the p99, 10 from there to the longest.
  const Duration ordinary = median + median * 4 / 10;
  for (std::uint64_t i = 1; i < count; ++i) {
    const std::int64_t rank = scatter(i), within = scatter(i * 31 + 7);
    Duration value = median * (550 + rank) / 1'000;
    if (rank >= 900) value = ordinary + (p99 - ordinary) * within * within / 1'000'000;
    if (rank >= 990) value = p99 + (longest - p99) * within * within / 1'000'000;
    distribution.histogram.record(value);
  }
  distribution.histogram.record(longest);
  return distribution;
}

Result sample_result() {
  Result result;
  result.wallop_version = "0.1.0";
  result.commit = "3f9c2e71";
  result.compiler = "g++ 12.2 -O2";
  result.command = "wallop run scenarios/ --seed 1 --out out\nwallop check --dir /var/lib/app --out out";
  result.started = "2026-11-23T13:02:00Z";
  result.wall_time = 41s;
  for (const char* name : {"smoke/append-and-read", "smoke/reopen", "smoke/two-writers", "crash/rot-in-tail",
                           "crash/two-appends", "sync/poison", "sync/lying-flush", "sync/batch-window",
                           "sync/os-policy", "space/full-at-rotation", "space/full-at-append"})
    result.scenarios.push_back(passing(name));
  result.scenarios[4].states = states(38, 12'406);
  result.scenarios[4].summary = "all 12,406 states, 0 failures";
  result.scenarios[4].virtual_time = 0s;
  result.scenarios.push_back(stalling_disk());
  result.scenarios.push_back(failing("crash/rotation-no-dirsync"));
  result.scenarios.push_back(canary());
  add_faults(result);
  result.checklist = checklist();
  result.environment = {{"CPU", "2 × AMD EPYC 9R14, governor performance"},
                        {"Memory", "16 GB, no swap"},
                        {"Kernel", "Linux 6.18.2, Debian 12"},
                        {"File system", "ext4, rw, relatime"},
                        {"Write cache", "volatile, on"},
                        {"Noise", "steal 0.2 %, load 0.4"}};
  return result;
}

Result result_of(std::size_t count) {
  Result result;
  const ScenarioResult busy = count > 0 ? stalling_disk() : ScenarioResult{};
  for (std::size_t i = 0; i < count; ++i) {
    ScenarioResult scenario = passing(fmt::format("soak/scenario-{}", i));
    scenario.over_time = busy.over_time;
    scenario.receipts = busy.receipts;
    result.scenarios.push_back(std::move(scenario));
  }
  return result;
}

}  // namespace wallop::reports::testing
