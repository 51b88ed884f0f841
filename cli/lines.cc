// SPDX-License-Identifier: Apache-2.0
// Results as aligned lines.
#include "cli/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/units.h"
#include "cli/command_line.h"
#include "reports/points.h"
#include "reports/summary.h"
#include "reports/text.h"

namespace wallop::cli {
namespace {

using base::with_commas;
using reports::counted;
using reports::FaultReceipt;
using reports::ScenarioResult;
using reports::StateCount;
using reports::Status;
using reports::Verdict;

constexpr std::string_view kGap = "   ";
constexpr std::string_view kIndent = "      ";

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Text that others made may hold what a terminal obeys.
std::string one_line(std::string_view text) {
  constexpr std::size_t kTextMax = 400;
  return reports::clipped(text, kTextMax);
}

// "60 s" where somebody set it, "40.1 ms" where it came about.
std::string virtual_time(base::Duration time) {
  const bool is_round = time.count() % 1'000'000 == 0;
  return is_round ? reports::round_duration(time) : base::humane(time);
}

std::string time_taken(const ScenarioResult& scenario) {
  return fmt::format("{} virtual in {}", virtual_time(scenario.virtual_time),
                     base::humane(scenario.wall_time));
}

std::string what_came(const ScenarioResult& scenario) {
  if (scenario.status == Status::fail) return one_line(reports::finding(scenario));
  std::string text = one_line(scenario.summary);
  if (scenario.expected_failure && text.find("as it must") == std::string::npos)
    text = "failed as it must" + (text.empty() ? "" : ": " + text);
  return text;
}

// "138 k states/s".
std::string rate(std::uint64_t states_per_second) {
  if (states_per_second == 0) return "";
  if (states_per_second < 10'000) return with_commas(states_per_second) + " states/s";
  return with_commas(states_per_second / 1'000) + " k states/s";
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : std::string(kGap)) + part;
  }
  return text;
}

std::string fact(std::string_view label, std::string_view text) {
  return fmt::format("{}{}{}", kIndent, padded(label, 9), text);
}

// How to mend what the warning of that name says.
std::string remedy_of(const ScenarioResult& scenario, std::string_view id) {
  const auto found = std::ranges::find_if(scenario.verdicts, [&](const Verdict& verdict) {
    return verdict.id == id && verdict.status == Status::warn && !verdict.remedy.empty();
  });
  return found == scenario.verdicts.end() ? "" : "; " + found->remedy;
}

std::string receipt_in_words(const ScenarioResult& scenario, const FaultReceipt& receipt) {
  if (receipt.fired == 0) {
    return fmt::format("{} never fired (saw {}){}", receipt.label, counted(receipt.seen, "operation"),
                       remedy_of(scenario, receipt.label));
  }
  std::string text = fmt::format("{} fired {}", receipt.label, counted(receipt.fired, "time"));
  if (receipt.felt_errors > 0) text += fmt::format(", {}", counted(receipt.felt_errors, "error"));
  if (receipt.felt_bytes > 0) text += fmt::format(", {}", base::humane_bytes(receipt.felt_bytes));
  if (receipt.felt_wait.count() > 0) text += fmt::format(", {} of waiting", base::humane(receipt.felt_wait));
  if (!receipt.first.empty()) text += fmt::format(", first {}", receipt.first);
  return text + (receipt.entry == 0 ? "" : fmt::format(", journal entry {}", with_commas(receipt.entry)));
}

void add_receipts(std::vector<std::string>& facts, const ScenarioResult& scenario) {
  if (scenario.receipts.empty()) facts.push_back(fact("faults", "none armed"));
  for (const FaultReceipt& receipt : scenario.receipts)
    facts.push_back(fact("faults", one_line(receipt_in_words(scenario, receipt))));
}

void add_points(std::vector<std::string>& facts, const ScenarioResult& scenario) {
  for (const std::string& line : reports::points_in_words(std::span(&scenario, 1)))
    facts.push_back(fact("points", one_line(line)));
}

void add_unfired(std::vector<std::string>& facts, const ScenarioResult& scenario) {
  for (const FaultReceipt& receipt : scenario.receipts) {
    if (receipt.never_fired()) facts.push_back(fact("faults", one_line(receipt_in_words(scenario, receipt))));
  }
}

void add_verdicts(std::vector<std::string>& facts, const Console& console, const ScenarioResult& scenario) {
  std::vector<std::vector<std::string>> rows;
  for (const Verdict& verdict : scenario.verdicts) {
    const bool repeats = verdict.observed.find(verdict.remark) != std::string::npos;
    rows.push_back({verdict.id, one_line(verdict.observed),
                    verdict.count > 0 ? "n " + with_commas(verdict.count) : "",
                    repeats ? "" : one_line(verdict.remark)});
  }
  const std::vector<std::string> lines = in_columns(rows, kGap);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    facts.push_back(std::string(kIndent) + status_column(console, scenario.verdicts[i].status) + lines[i]);
  }
}

// What each thread was at when the run ended before its end.
void add_fibres(std::vector<std::string>& facts, const ScenarioResult& scenario) {
  if (!scenario.story) return;
  for (const reports::FibreRow& fibre : scenario.story->fibres)
    facts.push_back(fact("thread", one_line(reports::thread_in_words(fibre))));
}

void add_failure(std::vector<std::string>& facts, const ScenarioResult& scenario) {
  if (scenario.story && (!scenario.story->promised.empty() || !scenario.story->found.empty())) {
    facts.push_back(fact("promised", one_line(scenario.story->promised)));
    facts.push_back(fact("found", one_line(scenario.story->found)));
  }
  add_fibres(facts, scenario);
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.status == Status::fail && !verdict.remedy.empty())
      facts.push_back(fact("remedy", one_line(verdict.remedy)));
  }
  add_receipts(facts, scenario);
}

