// SPDX-License-Identifier: Apache-2.0
#include "cli/lines.h"

#include <catch2/catch.hpp>

#include "cli/fixture.h"
#include "reports/sample_result.h"

namespace wallop::cli {
namespace {

using namespace std::chrono_literals;
using reports::ScenarioResult;
using reports::Status;
using testing::contains;

struct Consoles {
  testing::Terminal terminal;
  Console plain{terminal.output, terminal.machine().clock, {}};
  Console verbose{terminal.output, terminal.machine().clock, {.detail = Detail::verbose}};
};

ScenarioResult stalling() {
  ScenarioResult result;
  result.name = "slow/stalling-disk";
  result.file = "scenarios/slow/stalling-disk.json";
  result.model = "posix";
  result.seed = 1;
  result.virtual_time = 60s;
  result.wall_time = 310ms;
  result.journal_hash = "91d0c3a2b4e5f607";
  result.summary = "append.latency.p99 84 ms < 100 ms";
  return result;
}

reports::FaultReceipt receipt(std::string label, std::uint64_t seen, std::uint64_t fired) {
  reports::FaultReceipt receipt;
  receipt.label = std::move(label);
  receipt.seen = seen;
  receipt.fired = fired;
  return receipt;
}

ScenarioResult broken() {
  ScenarioResult result = stalling();
  result.status = Status::fail;
  result.story.emplace();
  result.story->finding = "LSN 2 was acknowledged and is gone";
  result.story->promised = "LSN 1..2";
  result.story->found = "LSN 1..1";
  result.receipts = {receipt("stall 1", 412, 2), receipt("torn_write 1", 7, 0)};
  result.receipts[0].felt_wait = 160ms;
  result.receipts[0].first = "op 12 at 10 s";
  return result;
}

ScenarioResult explored() {
  ScenarioResult result = stalling();
  result.name = "crash/two-appends";
  result.wall_time = 90ms;
  result.states.emplace();
  result.states->strategy = "exhaustive";
  result.states->cuts = 38;
  result.states->images = 12'406;
  result.states->distinct = 1'501;
  result.states->recovery_depth = 1;
  result.states->all = true;
  result.states->states_per_second = 138'000;
  return result;
}

TEST_CASE("a run is one line: verdict, name, seed, time, figure, journal") {
  REQUIRE(scenario_line(Consoles().plain, stalling(), 20) ==
          "PASS  slow/stalling-disk     seed 1    60 s virtual in 310 ms      append.latency.p99 84 ms < 100 "
          "ms   "
          "journal 91d0c3a2b4e5f607");
}

TEST_CASE("an exploration is one line that says how many states there were and whether those were all") {
  REQUIRE(exploration_line(Consoles().plain, explored(), 17) ==
          "PASS  crash/two-appends   posix            exhaustive   cuts 38      all 12,406 states    "
          "distinct 1,501    recovery depth 1   0 failures   undetectable 0       silent 0   90.0 ms   "
          "138 k states/s");
}

TEST_CASE("states that are not all are called sampled, with what was left out") {
  ScenarioResult result = explored();
  result.states->all = false;
  result.states->bounds = "12 pending pieces at most";
  const std::string line = exploration_line(Consoles().plain, result, 17);
  REQUIRE(contains(line, "sampled 12,406 states (12 pending pieces at most)"));
  REQUIRE_FALSE(contains(line, "all 12,406"));
}

TEST_CASE("an exploration that never came to a crash state says why") {
  ScenarioResult result = explored();
  result.states.reset();
  result.status = Status::fail;
  result.verdicts = {reports::Verdict{}};
  result.verdicts[0].status = Status::fail;
  result.verdicts[0].id = "opens";
  result.verdicts[0].remark = "the engine does not open";
  REQUIRE(exploration_line(Consoles().plain, result, 17) ==
          "FAIL  crash/two-appends   posix            opens: the engine does not open");
}

TEST_CASE("losses that left no evidence stand apart from those that recovery hid") {
  ScenarioResult result = explored();
  result.states->undetectable = 1'872;
  result.states->silent = 1;
  REQUIRE(contains(exploration_line(Consoles().plain, result, 17), "undetectable 1,872   silent 1 "));
}

TEST_CASE("a failure is followed by what was promised and found, the faults, and how to repeat it") {
  const std::vector<std::string> facts = scenario_facts(Consoles().plain, broken());
  REQUIRE(facts == std::vector<std::string>{
                       "      promised LSN 1..2", "      found    LSN 1..1",
                       "      faults   stall 1 fired 2 times, 160 ms of waiting, first op 12 at 10 s",
                       "      faults   torn_write 1 never fired (saw 7 operations)",
                       "      replay   wallop run scenarios/slow/stalling-disk.json --seed 1"});
}

TEST_CASE("the command to repeat a failure is the story's where it has one") {
  ScenarioResult result = broken();
  result.story->replay = "wallop replay out/slow.stalling-disk.repro.json";
  REQUIRE(replay_command(result) == "wallop replay out/slow.stalling-disk.repro.json");
  result.story.reset();
  result.file = "my scenarios/a.json";
  REQUIRE(replay_command(result) == "wallop run 'my scenarios/a.json' --seed 1");
}

TEST_CASE("of a run that passed only a fault that never fired is told") {
  ScenarioResult result = broken();
  result.status = Status::pass;
  REQUIRE(scenario_facts(Consoles().plain, result) ==
          std::vector<std::string>{"      faults   torn_write 1 never fired (saw 7 operations)"});
  REQUIRE(scenario_facts(Consoles().verbose, result).size() == 2);
}

TEST_CASE("a fault whose path matched nothing is told with what there was") {
  ScenarioResult result = broken();
  result.status = Status::pass;
  reports::Verdict warning;
  warning.id = "torn_write 1";
  warning.status = Status::warn;
  warning.remedy = "did you mean \"*.wal\"?";
  result.verdicts.push_back(warning);
  REQUIRE(scenario_facts(Consoles().plain, result) ==
          std::vector<std::string>{
              "      faults   torn_write 1 never fired (saw 7 operations); did you mean \"*.wal\"?"});
}

TEST_CASE("a canary that was caught says so") {
  ScenarioResult result = stalling();
  result.expected_failure = true;
  result.summary = "durable: LSN 2 is gone";
  REQUIRE(contains(scenario_line(Consoles().plain, result, 20), "failed as it must: durable: LSN 2 is gone"));
}

TEST_CASE("text of others cannot steer the terminal") {
  ScenarioResult result = broken();
  result.story->finding = "gone\x1b[2J\nsecond line";
  const std::string line = scenario_line(Consoles().plain, result, 20);
  REQUIRE_FALSE(contains(line, "\x1b"));
  REQUIRE_FALSE(contains(line, "\n"));
}

TEST_CASE("the checklist stands in columns, with a remedy under what did not pass") {
  reports::Verdict measured;
  measured.id = "append.p99";
  measured.observed = "1.84 ms";
  measured.limit = "< 10 ms";
  measured.used_permille = 184;
  measured.count = 120'000;
  measured.remark = "8 writers";
  reports::Verdict manual;
  manual.status = Status::manual;
  manual.id = "soak";
  manual.remark = "no evidence";
  manual.remedy = "run it for a day";
  REQUIRE(check_lines(Consoles().plain, {measured, manual}) ==
          std::vector<std::string>{
              "PASS    append.p99   1.84 ms   < 10 ms   margin 82 %   n 120,000   8 writers",
              "MANUAL  soak                                                       no evidence",
              "      remedy   run it for a day"});
}

TEST_CASE("a remedy that several items in a row share is said once, under the last") {
  std::vector<reports::Verdict> checks(3);
  for (reports::Verdict& check : checks) {
    check.status = Status::inconclusive;
    check.id = "a";
    check.remedy = "run it to its end";
  }
  REQUIRE(check_lines(Consoles().plain, checks) ==
          std::vector<std::string>{"INCONCLUSIVE  a", "INCONCLUSIVE  a", "INCONCLUSIVE  a",
                                   "      remedy   run it to its end"});
}

TEST_CASE("a limit that could not be judged is told unless the line says it already") {
  ScenarioResult result = stalling();
  result.status = Status::inconclusive;
  result.verdicts = {reports::testing::check(Status::inconclusive, "append.latency.p99 < 5ms")};
  result.verdicts[0].remark = "12 samples, and p99 needs 1,000";
  REQUIRE(
      scenario_facts(Consoles().plain, result) ==
      std::vector<std::string>{"      open     append.latency.p99 < 5ms: 12 samples, and p99 needs 1,000"});
  result.summary = "append.latency.p99 < 5ms: 12 samples, and p99 needs 1,000";
  REQUIRE(scenario_facts(Consoles().plain, result).empty());
}

TEST_CASE("a column that nobody fills takes no room, and letters count, not bytes") {
  REQUIRE(in_columns({{"a", "", "µs"}, {"bbb", "", "x"}}, " | ") ==
          std::vector<std::string>{"a   | µs |", "bbb | x  |"});
  REQUIRE(padded("µs", 4) == "µs  ");
}

TEST_CASE("every line of a large result is one line") {
  Consoles scene;
  for (const ScenarioResult& result : reports::testing::sample_result().scenarios) {
    REQUIRE_FALSE(contains(scenario_line(scene.plain, result, 20), "\n"));
    for (const std::string& fact : scenario_facts(scene.verbose, result)) REQUIRE(fact.starts_with("      "));
  }
}

}  // namespace
}  // namespace wallop::cli
