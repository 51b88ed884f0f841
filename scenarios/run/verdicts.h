// SPDX-License-Identifier: Apache-2.0
// Verdicts: what a run came to, as the result that is reported: oracles, metrics, receipts, and whether the
// scenario met its expectation.
#pragma once

#include <string>

#include "reports/result.h"
#include "scenarios/run/drive.h"
#include "scenarios/run/metric.h"
#include "scenarios/run/oracle.h"

namespace wallop::scenarios {

// The verdict on a canary that no oracle caught.
inline constexpr std::string_view kExpectVerdict = "expect";
// The oracle that a loss breaks.
inline constexpr std::string_view kDurable = "durable";

// A result that says what was run, and nothing else yet.
[[nodiscard]] reports::ScenarioResult begin_result(const LoadedScenario& scenario, std::uint64_t seed);

// It failed, for a reason that no oracle has a name for.
void add_trouble(reports::ScenarioResult& result, std::string_view id, std::string why);

// A workload that did not come to its end: no oracle can be asked. Sets expected_failure.
void add_ending(reports::ScenarioResult& result, const Expect& expect, const Finding& end);

// One verdict for each oracle that was asked. Sets expected_failure.
void add_oracles(reports::ScenarioResult& result, const Expect& expect, const Judged& judged,
                 const Finding& finding);
// Where the model loses: in how many crash states, instead of a figure of one of them.
void add_losses(reports::ScenarioResult& result, std::uint64_t told, const reports::StateCount& states);
void add_metrics(reports::ScenarioResult& result, const Expect& expect, const MetricValues& values);
// Receipts, and a warning for each fault that was armed and never fired.
void add_receipts(reports::ScenarioResult& result, const Scenario& scenario,
                  const std::vector<faults::Receipt>& receipts);

// Status and summary, from the verdicts. A canary passes if and only if the oracle failed that it names.
void conclude(reports::ScenarioResult& result);

}  // namespace wallop::scenarios
