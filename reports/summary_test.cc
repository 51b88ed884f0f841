// SPDX-License-Identifier: Apache-2.0
#include "reports/summary.h"

#include <catch2/catch.hpp>

#include "reports/sample_result.h"

namespace wallop::reports {
namespace {

Result scenarios(std::vector<Status> statuses) {
  Result result;
  for (const Status status : statuses) {
    result.scenarios.push_back(testing::passing("a/" + std::string(status_name(status))));
    result.scenarios.back().status = status;
  }
  return result;
}

Result checks(std::vector<Status> statuses) {
  Result result;
  result.checklist.emplace();
  for (const Status status : statuses)
    result.checklist->checks.push_back(testing::check(status, std::string(status_name(status))));
  return result;
}

TEST_CASE("one failure is enough") {
  CHECK(summarize(checks({Status::pass, Status::fail, Status::skip})).headline == "Not ready");
  CHECK(summarize(scenarios({Status::pass, Status::fail})).headline == "Failed");
}

TEST_CASE("only a checklist can say that a machine is ready") {
  CHECK(summarize(checks({Status::pass, Status::warn})).headline == "Ready");
  CHECK(summarize(scenarios({Status::pass})).headline == "Passed");
}

TEST_CASE("what could not be judged is not ready") {
  for (const Status open : {Status::skip, Status::inconclusive, Status::manual})
    CHECK(summarize(checks({Status::pass, open})).outcome == Outcome::open);
}

TEST_CASE("nothing judged is no success") {
  CHECK(summarize(Result{}).outcome == Outcome::nothing);
  CHECK(summarize(checks({})).outcome == Outcome::nothing);
}

TEST_CASE("the lead counts what failed and what is open") {
  CHECK(summarize(testing::sample_result()).lead ==
        "One check and one scenario failed. Three checks could not be judged.");
  CHECK(summarize(scenarios({Status::pass, Status::pass})).lead == "Two scenarios passed.");
}

TEST_CASE("failures come first, then what needs attention, then the rest") {
  const Result result =
      checks({Status::pass, Status::manual, Status::skip, Status::inconclusive, Status::warn, Status::fail});
  std::string order;
  for (const Verdict* check : summarize(result).checks_by_urgency) order += check->id + " ";
  CHECK(order == "FAIL WARN INCONCLUSIVE SKIP MANUAL PASS ");
}

TEST_CASE("a canary that passed comes last") {
  Result result = scenarios({Status::pass});
  result.scenarios.insert(result.scenarios.begin(), testing::canary());
  CHECK(summarize(result).scenarios_by_urgency.back()->expected_failure);
}

TEST_CASE("a finding is the story's, else the broken limits, else the summary") {
  CHECK(finding(testing::failing("a")) == "LSN 2 was acknowledged at 11 and is gone");
  CHECK(finding(testing::too_slow("a")) == "append.latency.p99 < 100ms: 240 ms");
  CHECK(finding(testing::passing("a")) == "durable, prefix, intact, opens");
}

}  // namespace
}  // namespace wallop::reports
