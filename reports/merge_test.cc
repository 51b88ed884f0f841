// SPDX-License-Identifier: Apache-2.0
#include "reports/merge.h"

#include <catch2/catch.hpp>

#include "reports/result_json.h"
#include "reports/sample_result.h"

namespace wallop::reports {
namespace {

Result run() {
  Result result = testing::result_of(2);
  result.command = "wallop run";
  result.started = "2026-11-23T13:02:00Z";
  result.wall_time = std::chrono::seconds(2);
  result.environment = {{"CPU", "2"}, {"Noise", "none"}};
  return result;
}

Result check() {
  Result result;
  result.checklist = testing::sample_result().checklist;
  result.command = "wallop check";
  result.started = "2026-11-23T13:05:00Z";
  result.wall_time = std::chrono::seconds(30);
  result.environment = {{"CPU", "2"}, {"Noise", "steal 1 %"}, {"Device", "vda"}};
  return result;
}

TEST_CASE("a check adds its checklist to the scenarios of a run") {
  const Result whole = merge(run(), check());
  CHECK(whole.scenarios.size() == 2);
  CHECK(whole.checklist->checks.size() == 8);
  CHECK(whole.command == "wallop run\nwallop check");
  CHECK(whole.wall_time == std::chrono::seconds(32));
}

TEST_CASE("the earlier start stands, whichever comes first") {
  CHECK(merge(run(), check()).started == "2026-11-23T13:02:00Z");
  CHECK(merge(check(), run()).started == "2026-11-23T13:02:00Z");
  CHECK(merge(Result{}, check()).started == "2026-11-23T13:05:00Z");
}

TEST_CASE("the later checklist and the later fact stand") {
  Result later = check();
  later.checklist->profile = "ci-quick";
  const Result whole = merge(merge(run(), check()), std::move(later));
  CHECK(whole.checklist->profile == "ci-quick");
  REQUIRE(whole.environment.size() == 3);
  CHECK(whole.environment[1].value == "steal 1 %");
}

TEST_CASE("a checklist survives a result that has none") {
  CHECK(merge(check(), run()).checklist.has_value());
}

TEST_CASE("two builds are both named") {
  Result first = run(), second = check();
  first.commit = "3f9c2e71";
  second.commit = "91d0c47e";
  CHECK(merge(first, second).commit == "3f9c2e71 and 91d0c47e");
  CHECK(merge(first, first).commit == "3f9c2e71");
}

TEST_CASE("merging with nothing changes nothing") {
  CHECK(to_json(merge(run(), Result{})) == to_json(run()));
  CHECK(to_json(merge(Result{}, run())) == to_json(run()));
}

}  // namespace
}  // namespace wallop::reports
