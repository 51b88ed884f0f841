// SPDX-License-Identifier: Apache-2.0
#include "cli/trust.h"

#include <catch2/catch.hpp>

#include "reports/sample_result.h"

namespace wallop::cli {
namespace {

using reports::ScenarioResult;
using reports::testing::failing;
using reports::testing::passing;

scenarios::Scenario that_expects(scenarios::Outcome outcome) {
  scenarios::Scenario scenario;
  scenario.expect.verdict = outcome;
  return scenario;
}

TEST_CASE("only a canary that was not caught makes the harness blind") {
  using scenarios::Outcome;
  REQUIRE(blindness(that_expects(Outcome::fail), failing("a")).has_value());
  REQUIRE_FALSE(blindness(that_expects(Outcome::fail), passing("a")).has_value());
  REQUIRE_FALSE(blindness(that_expects(Outcome::pass), failing("a")).has_value());
}

TEST_CASE("another journal or another verdict of one seed is nondeterminism") {
  const ScenarioResult first = passing("a");
  REQUIRE_FALSE(nondeterminism(first, first).has_value());
  ScenarioResult again = first;
  again.journal_hash = "0123456789abcdef";
  REQUIRE(nondeterminism(first, again)->find("0123456789abcdef") != std::string::npos);
  again = first;
  again.status = reports::Status::fail;
  REQUIRE(nondeterminism(first, again).has_value());
}

}  // namespace
}  // namespace wallop::cli
