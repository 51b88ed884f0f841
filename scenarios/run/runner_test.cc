// SPDX-License-Identifier: Apache-2.0
// The runner, over small scenarios in the simulated world: the reference log against crashes and faults, and
// the log that must be caught.
#include "scenarios/run/runner.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace wallop::scenarios {
namespace {

using reports::ScenarioResult;
using reports::Status;
using reports::Verdict;

// A scenario of one line each for what the test is about; four writers in a loop, synced, where it says
// nothing else.
class Case {
 public:
  explicit Case(std::string workload = R"({ "operations": 50, "writers": [ { "count": 4 } ] })")
      : workload_(std::move(workload)) {}
  Case& engine(std::string text) {
    engine_ = std::move(text);
    return *this;
  }
  Case& options(std::string text) {
    options_ = std::move(text);
    return *this;
  }
  Case& with(std::string more) {
    more_ += ", " + more;
    return *this;
  }

  [[nodiscard]] LoadedScenario loaded() const {
    const std::string text = R"({ "version": 1, "name": "case", "about": "A test.", "engine": { "name": ")" +
                             engine_ + R"(", "options": )" + options_ + R"( }, "workload": )" + workload_ +
                             more_ + " }";
    ReadScenario read = read_scenario(text, known());
    for (const auto& problem : read.problems) FAIL(base::json::describe(text, problem));
    return {"case.json", "test/case", std::move(read.scenario)};
  }
  [[nodiscard]] ScenarioResult run(std::uint64_t seed = 1) const { return run_scenario(loaded(), seed); }

 private:
  std::string engine_ = "reference_wal";
  std::string options_ = R"({ "sync": "always", "segment_bytes": "64KiB" })";
  std::string workload_, more_;
};

// Every verdict on a line, for a failing test.
std::string told(const ScenarioResult& result) {
  std::string lines = "\n" + result.summary;
  for (const Verdict& v : result.verdicts)
    lines += "\n" + v.id + ": " + v.observed + " " + v.limit + " " + v.remark;
  return lines;
}

void require_pass(const ScenarioResult& result) {
  INFO(told(result));
  REQUIRE(result.status == Status::pass);
}

TEST_CASE("four writers, closed and opened again, have every record") {
  const ScenarioResult result = Case()
                                    .with(R"("expect": { "metrics": [ "records.acknowledged == 200",
      "records.recovered == 200", "loss.records == 0", "append.latency.count == 200" ] })")
                                    .run();
  require_pass(result);
  REQUIRE(result.journal_hash.size() == 16);
  REQUIRE(result.over_time.size() > 1);
}

TEST_CASE("one seed gives one journal, and another seed another") {
  const Case crashed = Case().with(R"("crash": { "kind": "power_loss", "after": 100 })");
  const ScenarioResult first = crashed.run(3);
  require_pass(first);
  REQUIRE(crashed.run(3).journal_hash == first.journal_hash);
  REQUIRE(crashed.run(4).journal_hash != first.journal_hash);
}

TEST_CASE("power loss after so many appends loses none of them") {
  const ScenarioResult result = Case()
                                    .with(R"("crash": { "kind": "power_loss", "after": 100 })")
                                    .with(R"("expect": { "metrics": [ "records.acknowledged >= 100",
                                        "records.acknowledged <= 104", "loss.records == 0" ] })")
                                    .run();
  require_pass(result);
  REQUIRE(result.marks.back().kind == "crash");
}

TEST_CASE(
    "power lost again and again, with appends between: each recovery is held to what the last one promised") {
  const std::string crash = R"("crash": { "kind": "power_loss", "after": 100, "again": )";
  const ScenarioResult once = Case().with(crash + "0 }").run();
  const ScenarioResult often =
      Case()
          .with(crash + "5 }")
          .with(R"("expect": { "metrics": [ "loss.records == 0", "recovery.files <= 8" ] })")
          .run();
  require_pass(often);
  REQUIRE(often.journal_entries > once.journal_entries);
  REQUIRE(often.journal_hash != once.journal_hash);
}