// Where nothing failed there are still limits that were judged on too little.
void add_open(std::vector<std::string>& facts, const ScenarioResult& scenario) {
  for (const Verdict& verdict : scenario.verdicts) {
    const bool said = scenario.summary.find(verdict.remark) != std::string::npos;
    if (reports::is_open(verdict.status) && !said)
      facts.push_back(fact("open", fmt::format("{}: {}", verdict.id, one_line(verdict.remark))));
  }
}

}  // namespace

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  const std::size_t length = letters(text);
  if (length < width) result.append(width - length, ' ');
  return result;
}

std::vector<std::string> in_columns(const std::vector<std::vector<std::string>>& rows, std::string_view gap) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], letters(row[i]));
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths[i] > 0) line += padded(row[i], widths[i]) + std::string(gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string status_column(const Console& console, Status status, std::size_t width) {
  const std::size_t length = reports::status_name(status).size();
  return console.painted(status) + std::string(length < width ? width - length : 1, ' ');
}

std::string scenario_line(const Console& console, const ScenarioResult& scenario, std::size_t name_width) {
  constexpr std::size_t kSeedWidth = 7, kTimeWidth = 25;
  return status_column(console, scenario.status) +
         joined({padded(scenario.name, name_width), padded(fmt::format("seed {}", scenario.seed), kSeedWidth),
                 padded(time_taken(scenario), kTimeWidth), what_came(scenario),
                 console.painted("journal " + scenario.journal_hash, Paint::faint)});
}

std::string states_in_words(const StateCount& states) {
  if (states.all) return fmt::format("all {} states", with_commas(states.images));
  const std::string bounds = states.bounds.empty() ? "" : fmt::format(" ({})", one_line(states.bounds));
  return fmt::format("sampled {} states{}", with_commas(states.images), bounds);
}

std::string schedules_in_words(const StateCount& states) {
  return fmt::format("schedules {} ({} differ)", with_commas(states.schedules),
                     with_commas(states.schedules_distinct));
}

std::string first_failure_in_words(const StateCount& states) {
  const std::string schedule = states.schedules_asked > 1
                                   ? fmt::format("schedule {}", with_commas(states.first_failure_schedule))
                                   : "";
  const std::string state = states.first_failure_state > 0
                                ? fmt::format("state {}", with_commas(states.first_failure_state))
                                : "the run itself";
  return fmt::format("first failure: {}{}{}", schedule, schedule.empty() ? "" : ", ", state);
}

std::string exploration_line(const Console& console, const ScenarioResult& scenario, std::size_t name_width) {
  constexpr std::size_t kModelWidth = 14, kStrategyWidth = 10, kCutsWidth = 10, kStatesWidth = 18,
                        kDistinctWidth = 15, kFailuresWidth = 10, kLossWidth = 18;
  if (!scenario.states) {
    return status_column(console, scenario.status) +
           joined(
               {padded(scenario.name, name_width), padded(scenario.model, kModelWidth), what_came(scenario)});
  }
  const StateCount& states = *scenario.states;
  std::vector<std::string> parts{padded(scenario.name, name_width),
                                 padded(scenario.model, kModelWidth),
                                 padded(states.strategy, kStrategyWidth),
                                 padded("cuts " + with_commas(states.cuts), kCutsWidth),
                                 padded(states_in_words(states), kStatesWidth),
                                 padded("distinct " + with_commas(states.distinct), kDistinctWidth),
                                 fmt::format("recovery depth {}", states.recovery_depth),
                                 padded(counted(states.failures, "failure"), kFailuresWidth),
                                 padded("undetectable " + with_commas(states.undetectable), kLossWidth),
                                 "silent " + with_commas(states.silent),
                                 base::humane(scenario.wall_time),
                                 rate(states.states_per_second)};
  if (states.schedules_asked > 1) parts.insert(parts.begin() + 3, schedules_in_words(states));
  if (states.first_failure_schedule > 0) parts.push_back(first_failure_in_words(states));
  if (scenario.expected_failure) parts.push_back("failed as it must");
  return status_column(console, scenario.status) + joined(parts);
}

std::vector<std::string> scenario_facts(const Console& console, const ScenarioResult& scenario) {
  std::vector<std::string> facts;
  const bool failed = scenario.status == Status::fail;
  if (failed && scenario.states) facts.push_back(fact("finding", one_line(reports::finding(scenario))));
  const bool tells_plan = failed || console.detail() == Detail::verbose;
  if (scenario.drawn_from > 0 && tells_plan) facts.push_back(fact("swarm", one_line(scenario.drawn)));
  if (console.detail() == Detail::verbose) add_verdicts(facts, console, scenario);
  if (failed) {
    add_failure(facts, scenario);
  } else if (console.detail() == Detail::verbose) {
    add_fibres(facts, scenario);
    add_receipts(facts, scenario);
    add_points(facts, scenario);
  } else {
    add_open(facts, scenario);
    add_unfired(facts, scenario);
  }
  const std::string again = failed ? replay_command(scenario) : "";
  if (!again.empty()) facts.push_back(fact("replay", again));
  return facts;
}

std::vector<std::string> check_lines(const Console& console, const std::vector<Verdict>& checks) {
  std::vector<std::vector<std::string>> rows;
  std::size_t status_width = 0;
  for (const Verdict& check : checks) {
    status_width = std::max(status_width, reports::status_name(check.status).size() + 2);
    rows.push_back({check.id, one_line(check.observed), check.limit,
                    check.used_permille ? "margin " + reports::margin(*check.used_permille) : "",
                    check.count > 0 ? "n " + with_commas(check.count) : "", one_line(check.remark)});
  }
  const std::vector<std::string> columns = in_columns(rows, kGap);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    lines.push_back(status_column(console, checks[i].status, status_width) + columns[i]);
    const bool is_last = i + 1 == columns.size() || checks[i + 1].remedy != checks[i].remedy;
    const bool wants_remedy = checks[i].status != Status::pass && !checks[i].remedy.empty() && is_last;
    if (wants_remedy) lines.push_back(fact("remedy", one_line(checks[i].remedy)));
  }
  return lines;
}

std::string replay_command(const ScenarioResult& scenario) {
  if (scenario.story && !scenario.story->replay.empty()) return scenario.story->replay;
  if (scenario.file.empty()) return "";
  return fmt::format("wallop run {} --seed {}", quoted(scenario.file), scenario.seed);
}

}  // namespace wallop::cli
