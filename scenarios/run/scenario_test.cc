// SPDX-License-Identifier: Apache-2.0
// Scenarios are read to typed values, and print back to what they were read from.
#include "scenarios/run/scenario.h"

#include <catch2/catch.hpp>

#include "scenarios/run/fixture.h"

namespace wallop::scenarios {
namespace {

using namespace testing;

constexpr std::string_view kWhole = R"({
  "$schema": "../schema/scenario.v1.json", "version": 1, "name": "stalling-disk", "about": "It stalls.",
  "seeds": [1, 2],
  "world": { "model": "posix", "disk": "instant", "capacity": "1GiB", "cpus": 4 },
  "engine": { "name": "reference_wal", "options": { "segment_bytes": "16MiB", "preallocate": "zero_fill",
    "sync": { "batch": { "window": "5ms", "bytes": 4096 } } } },
  "workload": { "duration": "60s", "writers": [
      { "count": 8, "rate": "1000/s", "key_bytes": 32, "batch": 2,
        "value_bytes": { "p50": 100, "p99": 4096 } } ],
    "readers": [ { "count": 1, "follow": true } ], "close": false,
    "delete": { "keep_segments": 8, "every": "10s" } },
  "faults": [ { "kind": "stall", "for": "80ms", "when": { "at": ["10s", "30s"] } } ],
  "crash": { "kind": "power_loss", "at": "45s", "then": "recover" },
  "expect": { "oracles": ["durable"], "metrics": ["append.latency.p99 < 100ms"] } })";

Scenario whole() {
  return read_scenario(kWhole, few_names()).scenario;
}

// The policy that `written` says, printed back.
std::string policy(std::string_view written) {
  SyncPolicy read;
  const auto problems = base::read_document(written, read);
  return problems.empty() ? base::json::to_text(base::print(read), base::json::Layout::compact)
                          : base::json::describe("f", problems.front());
}

TEST_CASE("every part of a scenario arrives") {
  const Scenario scenario = whole();
  REQUIRE(complaints(kWhole).empty());
  REQUIRE(scenario.seeds() == std::vector<std::uint64_t>{1, 2});
  REQUIRE(scenario.world.capacity.value == 1ULL << 30);
  REQUIRE(scenario.engine.options.segment_bytes->value == 16ULL << 20);
  REQUIRE(scenario.engine.options.preallocate == Preallocation::zero_fill);
  REQUIRE(scenario.crash->at == std::chrono::seconds(45));
  REQUIRE(scenario.faults.size() == 1);
}

TEST_CASE("the workload of a scenario arrives") {
  const Workload workload = whole().workload;
  REQUIRE(workload.writers.at(0).count.value == 8);
  REQUIRE(workload.writers.at(0).rate == base::Rate{1000});
  REQUIRE(workload.writers.at(0).value_bytes == ValueBytes{100, 4096});
  REQUIRE(workload.readers.at(0).follow);
  REQUIRE(workload.deletion->every == std::chrono::seconds(10));
  REQUIRE_FALSE(workload.close);
}

TEST_CASE("a scenario prints to a document that reads back to the same") {
  const base::json::Value printed = base::print(whole());
  const ReadScenario again =
      read_scenario(base::json::to_text(printed, base::json::Layout::indented), few_names());
  REQUIRE(again.problems.empty());
  REQUIRE(base::print(again.scenario) == printed);
}

TEST_CASE("what a scenario leaves out has a default") {
  const Scenario scenario = read_scenario(scenario_with(kOneAppend), few_names()).scenario;
  REQUIRE(scenario.seeds() == std::vector<std::uint64_t>{1});
  REQUIRE(scenario.world.model == "ext4-ordered");
  REQUIRE(scenario.workload.writers.at(0).value_bytes == ValueBytes{100, 100});
  REQUIRE_FALSE(scenario.expect.oracles.names.has_value());
  REQUIRE_FALSE(scenario.engine.options.sync.has_value());
}

TEST_CASE("a sync policy is a word, or an object that bounds it") {
  REQUIRE(policy(R"("always")") == R"("always")");
  REQUIRE(policy(R"("batch")") == R"({"batch":{}})");
  REQUIRE(policy(R"({"os": {"buffer_bytes": "64KiB"}})") == R"({"os":{"buffer_bytes":65536}})");
  REQUIRE(policy(R"({"batch": {"window": "5ms", "stall_max": "1s"}})") ==
          R"({"batch":{"window":"5ms","stall_max":"1s"}})");
}

TEST_CASE("a sync policy that is none says what there is") {
  REQUIRE(policy(R"("batsh")") == "f:1:1  unknown sync policy \"batsh\" in /  did you mean \"batch\"?");
  REQUIRE(policy(R"({"always": {}})") == "f:1:2  \"always\" has no bounds in /  write \"sync\": \"always\"");
  REQUIRE(policy(R"({"batch": {}, "os": {}})") ==
          "f:1:1  a sync policy is one word or an object with one key in /  like {\"batch\": {\"window\": "
          "\"5ms\"}}");
  REQUIRE(policy(R"({"batch": {"windw": "5ms"}})") ==
          "f:1:12  unknown key \"windw\" in /batch  did you mean \"window\"?");
  REQUIRE(policy("3") ==
          "f:1:1  expected a sync policy, found a whole number in /  \"always\", \"batch\" or \"os\"");
}

TEST_CASE("sizes of values keep their median and their 99th percentile") {
  const ValueBytes sizes{100, 4096};
  REQUIRE(sizes.at(0) == 50);
  REQUIRE(sizes.at(500'000) == 100);
  REQUIRE(sizes.at(750'000) < 200);
  REQUIRE(sizes.at(990'000) == 4096);
  REQUIRE(sizes.at(1'000'000) == 4096);
  REQUIRE(ValueBytes{7, 7}.at(3) == 7);
}

TEST_CASE("sizes of values never fall as the quantile rises") {
  const ValueBytes sizes{1, kValueBytesMax};
  for (std::uint64_t part = 0; part + 997 <= 1'000'000; part += 997)
    REQUIRE(sizes.at(part) <= sizes.at(part + 997));
}

TEST_CASE("appends are counted over all groups, a group's own number first") {
  Workload workload;
  workload.operations = Count<1, 1'000'000'000>{10};
  workload.writers.resize(2);
  workload.writers[0].count.value = 3;
  workload.writers[1].operations = Count<1, 1'000'000'000>{5};
  REQUIRE(workload.append_count() == 35);
  workload.operations.reset();
  REQUIRE_FALSE(workload.append_count().has_value());
}

}  // namespace
}  // namespace wallop::scenarios