TEST_CASE("a log that acknowledges before it syncs is caught by durable") {
  const Case canary =
      Case().engine("ack_before_sync").with(R"("crash": { "kind": "power_loss", "after": 100 })");
  const ScenarioResult result = canary.run();
  REQUIRE(result.status == Status::fail);
  REQUIRE(result.summary.starts_with("durable: LSN "));
  REQUIRE(result.story.has_value());
  REQUIRE(result.story->lines.back().verb == "POWER LOSS");
  REQUIRE_FALSE(result.story->disk.empty());
}

TEST_CASE("a canary that is caught passes, and one that is not fails") {
  const std::string expect = R"("expect": { "verdict": "fail", "oracle": "durable" })";
  const std::string crash = R"("crash": { "kind": "power_loss", "after": 100 })";
  const ScenarioResult caught = Case().engine("ack_before_sync").with(crash).with(expect).run();
  require_pass(caught);
  REQUIRE(caught.expected_failure);
  const ScenarioResult blind = Case().with(crash).with(expect).run();
  REQUIRE(blind.status == Status::fail);
  REQUIRE_FALSE(blind.expected_failure);
  REQUIRE(blind.summary == "expect: durable was to fail, and every oracle held");
}

// The log syncs its directory as it opens.
TEST_CASE(
    "a run whose log never opens still says what its faults did: where, with which errno, at which entry") {
  const ScenarioResult result =
      Case(R"({ "operations": 3, "writers": [ {} ] })")
          .with(
              R"("faults": [ { "kind": "failed_sync", "when": { "op": "sync", "nth": 1, "per": "device" } } ])")
          .run();
  REQUIRE(result.status == reports::Status::fail);
  REQUIRE(result.receipts.size() == 1);
  const reports::FaultReceipt& receipt = result.receipts.front();
  CHECK(receipt.fired == 1);
  CHECK(receipt.error == "EIO");
  CHECK(receipt.entry > 0);
  CHECK(receipt.first.find("posix/io/sync/fdatasync call 1, EIO") != std::string::npos);
}

TEST_CASE("after a failed sync nothing is acknowledged any more") {
  const ScenarioResult result =
      Case(R"({ "duration": "1s", "writers": [ { "count": 2, "rate": "100/s" } ] })")
          .with(R"("faults": [ { "kind": "failed_sync", "when": { "path": "*.wal", "at": "500ms" } } ])")
          .with(R"("crash": { "kind": "power_loss", "at": "900ms" })")
          .with(R"("expect": { "metrics": [ "faults.fired == 1", "records.acknowledged <= 102",
              "records.acknowledged >= 90", "records.refused >= 70" ] })")
          .run();
  require_pass(result);
  REQUIRE(result.receipts.size() == 1);
  REQUIRE(result.receipts.front().fired == 1);
}

TEST_CASE("a stall is felt by the appends that fall due meanwhile, and shown where it held") {
  const ScenarioResult result =
      Case(R"({ "duration": "1s", "writers": [ { "rate": "1000/s" } ] })")
          .options(
              R"({ "sync": { "batch": { "window": "5ms", "stall_max": "5ms" } }, "segment_bytes": "1MiB" })")
          .with(R"("faults": [ { "kind": "stall", "for": "80ms", "when": { "at": "500ms" } } ])")
          .with(R"("expect": { "metrics": [ "append.latency.max > 50ms", "append.latency.p95 > 10ms",
              "append.latency.p50 < 1ms", "append.latency.count == 1000", "sync.latency.max >= 60ms" ] })")
          .run();
  require_pass(result);
  REQUIRE(result.marks.front().kind == "fault");
  REQUIRE(result.marks.front().end - result.marks.front().begin > std::chrono::milliseconds(60));
}

TEST_CASE("under os nothing survives power loss by promise, and everything a process crash") {
  const std::string os = R"({ "sync": { "os": { "buffer_bytes": 0 } }, "segment_bytes": "1MiB" })";
  const ScenarioResult crashed = Case()
                                     .options(os)
                                     .with(R"("crash": { "kind": "process_crash", "after": 150 })")
                                     .with(R"("expect": { "metrics": [ "loss.records == 0",
                                         "records.acknowledged >= 150" ] })")
                                     .run();
  require_pass(crashed);
  const ScenarioResult lost = Case()
                                  .options(os)
                                  .with(R"("crash": { "kind": "power_loss", "after": 150 })")
                                  .with(R"("expect": { "metrics": [ "records.acknowledged == 0" ] })")
                                  .run();
  require_pass(lost);
}

