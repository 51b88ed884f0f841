// SPDX-License-Identifier: Apache-2.0
// The summary of a CI job. Every text is clipped and every list has a limit, so the length has one too; what
// is left out is counted.
#include "reports/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/ensure.h"
#include "reports/points.h"
#include "reports/summary.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

constexpr std::size_t kFailuresMax = 20;
constexpr std::size_t kRowsMax = 300;
constexpr std::size_t kLimitsMax = 10;  // Broken limits of one scenario.
constexpr std::size_t kLinesMax = 40;   // Of a story.
constexpr std::size_t kCellMax = 200;   // Bytes before escaping.
constexpr std::size_t kProseMax = 600;  // Likewise.
// A row or a failure begins only below this; none is longer than what is then left.
constexpr std::size_t kBeginMax = kMarkdownBytesMax - 100'000;

bool has_room(const std::string& out, std::size_t shown, std::size_t shown_max) {
  return shown < shown_max && out.size() < kBeginMax;
}

// On one line, with nothing left that Markdown or HTML would read as its own.
std::string plain(std::string_view text, std::size_t length_max = kCellMax) {
  std::string safe;
  for (const char c : clipped(text, length_max)) {
    if (c == '<') {
      safe += "&lt;";
    } else if (c == '&') {
      safe += "&amp;";
    } else {
      if (std::string_view("\\`*_[]|~#").find(c) != std::string_view::npos) safe += '\\';
      safe += c;
    }
  }
  return safe;
}

// As code: backticks cannot stand in it, a bar would end the cell of a table.
std::string code(std::string_view text, std::size_t length_max = kCellMax) {
  std::string line = clipped(text, length_max);
  std::replace(line.begin(), line.end(), '`', '\'');
  std::replace(line.begin(), line.end(), '|', '/');
  return line.empty() ? "" : "`" + line + "`";
}

// For a fenced block: nothing in it may close the fence.
std::string unfenced(std::string_view text) {
  std::string line = clipped(text, kProseMax);
  std::replace(line.begin(), line.end(), '`', '\'');
  return line;
}

void add_more(std::string& out, std::size_t all, std::size_t shown) {
  if (all > shown) out += fmt::format("\nand {} more, all in result.json\n", base::with_commas(all - shown));
}

void add_failed_scenario(std::string& out, const ScenarioResult& scenario) {
  out += fmt::format("\n### FAIL {}: {}\n\n", code(scenario.name), plain(finding(scenario), kProseMax));
  std::size_t shown = 0;
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.status != Status::fail || ++shown > kLimitsMax) continue;
    out += fmt::format("- {} {} {}\n", code(verdict.id), plain(observed_against_limit(verdict)),
                       plain(verdict.remedy));
  }
  if (!scenario.story) return;
  const Story& story = *scenario.story;
  if (!story.promised.empty() || !story.found.empty())
    out += fmt::format("- promised {}, found {}\n", plain(story.promised), plain(story.found));
  for (const FibreRow& thread : story.fibres) out += fmt::format("- {}\n", plain(thread_in_words(thread)));
  out += "\n```text\n";
  for (std::size_t i = 0; i < std::min(story.lines.size(), kLinesMax); ++i) {
    const StoryLine& line = story.lines[i];
    std::string step =
        fmt::format("{:>3} {:<10} {:<22} {:<14} {:<10} {}", line.number, clipped(line.verb, 20),
                    clipped(line.subject, 60), clipped(line.extent, 40), clipped(line.fibre, 40), line.note);
    step.erase(step.find_last_not_of(' ') + 1);
    out += clipped(step, kCellMax) + "\n";
  }
  out += "```\n";
  add_more(out, story.lines.size(), kLinesMax);
  if (!story.replay.empty()) out += fmt::format("\n```sh\n{}\n```\n", unfenced(story.replay));
}

void add_failed_check(std::string& out, const Verdict& check) {
  out += fmt::format("\n### FAIL {}: {}\n\n", code(check.id), plain(observed_against_limit(check)));
  if (!check.remark.empty()) out += plain(check.remark, kProseMax) + "\n";
  if (!check.remedy.empty()) out += "\n" + plain(check.remedy, kProseMax) + "\n";
}

