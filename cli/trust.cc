// SPDX-License-Identifier: Apache-2.0
// Canaries and journals held against what they must be.
#include "cli/trust.h"

#include <fmt/format.h>

namespace wallop::cli {

using reports::ScenarioResult;

std::optional<std::string> blindness(const scenarios::Scenario& scenario, const ScenarioResult& result) {
  const bool is_canary = scenario.expect.verdict == scenarios::Outcome::fail;
  if (!is_canary || result.status != reports::Status::fail) return std::nullopt;
  return "blind: this was to fail and was not caught, so what passed beside it proves nothing";
}

std::optional<std::string> nondeterminism(const ScenarioResult& first, const ScenarioResult& again) {
  if (first.journal_hash == again.journal_hash && first.status == again.status) return std::nullopt;
  return fmt::format("nondeterminism: journal {} of {} entries and, run again, {} of {}", first.journal_hash,
                     first.journal_entries, again.journal_hash, again.journal_entries);
}

}  // namespace wallop::cli
