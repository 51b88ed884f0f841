// SPDX-License-Identifier: Apache-2.0
// The scenarios and the schema that are shipped.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "faults/catalogue.h"
#include "io/posix_world.h"
#include "scenarios/run/load.h"
#include "scenarios/run/runner.h"
#include "scenarios/run/whole.h"

namespace wallop::scenarios {
namespace {

// Loaded once: every test reads the same.
const Library& bundled() {
  static const Library library = [] {
    io::PosixWorld world(WALLOP_SOURCE_DIR);
    return load(world.world().files, {"scenarios"}, known());
  }();
  return library;
}

// Those that take long, too.
std::vector<LoadedScenario> every_scenario() {
  std::vector<LoadedScenario> all = bundled().scenarios;
  all.insert(all.end(), bundled().left_out.begin(), bundled().left_out.end());
  return all;
}

TEST_CASE("every bundled scenario is read without a problem") {
  for (const FileProblem& problem : bundled().problems) FAIL_CHECK(describe(problem));
  REQUIRE(bundled().scenarios.size() >= 14);
}

TEST_CASE("what takes long is a soak, and each soak has a short form that runs with the others") {
  REQUIRE(bundled().left_out.size() >= 1);
  for (const LoadedScenario& loaded : bundled().left_out) REQUIRE(loaded.name.starts_with("soak/"));
  REQUIRE(std::ranges::count_if(bundled().scenarios, [](const LoadedScenario& loaded) {
            return loaded.name.starts_with("soak/");
          }) >= 1);
}

TEST_CASE("every bundled scenario is called as its file is") {
  for (const LoadedScenario& loaded : every_scenario())
    REQUIRE(loaded.file == "scenarios/" + loaded.name + ".json");
}

TEST_CASE("every bundled scenario names its schema, says what it shows, and prints back to the same") {
  for (const LoadedScenario& loaded : every_scenario()) {
    INFO(loaded.file);
    REQUIRE(loaded.scenario.schema_uri == "../schema/scenario.v1.json");
    REQUIRE(loaded.scenario.about.size() > 40);
    const base::json::Value printed = base::print(loaded.scenario);
    Scenario again;
    REQUIRE(base::read_document(base::json::to_text(printed, base::json::Layout::compact), again).empty());
    REQUIRE(base::print(again) == printed);
  }
}

TEST_CASE("the bundled library has each of its folders") {
  std::set<std::string> folders;
  for (const LoadedScenario& loaded : bundled().scenarios)
    folders.insert(loaded.name.substr(0, loaded.name.find('/')));
  REQUIRE(folders == std::set<std::string>{"canary", "clock", "concurrency", "crash", "media", "recovery",
                                           "regressions", "rotation", "slow", "smoke", "soak", "space",
                                           "swarm", "sync"});
}

TEST_CASE("every bundled scenario meets its expectation with each seed, and all of its faults fire") {
  std::size_t run_count = 0, explored_count = 0;
  for (const LoadedScenario& loaded : bundled().scenarios) {
    for (const std::uint64_t seed : loaded.scenario.seeds()) {
      ExploreOptions options;
      options.seed = seed;
      const reports::ScenarioResult result = run_whole(loaded, options).result;
      INFO(loaded.name << " seed " << seed << ": " << result.summary);
      CHECK(result.status == reports::Status::pass);
      CHECK(result.states.has_value() == loaded.scenario.explore.has_value());
      for (const reports::FaultReceipt& receipt : result.receipts) CHECK_FALSE(receipt.never_fired());
      ++run_count;
      if (result.states) ++explored_count;
    }
  }
  REQUIRE(run_count >= 28);
  REQUIRE(explored_count >= 4);
}

TEST_CASE("the canary is expected to fail, by the oracle durable") {
  const auto found = std::ranges::find(bundled().scenarios, "canary/ack-before-sync", &LoadedScenario::name);
  REQUIRE(found != bundled().scenarios.end());
  REQUIRE(found->scenario.expect.verdict == Outcome::fail);
  REQUIRE(found->scenario.expect.oracle == "durable");
}

// Every key that the schema names, at whatever depth.
std::set<std::string> all_keys() {
  std::set<std::string> keys;
  std::vector<base::json::Value> waiting{scenario_schema()};
  while (!waiting.empty()) {
    const base::json::Value here = std::move(waiting.back());
    waiting.pop_back();
    const base::json::Value* properties = here.find("properties");
    if (properties != nullptr && properties->get<base::json::Object>() != nullptr) {
      for (const base::json::Member& member : *properties->get<base::json::Object>()) keys.insert(member.key);
    }
    if (const auto* elements = here.get<base::json::Array>())
      waiting.insert(waiting.end(), elements->begin(), elements->end());
    if (const auto* members = here.get<base::json::Object>()) {
      for (const base::json::Member& member : *members) waiting.push_back(member.value);
    }
  }
  return keys;
}

TEST_CASE("the guide names every key, every metric and every kind of fault") {
  io::PosixWorld world(WALLOP_SOURCE_DIR);
  const std::string guide = read_text(world.world().files, "docs/scenarios.md").value();
  std::set<std::string> words = all_keys();
  REQUIRE(words.contains("sector_bytes"));
  for (const Metric& metric : metric_catalogue()) words.emplace(metric.id);
  for (const faults::KindInfo& kind : faults::kinds()) words.emplace(kind.name);
  for (const std::string& word : words) {
    INFO(word);
    CHECK((guide.find("`" + word + "`") != std::string::npos ||
           guide.find("\"" + word + "\":") != std::string::npos));
  }
}

TEST_CASE("the schema that is shipped is the one that the field lists give") {
  io::PosixWorld world(WALLOP_SOURCE_DIR);
  const auto shipped = read_text(world.world().files, "scenarios/schema/scenario.v1.json");
  REQUIRE(shipped.has_value());
  REQUIRE(*shipped == base::json::to_text(scenario_schema(), base::json::Layout::indented) + "\n");
}

}  // namespace
}  // namespace wallop::scenarios