void add_failures(std::string& out, const Summary& summary) {
  std::size_t shown = 0;
  for (const Verdict* check : summary.checks_by_urgency) {
    if (check->status != Status::fail || !has_room(out, shown, kFailuresMax)) continue;
    add_failed_check(out, *check);
    ++shown;
  }
  for (const ScenarioResult* scenario : summary.scenarios_by_urgency) {
    if (scenario->status != Status::fail || !has_room(out, shown, kFailuresMax)) continue;
    add_failed_scenario(out, *scenario);
    ++shown;
  }
  add_more(out, summary.checks.of(Status::fail) + summary.scenarios.of(Status::fail), shown);
}

void add_checks(std::string& out, const ChecklistResult& checklist, const Summary& summary) {
  out += fmt::format("\n## Checks\n\nProfile {}", code(checklist.profile));
  if (!checklist.device.empty()) out += " on " + plain(checklist.device);
  if (!checklist.floor.empty()) out += "; device floor " + plain(checklist.floor);
  out +=
      "\n\n| Status | Check | Observed | Limit | Margin | n | Remark |\n"
      "|---|---|---:|---:|---:|---:|---|\n";
  const auto& checks = summary.checks_by_urgency;
  std::size_t shown = 0;
  for (; shown < checks.size() && has_room(out, shown, kRowsMax); ++shown) {
    const Verdict& check = *checks[shown];
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", status_name(check.status), code(check.id),
                       plain(check.observed), plain(check.limit),
                       check.used_permille ? margin(*check.used_permille) : "",
                       check.count > 0 ? base::with_commas(check.count) : "", plain(check.remark));
  }
  add_more(out, checks.size(), shown);
}

void add_scenarios(std::string& out, const Summary& summary) {
  const auto& scenarios = summary.scenarios_by_urgency;
  out +=
      "\n## Scenarios\n\n| Status | Scenario | Seed | Virtual time | Seen | Journal |\n"
      "|---|---|---:|---:|---|---|\n";
  std::size_t shown = 0;
  for (; shown < scenarios.size() && has_room(out, shown, kRowsMax); ++shown) {
    const ScenarioResult& scenario = *scenarios[shown];
    const bool failed = scenario.status == Status::fail;
    out += fmt::format("| {}{} | {} | {} | {} | {} | {} |\n", status_name(scenario.status),
                       scenario.expected_failure ? " (canary)" : "", code(scenario.name), scenario.seed,
                       round_duration(scenario.virtual_time),
                       plain(failed ? finding(scenario) : scenario.summary), code(scenario.journal_hash));
  }
  add_more(out, scenarios.size(), shown);
}

void add_silent_faults(std::string& out, const Result& result) {
  std::size_t all = 0, shown = 0;
  for (const ScenarioResult& scenario : result.scenarios) {
    for (const FaultReceipt& receipt : scenario.receipts) {
      if (!receipt.never_fired()) continue;
      ++all;
      if (!has_room(out, shown, kRowsMax)) continue;
      if (shown == 0) out += "\n## Faults that never fired\n\nWhat never fires proves nothing.\n\n";
      out += fmt::format("- {} in {} ({}; looked at {})\n", code(receipt.label), code(scenario.name),
                         plain(receipt.trigger), counted(receipt.seen, "operation"));
      ++shown;
    }
  }
  add_more(out, all, shown);
}

void add_points(std::string& out, const Result& result) {
  const std::vector<std::string> lines = points_in_words(result.scenarios);
  if (lines.empty()) return;
  out += "\n## Failure points of the engines\n\nWhere no run comes by, none tests.\n\n";
  for (const std::string& line : lines) out += "- " + plain(line) + "\n";
}

void add_environment(std::string& out, const Result& result) {
  out += fmt::format("\n---\n\nWallop {}", plain(result.wallop_version));
  if (!result.commit.empty()) out += ", commit " + code(result.commit);
  if (!result.started.empty()) out += ", " + plain(humane_instant(result.started));
  out += "\n";
  if (!result.command.empty()) out += "\n" + code(result.command, kProseMax) + "\n";
}

}  // namespace

std::string to_markdown(const Result& result) {
  const Summary summary = summarize(result);
  std::string out = fmt::format("# Wallop: {}\n\n{}\n", summary.headline, summary.lead);
  add_failures(out, summary);
  if (result.checklist) add_checks(out, *result.checklist, summary);
  if (!result.scenarios.empty()) add_scenarios(out, summary);
  add_silent_faults(out, result);
  add_points(out, result);
  add_environment(out, result);
  base::ensure(out.size() < kMarkdownBytesMax, "the limits on lists and texts bound the summary");
  return out;
}

}  // namespace wallop::reports
