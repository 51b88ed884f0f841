// SPDX-License-Identifier: Apache-2.0
// The top of the page: good or not, and why not, in five seconds.
#include <fmt/format.h>

#include <algorithm>

#include "reports/page.h"
#include "reports/pictures.h"

namespace wallop::reports {
namespace {

// How many cards stand side by side.
constexpr std::size_t kCardsMax = 2;

data check_card(const Verdict& check, std::size_t number) {
  data card;
  set_text(card, "kind", "failing check, real disk");
  set_text(card, "name", check.id);
  set_text(card, "heading", observed_against_limit(check));
  set_markup(card, "picture", limit_picture(check, fmt::format("card-check-{}", number)));
  set_text(card, "card_why", check.observed.empty() ? "" : sentence(check.remark));
  set_text(card, "card_mend", sentence(check.remedy));
  set_text(card, "target", "checks");
  set_text(card, "target_words", "All checks");
  return card;
}

// Why the disk differs, of the first name that does; else nothing.
std::string why_of(const ScenarioResult& scenario) {
  if (scenario.story) {
    for (const DiskRow& row : scenario.story->disk) {
      if (!row.why.empty()) return row.name + ": " + row.why;
    }
  }
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.status == Status::fail && !verdict.remark.empty()) return verdict.remark;
  }
  return "";
}

std::string remedy_of(const ScenarioResult& scenario) {
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.status == Status::fail && !verdict.remedy.empty()) return verdict.remedy;
  }
  return "";
}

std::string scenario_picture(const ScenarioResult& scenario, std::size_t number) {
  const std::string id = fmt::format("card-scenario-{}", number);
  if (scenario.story) return promise_picture(*scenario.story, id);
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.status == Status::fail) return limit_picture(verdict, id);
  }
  return "";
}

data scenario_card(const ScenarioResult& scenario, std::size_t number) {
  data card;
  set_text(card, "kind", "failing scenario, simulated");
  set_text(card, "name", scenario.name);
  set_text(card, "heading", scenario.story ? capitalized(finding(scenario)) : finding(scenario));
  set_markup(card, "picture", scenario_picture(scenario, number));
  set_text(card, "card_why", sentence(why_of(scenario)));
  set_text(card, "card_mend", sentence(remedy_of(scenario)));
  set_text(card, "target", story_anchor(number));
  set_text(card, "target_words",
           scenario.story ? "The story in " + counted(scenario.story->lines.size(), "step") : "Its limits");
  return card;
}

// The first failing check and the first failing scenario; where there is only one kind, its first two.
void add_cards(data& page, const Summary& summary) {
  data cards{data::type::list};
  const std::size_t failed_checks = summary.checks.of(Status::fail);
  const std::size_t failed_scenarios = summary.scenarios.of(Status::fail);
  const std::size_t failed = failed_checks + failed_scenarios;
  const std::size_t checks = std::min(failed_checks, failed_scenarios > 0 ? 1 : kCardsMax);
  const std::size_t scenarios = std::min(failed_scenarios, kCardsMax - checks);
  for (std::size_t i = 0; i < checks; ++i) cards.push_back(check_card(*summary.checks_by_urgency[i], i));
  for (std::size_t i = 0; i < scenarios; ++i)
    cards.push_back(scenario_card(*summary.scenarios_by_urgency[i], i));
  const std::size_t shown = checks + scenarios;
  set_flag(page, "has_cards", shown > 0);
  page.set("cards", cards);
  set_text(page, "more_failures",
           failed > shown ? fmt::format("And {} below.", counted(failed - shown, "more failure")) : "");
}

void add_count(data& tally, std::string_view figure, std::string_view what) {
  data entry;
  set_text(entry, "count_of", figure);
  set_text(entry, "what", what);
  tally.push_back(entry);
}

// "checks; 1 fail, 1 warn, 2 open".
std::string with_rest(std::string_view noun, const Tally& tally) {
  std::string words(noun);
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) words += fmt::format("{} {} {}", words == noun ? ";" : ",", count, what);
  };
  add(tally.of(Status::fail), "fail");
  add(tally.of(Status::warn), "warn");
  add(tally.open(), "open");
  return words;
}

// Of the logs that should hold: a canary's losses are wanted.
struct StateTotals {
  std::uint64_t images = 0, silent = 0;
};

StateTotals state_totals(const Result& result) {
  StateTotals totals;
  for (const ScenarioResult& scenario : result.scenarios) {
    if (!scenario.states || scenario.expected_failure) continue;
    totals.images += scenario.states->images;
    totals.silent += scenario.states->silent;
  }
  return totals;
}

void add_tally(data& page, const Result& result, const Summary& summary) {
  data tally{data::type::list};
  if (summary.checks.all() > 0)
    add_count(tally, fmt::format("{} of {}", summary.checks.met(), summary.checks.all()),
              with_rest("checks met", summary.checks));
  if (summary.scenarios.all() > 0)
    add_count(tally, fmt::format("{} of {}", summary.scenarios.met(), summary.scenarios.all()),
              with_rest("scenarios passed", summary.scenarios));
  const StateTotals states = state_totals(result);
  if (states.images > 0)
    add_count(tally, base::with_commas(states.images),
              fmt::format("crash states walked, {} silent losses", base::with_commas(states.silent)));
  Duration virtual_time{};
  for (const ScenarioResult& scenario : result.scenarios) virtual_time += scenario.virtual_time;
  if (virtual_time > Duration{}) add_count(tally, round_duration(virtual_time), "simulated");
  std::uint64_t fired = 0;
  for (const ScenarioResult& scenario : result.scenarios) {
    for (const FaultReceipt& receipt : scenario.receipts) fired += receipt.fired;
  }
  if (fired > 0) add_count(tally, base::with_commas(fired), "faults fired");
  set_flag(page, "has_tally", tally.is_non_empty_list());
  page.set("tally", tally);
}

void add_top(data& page, const Result& result) {
  data top{data::type::list};
  const auto add = [&](std::string_view word, std::string_view code) {
    data entry;
    set_text(entry, "word", word);
    set_text(entry, "code", code);
    top.push_back(entry);
  };
  if (!result.started.empty()) add("report of " + humane_instant(result.started), "");
  if (!result.commit.empty()) add("commit", clipped(result.commit, 40));
  if (result.checklist && !result.checklist->profile.empty()) add("profile", result.checklist->profile);
  if (!result.scenarios.empty()) add(counted(result.scenarios.size(), "scenario"), "");
  page.set("top", top);
}

// "Not ready: sync.p99, crash/rotation-no-dirsync".
std::string title_of(const Summary& summary) {
  std::string title = summary.headline;
  const auto add = [&](std::string_view name, bool first) {
    title += (first ? ": " : ", ") + clipped(name, 60);
  };
  const bool check = summary.checks.of(Status::fail) > 0;
  if (check) add(summary.checks_by_urgency.front()->id, true);
  if (summary.scenarios.of(Status::fail) > 0) add(summary.scenarios_by_urgency.front()->name, !check);
  return title;
}

}  // namespace

void add_verdict(data& page, PageContext& context) {
  const Summary& summary = context.summary;
  set_text(page, "page_title", title_of(summary));
  set_text(page, "headline", summary.headline);
  set_text(page, "lead", summary.lead);
  set_flag(page, "failed", summary.outcome == Outcome::failed);
  add_top(page, context.result);
  add_cards(page, summary);
  add_tally(page, context.result, summary);
}

}  // namespace wallop::reports
