// SPDX-License-Identifier: Apache-2.0
// Swarms: one seed, one plan; a kind that is added moves no other; what was drawn runs the same as plain
// faults.
#include "scenarios/run/swarm.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "scenarios/run/fixture.h"
#include "scenarios/run/runner.h"

namespace wallop::scenarios {
namespace {

using testing::complaints;
using testing::kTenSeconds;
using testing::scenario_with;

constexpr std::string_view kTwoKinds =
    R"({ "kind": "torn_write" }, { "kind": "failed_sync" }, { "kind": "torn_write", "model": "suffix" })";
constexpr std::string_view kThreeKinds = R"({ "kind": "slow_disk", "factor": 3, "when": {} },
    { "kind": "torn_write" }, { "kind": "failed_sync" }, { "kind": "torn_write", "model": "suffix" })";

Scenario swarm_of(std::string_view faults) {
  const std::string swarm =
      R"("swarm": { "rates": ["1/1000", "1/100", "1/10"], "faults": [)" + std::string(faults) + "] },";
  ReadScenario read = read_scenario(scenario_with(swarm + std::string(kTenSeconds)), testing::few_names());
  REQUIRE(read.problems.empty());
  return std::move(read.scenario);
}

// The faults that a seed draws, as text, but those of `without`.
std::vector<std::string> drawn(const Scenario& scenario, std::uint64_t seed, std::string_view without = "") {
  std::vector<std::string> texts;
  for (const faults::Fault& fault : with_swarm_drawn(scenario, seed).faults) {
    if (fault.kind() != without)
      texts.push_back(base::json::to_text(base::print(fault), base::json::Layout::compact));
  }
  return texts;
}

TEST_CASE("one seed draws one plan, and another seed another") {
  const Scenario scenario = swarm_of(kThreeKinds);
  std::vector<std::vector<std::string>> plans;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    plans.push_back(drawn(scenario, seed));
    REQUIRE(drawn(scenario, seed) == plans.back());
  }
  std::ranges::sort(plans);
  const auto repeated = std::ranges::unique(plans);
  REQUIRE(plans.size() - repeated.size() >= 15);
}

TEST_CASE("a kind that is added to a swarm moves the draws of no other") {
  const Scenario two = swarm_of(kTwoKinds), three = swarm_of(kThreeKinds);
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    REQUIRE(drawn(two, seed) == drawn(three, seed, "slow_disk"));
}

TEST_CASE("kinds are on or off as a whole, each in about half of the runs") {
  const Scenario scenario = swarm_of(kThreeKinds);
  std::map<std::string_view, int> runs;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Scenario run = with_swarm_drawn(scenario, seed);
    const auto torn =
        std::ranges::count_if(run.faults, [](const auto& fault) { return fault.kind() == "torn_write"; });
    REQUIRE((torn == 0 || torn == 2));
    for (const faults::Fault& fault : run.faults) ++runs[fault.kind()];
  }
  CHECK((runs["slow_disk"] > 70 && runs["slow_disk"] < 130));
  CHECK((runs["failed_sync"] > 70 && runs["failed_sync"] < 130));
}

TEST_CASE("a fault that says when it strikes keeps that, any other gets a rate") {
  const Scenario scenario = swarm_of(R"({ "kind": "stall", "for": "1ms", "when": { "at": "1s" } },
                                         { "kind": "bit_rot", "when": { "path": "*.wal" } })");
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const std::string& text : drawn(scenario, seed)) {
      const bool has_rate = text.find("\"chance\"") != std::string::npos;
      CHECK(has_rate == (text.find("stall") == std::string::npos));
    }
  }
}

TEST_CASE("what a swarm drew, written as plain faults, runs the same, byte for byte") {
  LoadedScenario loaded{"f", "f", swarm_of(R"({ "kind": "slow_disk", "factor": 3, "when": {} },
      { "kind": "torn_write" }, { "kind": "io_error", "when": { "op": "write", "during": { "from": "1s", "to": "9s" } } })")};
  loaded.scenario.workload.writers.front().rate = base::Rate{50};
  const reports::ScenarioResult swarm = run_scenario(loaded, 3);
  REQUIRE(swarm.drawn_from == 3);
  REQUIRE(swarm.drawn != "[]");
  loaded.scenario.swarm.reset();
  REQUIRE(base::read_document(swarm.drawn, loaded.scenario.faults).empty());
  const reports::ScenarioResult plain = run_scenario(loaded, 3);
  CHECK(plain.drawn_from == 0);
  CHECK(plain.journal_hash == swarm.journal_hash);
}

TEST_CASE("that a drawn fault never fires is chance, and no warning") {
  LoadedScenario loaded{"f", "f", swarm_of(R"({ "kind": "io_error", "when": { "op": "link" } })")};
  loaded.scenario.swarm->on = {1, 1};
  loaded.scenario.swarm->rates = {{1, 1'000'000'000}};
  loaded.scenario.workload.writers.front().rate = base::Rate{1};
  const reports::ScenarioResult result = run_scenario(loaded, 1);
  REQUIRE(result.receipts.size() == 1);
  CHECK(result.receipts.front().fired == 0);
  CHECK_FALSE(result.receipts.front().never_fired());
  for (const reports::Verdict& verdict : result.verdicts) CHECK(verdict.status != reports::Status::warn);
}

TEST_CASE("a swarm of nothing, without rates, or with a name that is taken is refused with its place") {
  const auto told = [](std::string_view parts) {
    return complaints(scenario_with(std::string(parts) + std::string(kTenSeconds)));
  };
  CHECK(told(R"("swarm": { "rates": ["1/2"], "faults": [] },)").find("nothing to draw") != std::string::npos);
  CHECK(told(R"("swarm": { "rates": ["0/2"], "faults": [ { "kind": "torn_write" } ] },)")
            .find("never comes true") != std::string::npos);
  CHECK(told(R"("faults": [ { "kind": "lost_sync", "name": "a" } ],
                "swarm": { "rates": ["1/2"], "faults": [ { "kind": "torn_write", "name": "a" } ] },)")
            .find("is taken") != std::string::npos);
  CHECK(
      told(
          R"("swarm": { "rates": ["1/2"], "faults": [ { "kind": "stall", "for": "1s", "when": { "at": "20s" } } ] },)")
          .find("/swarm/faults/0/when/at") != std::string::npos);
}

}  // namespace
}  // namespace wallop::scenarios
