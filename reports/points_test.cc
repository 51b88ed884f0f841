// SPDX-License-Identifier: Apache-2.0
#include "reports/points.h"

#include <catch2/catch.hpp>

namespace wallop::reports {
namespace {

ScenarioResult run_of(std::string engine, std::vector<PointRow> points) {
  ScenarioResult run;
  run.engine = std::move(engine);
  run.points = std::move(points);
  return run;
}

TEST_CASE("what any run of an engine passed counts, and what none did is named") {
  const std::vector<ScenarioResult> runs{
      run_of("b", {{"b/x", 0}, {"b/y", 2}, {"b/z", 0}}),
      run_of("a", {{"a/x", 1}}),
      run_of("none", {}),
      run_of("b", {{"b/x", 0}, {"b/y", 0}, {"b/z", 1}}),
  };
  REQUIRE(points_in_words(runs) ==
          std::vector<std::string>{"a: 1 of 1 points passed", "b: 2 of 3 points passed; never b/x"});
}

}  // namespace
}  // namespace wallop::reports
