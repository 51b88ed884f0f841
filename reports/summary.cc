// SPDX-License-Identifier: Apache-2.0
// The sentence at the top, and the order below it.
#include "reports/summary.h"

#include <fmt/format.h>

#include "reports/text.h"

namespace wallop::reports {
namespace {

int urgency(Status status) {
  switch (status) {
    case Status::fail:
      return 0;
    case Status::warn:
      return 1;
    case Status::inconclusive:
      return 2;
    case Status::skip:
      return 3;
    case Status::manual:
      return 4;
    case Status::pass:
      return 5;
  }
  return 0;
}

int urgency(const Verdict& verdict) {
  return urgency(verdict.status);
}

int urgency(const ScenarioResult& scenario) {
  return 2 * urgency(scenario.status) + (scenario.expected_failure ? 1 : 0);
}

constexpr int kUrgencyMax = 11;

// By urgency, and as they came within one.
template <class T>
std::vector<const T*> by_urgency(const std::vector<T>& judged) {
  std::vector<const T*> order;
  order.reserve(judged.size());
  for (int rank = 0; rank <= kUrgencyMax; ++rank) {
    for (const T& one : judged) {
      if (urgency(one) == rank) order.push_back(&one);
    }
  }
  return order;
}

Outcome outcome_of(const Summary& summary) {
  const Tally& checks = summary.checks;
  const Tally& scenarios = summary.scenarios;
  if (checks.all() + scenarios.all() == 0) return Outcome::nothing;
  if (checks.of(Status::fail) + scenarios.of(Status::fail) > 0) return Outcome::failed;
  return checks.open() + scenarios.open() > 0 ? Outcome::open : Outcome::passed;
}

// Only a checklist can say that a machine is ready.
std::string headline_of(const Summary& summary) {
  switch (summary.outcome) {
    case Outcome::failed:
      return summary.checks.all() > 0 ? "Not ready" : "Failed";
    case Outcome::open:
      return "Undecided";
    case Outcome::passed:
      return summary.checks.all() > 0 ? "Ready" : "Passed";
    case Outcome::nothing:
      return "Nothing was run";
  }
  return "";
}

// "One check and 3 scenarios", one of them where the other is zero.
std::string both(std::size_t checks, std::size_t scenarios) {
  if (checks == 0) return counted_in_words(scenarios, "scenario");
  if (scenarios == 0) return counted_in_words(checks, "check");
  std::string second = counted_in_words(scenarios, "scenario");
  if (scenarios < 10) second[0] = static_cast<char>(second[0] - 'A' + 'a');
  return counted_in_words(checks, "check") + " and " + second;
}

std::string lead_of(const Summary& summary) {
  const Tally& checks = summary.checks;
  const Tally& scenarios = summary.scenarios;
  if (summary.outcome == Outcome::nothing) return "There is no scenario and no check in this result.";
  if (summary.outcome == Outcome::passed) return both(checks.all(), scenarios.all()) + " passed.";
  std::string lead;
  if (summary.outcome == Outcome::failed)
    lead = both(checks.of(Status::fail), scenarios.of(Status::fail)) + " failed.";
  const std::size_t open = checks.open() + scenarios.open();
  if (open > 0) {
    lead += lead.empty() ? "" : " ";
    lead += both(checks.open(), scenarios.open()) + " could not be judged.";
  }
  return lead;
}

}  // namespace

Summary summarize(const Result& result) {
  Summary summary;
  for (const ScenarioResult& scenario : result.scenarios) summary.scenarios.add(scenario.status);
  summary.scenarios_by_urgency = by_urgency(result.scenarios);
  if (result.checklist) {
    for (const Verdict& check : result.checklist->checks) summary.checks.add(check.status);
    summary.checks_by_urgency = by_urgency(result.checklist->checks);
  }
  summary.outcome = outcome_of(summary);
  summary.headline = headline_of(summary);
  summary.lead = lead_of(summary);
  return summary;
}

std::string_view status_name(Status status) {
  for (const auto& entry : enum_names(status)) {
    if (entry.value == status) return entry.name;
  }
  return "";
}

std::string observed_against_limit(const Verdict& verdict) {
  if (verdict.observed.empty()) return verdict.remark;
  if (verdict.limit.empty()) return verdict.observed;
  return fmt::format("{}, limit {}", verdict.observed, bare_limit(verdict.limit));
}

std::string thread_in_words(const FibreRow& thread) {
  const std::string call = thread.call.empty() ? "" : "; its last call: " + thread.call;
  return thread.name + " " + thread.doing + call;
}

std::string finding(const ScenarioResult& scenario) {
  if (scenario.story && !scenario.story->finding.empty()) return scenario.story->finding;
  std::string failed;
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.status != Status::fail) continue;
    if (!failed.empty()) failed += "; ";
    // An expression ("append.latency.p99 < 100ms") names its limit itself.
    const bool names_limit = verdict.id.find_first_of("<>") != std::string::npos && !verdict.observed.empty();
    failed +=
        fmt::format("{}: {}", verdict.id, names_limit ? verdict.observed : observed_against_limit(verdict));
  }
  return failed.empty() ? scenario.summary : failed;
}

}  // namespace wallop::reports
