// SPDX-License-Identifier: Apache-2.0
// Saying results as they come, and adding them up.
#include "cli/telling.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "cli/json_lines.h"
#include "cli/lines.h"
#include "reports/result_json.h"
#include "reports/summary.h"
#include "reports/text.h"
#include "reports/write.h"

namespace wallop::cli {
namespace {

using reports::Status;

bool has_unfired(const reports::ScenarioResult& result) {
  return std::ranges::any_of(result.receipts, [](const auto& receipt) { return receipt.never_fired(); });
}

}  // namespace

Telling::Telling(Console& console, Wording wording, std::size_t scenario_count, std::size_t run_count,
                 std::size_t name_width)
    : console_(console),
      wording_(wording),
      scenario_count_(scenario_count),
      run_count_(run_count),
      name_width_(name_width),
      begin_(console.now()) {}

void Telling::add(reports::ScenarioResult result, const std::vector<std::string>& harness_errors) {
  judgement_.add(result.status);
  if (has_unfired(result)) judgement_.add_unfired();
  for (std::size_t i = 0; i < harness_errors.size(); ++i) judgement_.add_harness_error();

  const bool is_bad = result.status == Status::fail || !harness_errors.empty();
  base::json::Value row = wording_.row(result);
  if (!harness_errors.empty()) row.set("harness_errors", base::print(harness_errors));
  console_.row(row);
  if (is_bad || console_.detail() != Detail::quiet) {
    const std::string line = wording_.line(console_, result, name_width_);
    console_.say(line);
    for (const std::string& fact : scenario_facts(console_, result)) console_.say(fact);
    for (const std::string& error : harness_errors) console_.say("      harness  " + error);
    if (is_bad) failures_.push_back(line);
    other_line_since_failure_ = !is_bad;
  }
  results_.push_back(std::move(result));
}

void Telling::progress(std::string_view what) {
  console_.progress(fmt::format("{}  {} of {}   {} failed   {}", what, judgement_.all(), run_count_,
                                judgement_.of(Status::fail), base::humane(console_.now() - begin_)));
}

// Only where they may have scrolled away.
void Telling::repeat_failures() {
  if (failures_.empty() || !other_line_since_failure_ || console_.detail() == Detail::quiet) return;
  console_.say("");
  for (const std::string& line : failures_) console_.say(line);
}

std::string Telling::total(io::Duration elapsed) const {
  std::string parts;
  const auto add = [&](std::size_t count, std::string_view word) {
    if (count > 0)
      parts += fmt::format("{} {} {}", parts.empty() ? ":" : ",", base::with_commas(count), word);
  };
  add(judgement_.of(Status::pass), "passed");
  add(judgement_.of(Status::warn), "with a warning");
  add(judgement_.of(Status::fail), "failed");
  add(judgement_.of(Status::inconclusive), "inconclusive");
  add(judgement_.of(Status::skip), "skipped");
  add(judgement_.of(Status::manual), "to do");
  add(judgement_.harness_errors(), "not to be trusted");
  const std::string scenarios = reports::counted(scenario_count_, "scenario");
  const std::string planned = run_count_ == scenario_count_
                                  ? scenarios
                                  : fmt::format("{} of {}", reports::counted(run_count_, "run"), scenarios);
  const std::string so_far =
      judgement_.interrupted() ? fmt::format("interrupted, {} of ", judgement_.all()) : "";
  return fmt::format("{}{}{}   {}", so_far, planned, parts, base::humane(elapsed));
}

Exit Telling::finish(reports::Result frame, std::optional<OutDirectory>& out, Strictness strictness,
                     const Session& session) {
  if (session.interrupted()) judgement_.interrupt();
  const io::Duration elapsed = console_.now() - begin_;
  frame.wall_time = elapsed;
  frame.scenarios = std::move(results_);
  if (console_.format() == Format::json) console_.document(reports::to_json(frame));
  Exit exit = judgement_.exit(strictness);
  const bool is_written = out && out->write(std::move(frame), console_);
  if (out && !is_written && exit != Exit::interrupted) exit = Exit::harness;

  repeat_failures();
  const std::string page = is_written ? "   report " + out->page() : "";
  if (console_.detail() != Detail::quiet || exit != Exit::passed) console_.say(total(elapsed) + page);
  console_.row(end_row(judgement_, exit));
  return exit;
}

}  // namespace wallop::cli
