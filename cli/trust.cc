// SPDX-License-Identifier: Apache-2.0
// Canaries and double checks held against what they must be.
#include "cli/trust.h"

namespace wallop::cli {

using reports::ScenarioResult;

std::optional<std::string> blindness(const scenarios::Scenario& scenario, const ScenarioResult& result) {
  const bool is_canary = scenario.expect.verdict == scenarios::Outcome::fail;
  if (!is_canary || result.status != reports::Status::fail) return std::nullopt;
  return "blind: this was to fail and was not caught, so what passed beside it proves nothing";
}

std::string nondeterminism(const std::string& difference) {
  return "nondeterminism: " + difference;
}

}  // namespace wallop::cli
