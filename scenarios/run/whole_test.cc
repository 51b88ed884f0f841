// SPDX-License-Identifier: Apache-2.0
// One run and its crash states as one judgement.
#include "scenarios/run/whole.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "scenarios/run/verdicts.h"

namespace wallop::scenarios {
namespace {

using reports::Status;

constexpr std::string_view kRight = "reference_wal";
constexpr std::string_view kWrong = "ack_before_sync";
constexpr std::string_view kExplored = R"(, "explore": { "recovery_depth": 0 })";

// Two appends without a crash: the run alone passes, whatever the engine.
Explored whole(std::string_view engine, std::string_view more, const ExploreOptions& options = {}) {
  const std::string text =
      R"({ "version": 1, "name": "case", "about": "A test.", "world": { "model": "posix", "disk": "instant" },
           "engine": { "name": ")" +
      std::string(engine) +
      R"(", "options": { "sync": "always", "segment_bytes": "8KiB", "spare_segments": 0 } },
           "workload": { "operations": 2, "writers": [ {} ] })" +
      std::string(more) + " }";
  ReadScenario read = read_scenario(text, known());
  for (const auto& problem : read.problems) FAIL(base::json::describe(text, problem));
  return run_whole({"case.json", "test/case", std::move(read.scenario)}, options);
}

const reports::Verdict& verdict(const reports::ScenarioResult& result, std::string_view id) {
  const auto found = std::ranges::find(result.verdicts, id, &reports::Verdict::id);
  REQUIRE(found != result.verdicts.end());
  return *found;
}

TEST_CASE("without an exploration the run alone is judged") {
  const Explored judged = whole(kWrong, "");
  REQUIRE(judged.result.status == Status::pass);
  REQUIRE_FALSE(judged.result.states.has_value());
}

TEST_CASE("a promise that breaks in a crash state is broken, though the run went well") {
  const Explored judged = whole(kWrong, kExplored);
  REQUIRE(judged.result.status == Status::fail);
  REQUIRE(verdict(judged.result, "durable").status == Status::fail);
  REQUIRE(judged.result.story->oracle == "durable");
  REQUIRE_FALSE(judged.failures.empty());
}

TEST_CASE("where all holds the line says how many states were walked") {
  const Explored judged = whole(kRight, kExplored);
  REQUIRE(judged.result.status == Status::pass);
  REQUIRE(judged.result.states->all);
  REQUIRE(judged.result.summary.starts_with("all "));
}

TEST_CASE("a log that is wrong on purpose may show it in a crash state") {
  const Explored judged =
      whole(kWrong, std::string(kExplored) + R"(, "expect": { "verdict": "fail", "oracle": "durable" })");
  REQUIRE(judged.result.status == Status::pass);
  REQUIRE(judged.result.expected_failure);
}

TEST_CASE("a log that is right, called wrong on purpose, fails in run and crash states alike") {
  const Explored judged =
      whole(kRight, std::string(kExplored) + R"(, "expect": { "verdict": "fail", "oracle": "durable" })");
  REQUIRE(judged.result.status == Status::fail);
  REQUIRE(std::ranges::count(judged.result.verdicts, kExpectVerdict, &reports::Verdict::id) == 1);
}

TEST_CASE("metrics are the run's, and fail what the crash states passed") {
  const Explored judged =
      whole(kRight, std::string(kExplored) + R"(, "expect": { "metrics": [ "records.recovered == 3" ] })");
  REQUIRE(judged.result.status == Status::fail);
  REQUIRE(verdict(judged.result, "records.recovered == 3").observed == "2");
  REQUIRE(verdict(judged.result, "durable").status == Status::pass);
}

TEST_CASE("a bound on the states is said") {
  ExploreOptions options;
  options.states_max = 3;
  const Explored judged = whole(kRight, kExplored, options);
  REQUIRE_FALSE(judged.result.states->all);
  REQUIRE(judged.result.states->bounds == "stopped after 3 states");
}

}  // namespace
}  // namespace wallop::scenarios
