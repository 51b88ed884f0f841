// SPDX-License-Identifier: Apache-2.0
// Results for the tests: a small language for the little ones, and one of the size and variety of a real run.
// Every figure is invented.
#pragma once

#include <string>

#include "reports/result.h"

namespace wallop::reports::testing {

// A scenario that passed and did nothing worth drawing.
[[nodiscard]] ScenarioResult passing(std::string name);
// One that broke `durable`, with its story.
[[nodiscard]] ScenarioResult failing(std::string name);
// One that broke a metric and has no story.
[[nodiscard]] ScenarioResult too_slow(std::string name);
// An engine that is broken on purpose, and was caught.
[[nodiscard]] ScenarioResult canary();

[[nodiscard]] Verdict check(Status status, std::string id);

// Whether a report's text has `what` in it.
[[nodiscard]] inline bool holds(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

// A distribution of `count` values with about that median and p99, and exactly that maximum.
[[nodiscard]] Distribution latencies(std::string metric, std::uint64_t count, Duration median, Duration p99,
                                     Duration longest);

// Fourteen scenarios, of which one fails and one is a canary; faults, one of which never fired; states; a
// checklist with every status.
[[nodiscard]] Result sample_result();

// `count` scenarios and nothing else.
[[nodiscard]] Result result_of(std::size_t count);

}  // namespace wallop::reports::testing