TEST_CASE("a workload that does not close its log loses nothing that it handed over") {
  const ScenarioResult result =
      Case(R"({ "operations": 30, "writers": [ {} ], "close": false })")
          .with(R"("expect": { "metrics": [ "loss.records == 0", "records.recovered == 30" ] })")
          .run();
  require_pass(result);
}

TEST_CASE("rotations are measured and marked, and deletion loses nothing that was kept") {
  const ScenarioResult result =
      Case(R"({ "duration": "2s", "writers": [ { "rate": "500/s", "value_bytes": 1000 } ],
                "readers": [ { "follow": true }, {} ], "delete": { "keep_segments": 3, "every": "100ms" } })")
          .options(R"({ "sync": { "batch": { "window": "5ms" } }, "segment_bytes": "64KiB" })")
          .with(R"("expect": { "metrics": [ "rotation.latency.count >= 10", "loss.records == 0",
              "records.acknowledged == 1000", "records.recovered < 300" ] })")
          .run();
  require_pass(result);
  REQUIRE(std::ranges::count(result.marks, "rotation", &reports::Mark::kind) >= 10);
}

TEST_CASE("a fault that never fires is shown as a warning and fails nothing") {
  const ScenarioResult result =
      Case().with(R"("faults": [ { "kind": "lost_sync", "when": { "path": "*.nothing" } } ])").run();
  require_pass(result);
  REQUIRE(result.verdicts.back().status == Status::warn);
  REQUIRE(result.verdicts.back().id == "lost_sync 1");
}

TEST_CASE("a crash that the workload never comes to strikes at its end, and that is said") {
  const ScenarioResult result = Case(R"({ "duration": "1s", "writers": [ { "rate": "10/s" } ] })")
                                    .with(R"("crash": { "kind": "power_loss", "after": 50 })")
                                    .run();
  require_pass(result);
  REQUIRE(result.verdicts.back().id == "crash");
}

TEST_CASE("a run that is interrupted is inconclusive") {
  const LoadedScenario loaded = Case(R"({ "duration": "1h", "writers": [ { "rate": "1000/s" } ] })").loaded();
  int asked = 0;
  const ScenarioResult result = run_scenario(loaded, 1, [&] { return ++asked == 3; });
  REQUIRE(result.status == Status::inconclusive);
  REQUIRE(result.virtual_time < std::chrono::minutes(1));
}

TEST_CASE("an engine that does not open fails the scenario, with its reason") {
  const ScenarioResult result = Case().options(R"({ "segment_bytes": "8KiB" })").run();
  REQUIRE(result.status == Status::fail);
  REQUIRE(result.summary.starts_with("opens: the engine does not open: "));
}

TEST_CASE("the workload alone leaves its story in the world's journal") {
  const LoadedScenario loaded = Case(R"({ "operations": 3, "writers": [ {} ] })").loaded();
  sim::World world(world_options(loaded.scenario, 1));
  REQUIRE_FALSE(run_workload(world, loaded.scenario, 1).failed());
  Promises promises;
  for (const sim::Entry& entry : world.journal().entries()) promises.apply(entry);
  REQUIRE(promises.promised_lsn() == 3);
  REQUIRE(promises.issued_count(0) == 3);
}

TEST_CASE("a disk of the scenario's own costs what it says, with the machine around it") {
  const LoadedScenario loaded = Case(R"({ "operations": 1, "writers": [ {} ] })")
                                    .with(R"("world": { "disk": { "flush": { "latency": { "p50": "7s" } },
                                        "cpu": { "work": { "append": { "per_call": "3s" } } } } })")
                                    .loaded();
  const ScenarioResult result = run_scenario(loaded, 1);
  require_pass(result);
  REQUIRE(result.virtual_time >= std::chrono::seconds(10));
  REQUIRE(result.disk == "of the scenario");
}

