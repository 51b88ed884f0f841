// SPDX-License-Identifier: Apache-2.0
// The process ends in the midst of a workload and begins again, in each way that it can; what was promised in
// one life counts in all that follow.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "scenarios/run/double_check.h"
#include "scenarios/run/fixture.h"
#include "scenarios/run/runner.h"

namespace wallop::scenarios {
namespace {

using namespace testing;

LoadedScenario scenario(std::string_view engine, std::string_view more) {
  const std::string text = R"({ "version": 1, "name": "lives", "about": "A test.", "engine": )" +
                           std::string(engine) + R"(,
           "workload": { "duration": "1s", "writers": [ { "count": 2, "rate": "500/s" } ],
                         "readers": [ { "follow": true, "visibility": "durable" } ],
                         "delete": { "keep_segments": 2, "every": "50ms" } }, )" +
                           std::string(more) + "}";
  auto read = read_scenario(text, known());
  for (const auto& problem : read.problems) FAIL(base::json::describe("scenario", problem));
  LoadedScenario loaded;
  loaded.name = "test/lives";
  loaded.scenario = std::move(read.scenario);
  return loaded;
}

constexpr std::string_view kLog = R"({ "name": "reference_wal",
  "options": { "sync": { "batch": { "window": "5ms" } }, "segment_bytes": "128KiB" } })";
constexpr std::string_view kTooEarly =
    R"({ "name": "ack_before_sync", "options": { "segment_bytes": "128KiB" } })";

reports::ScenarioResult run(std::string_view engine, std::string_view more) {
  return run_scenario(scenario(engine, more), 1);
}

// The oracle that failed; "" where none did.
std::string broken(const reports::ScenarioResult& result) {
  for (const reports::Verdict& verdict : result.verdicts) {
    if (verdict.status == reports::Status::fail) return verdict.id;
  }
  return "";
}

TEST_CASE("a log that restarts in each way, again and again, keeps what it promised and goes on") {
  for (const std::string_view kinds :
       {R"("restarts": { "every": "70ms" })", R"("restarts": { "every": "30ms", "kinds": [ "close" ] })",
        R"("restarts": { "every": "30ms", "kinds": [ "process_crash" ] })",
        R"("restarts": { "every": "30ms", "kinds": [ "power_loss", "process_crash" ] })"}) {
    const auto result = run(kLog, std::string(kinds) + R"(, "expect": { "metrics": [
        "throughput.appends_per_second >= 800", "records.refused == 0", "loss.time <= 20ms" ] })");
    INFO(kinds << ": " << result.summary);
    REQUIRE(result.status == reports::Status::pass);
    REQUIRE(result.virtual_time >= std::chrono::seconds(1));
  }
}

TEST_CASE("a log that acknowledges too early is caught by the first restart after power loss") {
  const auto result =
      run(kTooEarly, R"("restarts": { "every": "100ms", "kinds": [ "close", "power_loss" ] })");
  REQUIRE(broken(result) == "durable");
  REQUIRE(result.virtual_time >= std::chrono::milliseconds(200));
  REQUIRE(result.virtual_time < std::chrono::milliseconds(300));
  REQUIRE(result.story.has_value());
}

TEST_CASE("an end by a process crash alone takes nothing from a log that wrote before it acknowledged") {
  const auto result =
      run(kTooEarly, R"("restarts": { "every": "100ms", "kinds": [ "process_crash" ] }, "crash": {
          "kind": "process_crash", "at": "950ms" })");
  REQUIRE(broken(result).empty());
}

TEST_CASE("a run with restarts is the same each time, and another with other kinds of them") {
  constexpr std::string_view kAll = R"("restarts": { "every": "70ms" })";
  Worlds first, again;
  const auto one = run_scenario(scenario(kLog, kAll), 1, {}, &first);
  const auto same = run_scenario(scenario(kLog, kAll), 1, {}, &again);
  REQUIRE(one.journal_hash == same.journal_hash);
  REQUIRE(first.size() == 16);  // Fifteen lives, and the recovery from the end.
  REQUIRE(first_difference(first, again).empty());
  const auto other = run(kLog, R"("restarts": { "every": "70ms", "kinds": [ "power_loss" ] })");
  REQUIRE(one.journal_hash != other.journal_hash);
}

TEST_CASE("each restart has its mark in the course of the run") {
  const auto result = run(kLog, R"("restarts": { "every": "300ms" })");
  std::string marks;
  for (const reports::Mark& mark : result.marks) {
    if (mark.kind == "crash") marks += mark.label + ". ";
  }
  REQUIRE(marks == "close. process crash. power loss. ");
}

TEST_CASE("a fault at an instant strikes once, however many lives there are") {
  const auto result = run(kLog, R"("restarts": { "every": "70ms" },
      "faults": [ { "kind": "slow_disk", "factor": 10, "when": { "at": "100ms" } } ],
      "expect": { "metrics": [ "faults.fired == 1" ] })");
  REQUIRE(result.status == reports::Status::pass);
}

TEST_CASE("a log that a failed sync has poisoned takes appends again after the restart") {
  const auto result = run(kLog, R"("restarts": { "every": "200ms", "kinds": [ "process_crash" ] },
      "faults": [ { "kind": "failed_sync", "when": { "path": "*.wal", "at": "110ms" } } ],
      "expect": { "metrics": [ "records.refused >= 50", "throughput.appends_per_second >= 600" ] })");
  INFO(result.summary);
  REQUIRE(result.status == reports::Status::pass);
}

TEST_CASE("restarts that could not happen are refused where they stand") {
  const auto complaint = [](std::string_view workload, std::string_view restarts) {
    return complaints(scenario_with(std::string(workload) + ",\n" + std::string(restarts)));
  };
  REQUIRE(complaint(kOneAppend, R"("restarts": { "every": "1s" })") ==
          "f:3:13  the process restarts by the clock, and the workload does not end by it in /restarts  "
          "write \"duration\" instead of \"operations\"");
  REQUIRE(complaint(kTenSeconds, R"("restarts": { "every": "10s" })") ==
          "f:3:24  the process never restarts in /restarts/every  the run ends after 10s");
  REQUIRE(complaint(kTenSeconds, R"("restarts": { "every": "0s" })") ==
          "f:3:24  the process would never run in /restarts/every  write like \"6h\"");
  REQUIRE(complaint(kTenSeconds, R"("restarts": { "every": "1s", "kinds": [] })") ==
          "f:3:39  an empty list names no way to end in /restarts/kinds  leave it out: then there is one of "
          "each kind in turn");
  REQUIRE(complaint(kTenSeconds, R"("restarts": { "every": "1s", "kinds": [ "crash" ] })") != "");
  REQUIRE(complaint(kTenSeconds, R"("restarts": { "every": "1s" }, "explore": {})") ==
          "f:3:13  an exploration is of one life, and ends it everywhere by itself in /restarts  leave out "
          "\"restarts\" or \"explore\"");
  REQUIRE(complaint(kTenSeconds, R"("restarts": { "every": "4s" },
      "crash": { "kind": "power_loss", "at": "3s" })") ==
          "f:3:24  the process never restarts in /restarts/every  the run ends after 3s");
  REQUIRE(complaint(kTenSeconds, R"("restarts": { "every": "4s" },
      "crash": { "kind": "power_loss", "after": 30 })") ==
          "f:4:49  it counts appends, and the process restarts by the clock in /crash/after  write \"at\" "
          "instead");
}

}  // namespace
}  // namespace wallop::scenarios
