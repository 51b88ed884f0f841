// SPDX-License-Identifier: Apache-2.0
#include "cli/trust.h"

#include <catch2/catch.hpp>

#include "reports/sample_result.h"

namespace wallop::cli {
namespace {

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

}  // namespace
}  // namespace wallop::cli