TEST_CASE("a run that is long keeps the end of its journal, and is judged like any other") {
  const std::string workload =
      R"({ "duration": "1h", "writers": [ { "rate": "20/s" } ], "delete": { "keep_segments": 2, "every": "10s" } })";
  const std::string crash = R"("crash": { "kind": "power_loss", "at": "3590s" })";
  const ScenarioResult held =
      Case(workload)
          .with(crash)
          .with(R"("expect": { "metrics": [ "records.acknowledged >= 71790", "records.refused == 0",
              "loss.records == 0", "disk.peak_bytes < 3MiB", "rotation.latency.count > 4000" ] })")
          .run();
  require_pass(held);
  const auto rotations = std::ranges::count(held.marks, "rotation", &reports::Mark::kind);
  REQUIRE(rotations > 256);
  REQUIRE(rotations < 1024);
  const ScenarioResult caught = Case(workload).engine("ack_before_sync").with(crash).run();
  REQUIRE(caught.status == Status::fail);
  REQUIRE(caught.story.has_value());
  REQUIRE(caught.story->lines.back().verb == "POWER LOSS");
}

TEST_CASE("a scenario's processors and prices are what its engine is bound by") {
  const auto rate = [](const std::string& cpus) {
    const ScenarioResult result =
        Case(R"({ "operations": 50, "writers": [ { "count": 4 } ] })")
            .with(R"("world": { "disk": "instant", "cpus": )" + cpus +
                  R"(, "cpu_costs": { "append": { "per_call": "1ms" } } })")
            .with(R"("expect": { "metrics": [ "throughput.appends_per_second >= 1" ] })")
            .run();
    require_pass(result);
    return result.virtual_time;
  };
  using namespace std::chrono_literals;
  // 200 appends of a millisecond each.
  REQUIRE(rate("1") == 200ms);
  REQUIRE(rate("4") == 50ms);
}

// ---- What the run passed ----

TEST_CASE(
    "a run counts which of its engine's failure points it passed, its recovery's too, the same each time") {
  const auto passed = [](const ScenarioResult& result, std::string_view name) {
    const auto found = std::ranges::find(result.points, name, &reports::PointRow::name);
    REQUIRE(found != result.points.end());
    return found->passed;
  };
  const Case appends(R"({ "operations": 10, "writers": [ { "value_bytes": 100 } ] })");
  const ScenarioResult result = appends.run();
  require_pass(result);
  CHECK(passed(result, "wal/group/written") >= 10);
  CHECK(passed(result, "wal/recover/judged") == 2);
  CHECK(passed(result, "wal/recycle/renamed") == 0);
  const ScenarioResult again = appends.run();
  CHECK(passed(again, "wal/group/written") == passed(result, "wal/group/written"));
}

// ---- Triggers that hang on the run ----

TEST_CASE("a fault whose path matched nothing is a warning that names what there was") {
  const ScenarioResult result =
      Case().with(R"("faults": [ { "kind": "stall", "for": "1ms", "when": { "path": "*.wall" } } ])").run();
  const auto warning = std::ranges::find(result.verdicts, "stall 1", &Verdict::id);
  REQUIRE(warning != result.verdicts.end());
  REQUIRE(warning->status == Status::warn);
  REQUIRE(warning->remark == "armed and never fired: no path of the run matches \"*.wall\"");
  REQUIRE(warning->remedy == "did you mean \"*.wal\"?");
}

TEST_CASE("a fault that waits for the crash strikes recovery and not the workload") {
  const ScenarioResult result =
      Case()
          .with(R"("faults": [ { "kind": "io_error", "when": { "op": "read", "after": "crash", "max": 1 } } ],
      "crash": { "kind": "power_loss", "after": 100 }, "expect": { "metrics": [ "faults.fired == 1",
      "records.refused == 0" ] })")
          .run();
  require_pass(result);
  REQUIRE(result.receipts.front().fired == 1);
}

TEST_CASE("a fault that waits for a mark strikes once the workload has come to it, and else never") {
  const auto fired = [](std::string_view deletion) {
    return Case(R"({ "duration": "1s", "writers": [ { "rate": "200/s", "value_bytes": 4000 } ])" +
                std::string(deletion) + " }")
        .with(R"("faults": [ { "kind": "stall", "for": "1ms", "when": { "max": 3, "after": "deleted" } } ])")
        .run()
        .receipts.front()
        .fired;
  };
  REQUIRE(fired(R"(, "delete": { "keep_segments": 1, "every": "500ms" })") == 3);
  REQUIRE(fired("") == 0);
}

}  // namespace
}  // namespace wallop::scenarios
