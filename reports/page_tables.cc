// SPDX-License-Identifier: Apache-2.0
// What was judged and what was armed: checks, scenarios, faults. Failures first in each.
#include <fmt/format.h>

#include <algorithm>

#include "reports/page.h"
#include "reports/pictures.h"
#include "reports/points.h"

namespace wallop::reports {
namespace {

constexpr std::size_t kCellMax = 300;  // Bytes.

std::string and_more(std::size_t all, std::size_t shown) {
  return all > shown ? fmt::format("And {} more, all in result.json.", base::with_commas(all - shown)) : "";
}

data check_row(const Verdict& check) {
  data row;
  const bool fails = check.status == Status::fail;
  set_flag(row, "fails", fails);
  set_text(row, "status", status_name(check.status));
  set_text(row, "name", clipped(check.id, kCellMax));
  set_text(row, "observed", clipped(check.observed, kCellMax));
  set_text(row, "limit", clipped(check.limit, kCellMax));
  set_markup(row, "bar", used_bar(check));
  set_text(row, "margin", check.used_permille ? margin(*check.used_permille) : "");
  set_text(row, "count", check.count > 0 ? base::with_commas(check.count) : "");
  set_text(row, "remark", clipped(check.remark, kCellMax));
  const bool mends = check.status != Status::pass && !check.remedy.empty();
  set_text(row, "remedy", mends ? clipped(sentence(check.remedy), kCellMax) : "");
  set_flag(row, "stands_out", fails || mends);
  return row;
}

std::string checks_about(const ChecklistResult& checklist) {
  std::string about = fmt::format("Profile {}", checklist.profile);
  if (!checklist.device.empty()) about += " on " + checklist.device;
  if (!checklist.floor.empty()) about += ". The device’s own floor: " + checklist.floor;
  return about + ". The bar is the share of the limit used; the upright stroke is the limit.";
}

// "all 5,157 states walked": what an exploration saw; else what the run said of itself.
std::string seen(const ScenarioResult& scenario) {
  if (scenario.status == Status::fail) return finding(scenario);
  if (!scenario.states) return scenario.summary;
  const StateCount& states = *scenario.states;
  if (states.all) return fmt::format("all {} walked", counted(states.images, "state"));
  return fmt::format("{} walked{}", counted(states.images, "state"),
                     states.bounds.empty() ? "" : " (" + states.bounds + ")");
}

data scenario_row(const ScenarioResult& scenario) {
  data row;
  const bool fails = scenario.status == Status::fail;
  set_flag(row, "fails", fails);
  set_flag(row, "canary", scenario.expected_failure);
  set_flag(row, "explored", scenario.states.has_value());
  set_text(row, "status", status_name(scenario.status));
  set_text(row, "name", clipped(scenario.name, kCellMax));
  set_text(row, "seed", std::to_string(scenario.seed));
  set_text(row, "virtual_time",
           scenario.virtual_time > Duration{} ? round_duration(scenario.virtual_time) : "");
  set_text(row, "seen", clipped(seen(scenario), kCellMax));
  set_text(row, "journal", clipped(scenario.journal_hash, 40));
  return row;
}

// "2 calls failed, 4.10 kB changed, 160 ms waited"; for one that never fired, what it looked at.
std::string felt(const FaultReceipt& receipt) {
  if (receipt.fired == 0) return "never fired";
  std::string words;
  const auto add = [&](const std::string& what) { words += (words.empty() ? "" : ", ") + what; };
  if (receipt.felt_errors > 0) add(counted(receipt.felt_errors, "call") + " failed");
  if (receipt.felt_bytes > 0) add(base::humane_bytes(receipt.felt_bytes) + " changed");
  if (receipt.felt_wait > Duration{}) add(humane_duration(receipt.felt_wait) + " waited");
  return words.empty() ? "nothing the caller could notice" : words;
}

data receipt_row(const ScenarioResult& scenario, const FaultReceipt& receipt) {
  data row;
  set_flag(row, "never", receipt.never_fired());
  set_text(row, "label", clipped(receipt.label, kCellMax));
  set_text(row, "name", clipped(receipt.scenario.empty() ? scenario.name : receipt.scenario, kCellMax));
  set_text(row, "trigger", clipped(receipt.trigger, kCellMax));
  set_text(row, "seen", base::with_commas(receipt.seen));
  set_text(row, "fired", base::with_commas(receipt.fired));
  set_text(row, "felt", felt(receipt));
  const std::string entry =
      receipt.entry == 0 ? "" : fmt::format(", journal entry {}", base::with_commas(receipt.entry));
  set_text(row, "first", receipt.first.empty() ? "–" : clipped(receipt.first + entry, kCellMax));
  return row;
}

struct ArmedFault {
  const ScenarioResult* scenario;
  const FaultReceipt* receipt;
};

// Those that never fired first.
std::vector<ArmedFault> armed_faults(const Result& result) {
  std::vector<ArmedFault> never, fired;
  for (const ScenarioResult& scenario : result.scenarios) {
    for (const FaultReceipt& receipt : scenario.receipts)
      (receipt.never_fired() ? never : fired).push_back({&scenario, &receipt});
  }
  never.insert(never.end(), fired.begin(), fired.end());
  return never;
}

std::string faults_about(std::size_t all, std::size_t never) {
  const std::string first = "What was armed, what fired, and who felt it. ";
  if (never == 0) return first + fmt::format("All {} fired.", counted(all, "fault"));
  return first + fmt::format("A fault that never fired proves nothing: {} did not.",
                             never == 1 ? "one" : base::with_commas(never));
}

}  // namespace

void add_checks(data& page, PageContext& context) {
  const auto& checks = context.summary.checks_by_urgency;
  set_flag(page, "checks", !checks.empty());
  if (checks.empty()) return;
  context.add_contents("checks", "Checks",
                       context.summary.checks.of(Status::fail) > 0 ? PageContext::Weight::urgent
                                                                   : PageContext::Weight::normal);
  set_text(page, "checks_about", checks_about(*context.result.checklist));
  data rows{data::type::list};
  for (std::size_t i = 0; i < std::min(checks.size(), context.rows_max); ++i)
    rows.push_back(check_row(*checks[i]));
  page.set("check_rows", rows);
  set_text(page, "checks_more", and_more(checks.size(), context.rows_max));
}

void add_scenarios(data& page, PageContext& context) {
  const auto& scenarios = context.summary.scenarios_by_urgency;
  set_flag(page, "scenarios", !scenarios.empty());
  if (scenarios.empty()) return;
  context.add_contents("scenarios", "Scenarios",
                       context.summary.scenarios.of(Status::fail) > 0 ? PageContext::Weight::urgent
                                                                      : PageContext::Weight::normal);
  data lines{data::type::list};
  for (const std::string& line : points_in_words(context.result.scenarios)) {
    data row;
    set_text(row, "line", line);
    lines.push_back(row);
  }
  page.set("points", lines);
  const bool canary = std::any_of(scenarios.begin(), scenarios.end(),
                                  [](const ScenarioResult* scenario) { return scenario->expected_failure; });
  const bool explored = std::any_of(scenarios.begin(), scenarios.end(), [](const ScenarioResult* scenario) {
    return scenario->states.has_value();
  });
  set_text(
      page, "scenarios_about",
      std::string("Runs in the simulated world. The same seed gives the same journal on every machine.") +
          (explored
               ? " Explored: recovered from the disks that a power loss may leave, at each point of the run."
               : "") +
          (canary ? " A canary is broken on purpose, its log or its disk: it passes because it was caught."
                  : ""));
  data rows{data::type::list};
  const std::size_t shown = std::min(scenarios.size(), context.rows_max);
  for (std::size_t i = 0; i < shown; ++i) rows.push_back(scenario_row(*scenarios[i]));
  page.set("scenario_rows", rows);
  set_text(page, "scenarios_more", and_more(scenarios.size(), shown));
}

void add_faults(data& page, PageContext& context) {
  const std::vector<ArmedFault> faults = armed_faults(context.result);
  set_flag(page, "faults", !faults.empty());
  if (faults.empty()) return;
  context.add_contents("faults", "Faults");
  const auto never = std::count_if(faults.begin(), faults.end(),
                                   [](const ArmedFault& fault) { return fault.receipt->never_fired(); });
  set_text(page, "faults_about", faults_about(faults.size(), static_cast<std::size_t>(never)));
  data rows{data::type::list};
  const std::size_t shown = std::min(faults.size(), context.rows_max);
  for (std::size_t i = 0; i < shown; ++i)
    rows.push_back(receipt_row(*faults[i].scenario, *faults[i].receipt));
  page.set("receipt_rows", rows);
  set_text(page, "receipts_more", and_more(faults.size(), shown));
}

}  // namespace wallop::reports
