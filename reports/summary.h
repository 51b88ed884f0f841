// SPDX-License-Identifier: Apache-2.0
// What every report says first: good or not, how many of what, and everything in the order in which a reader
// needs it.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "reports/result.h"

namespace wallop::reports {

enum class Outcome : std::uint8_t {
  failed,   // At least one scenario or check failed.
  open,     // None failed; some could not be judged.
  passed,   // All that was judged met its expectations.
  nothing,  // There was nothing to judge.
};

// How many of each status; index by status.
class Tally {
 public:
  void add(Status status) { ++counts_[static_cast<std::size_t>(status)]; }
  [[nodiscard]] std::size_t of(Status status) const { return counts_[static_cast<std::size_t>(status)]; }
  // Passed, a warning included: what was judged and met its limit.
  [[nodiscard]] std::size_t met() const { return of(Status::pass) + of(Status::warn); }
  [[nodiscard]] std::size_t open() const {
    return of(Status::skip) + of(Status::inconclusive) + of(Status::manual);
  }
  [[nodiscard]] std::size_t all() const { return met() + open() + of(Status::fail); }

 private:
  std::array<std::size_t, 6> counts_{};
};

// Points into the Result that it was made from.
struct Summary {
  Outcome outcome = Outcome::nothing;
  std::string headline;  // "Not ready".
  std::string lead;      // "One check and one scenario failed. Two checks are open."
  Tally checks, scenarios;
  // FAIL, WARN, INCONCLUSIVE, SKIP, MANUAL, PASS; within one status as they came. Canaries come last.
  std::vector<const Verdict*> checks_by_urgency;
  std::vector<const ScenarioResult*> scenarios_by_urgency;
};

[[nodiscard]] Summary summarize(const Result& result);

// "FAIL".
[[nodiscard]] std::string_view status_name(Status status);
[[nodiscard]] constexpr bool is_open(Status status) {
  return status == Status::skip || status == Status::inconclusive || status == Status::manual;
}

// "writer 1 waits for mutex 3, held by fibre 1 (writer 0); its last call: after sync of log/1.wal".
[[nodiscard]] std::string thread_in_words(const FibreRow& thread);

// Why a scenario failed, in one line: the counterexample's finding, else its failed verdicts, else its
// summary.
[[nodiscard]] std::string finding(const ScenarioResult& scenario);
// "7.90 ms, limit 5 ms"; what was remarked where nothing was observed.
[[nodiscard]] std::string observed_against_limit(const Verdict& verdict);

}  // namespace wallop::reports
