// SPDX-License-Identifier: Apache-2.0
// wallop check: the pre-deployment checklist on a directory of this machine.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/units.h"
#include "checklist/checklist.h"
#include "checklist/probe_system.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/json_lines.h"
#include "cli/lines.h"
#include "cli/out_directory.h"
#include "reports/result_json.h"
#include "reports/summary.h"
#include "reports/text.h"

namespace wallop::cli {
namespace {

using checklist::Outcome;
using checklist::Profile;
using reports::Status;

// Told where it cannot be.
std::optional<Profile> profile_of(const CheckRequest& request, Session& session, Console& console) {
  auto profile = checklist::load_profile(session.machine.files, request.profile);
  if (!profile) {
    for (const std::string& line : profile.error()) console.complain(line);
    return std::nullopt;
  }
  if (request.only.empty()) return std::move(*profile);
  auto narrowed = checklist::only(std::move(*profile), request.only);
  if (narrowed) return std::move(*narrowed);
  console.complain("wallop check: --only: " + narrowed.error());
  return std::nullopt;
}

std::string step_in_words(const checklist::Step& step) {
  return fmt::format("check  {} of {}   {}   at most about {}", step.number, step.count, step.name,
                     reports::round_duration(step.expected));
}

void tell(Console& console, const Outcome& outcome) {
  const reports::ChecklistResult& result = outcome.result;
  if (console.detail() != Detail::quiet) {
    console.say(
        fmt::format("wallop check   {}", fmt::join(std::vector{result.device, outcome.machine}, ", ")));
    if (!result.floor.empty()) console.say("device floor   " + result.floor);
  }
  std::vector<reports::Verdict> shown = result.checks;
  if (console.detail() == Detail::quiet)
    std::erase_if(shown, [](const reports::Verdict& check) { return check.status == Status::pass; });
  for (const std::string& line : check_lines(console, shown)) console.say(line);
  for (const reports::Verdict& check : result.checks) console.row(check_row(check));
}

// "Not ready: 1 failed, 1 skipped, 1 to do."
std::string conclusion(const Judgement& judgement) {
  std::string parts;
  const auto add = [&](Status status, std::string_view word) {
    if (judgement.of(status) > 0)
      parts += fmt::format("{} {} {}", parts.empty() ? ":" : ",", judgement.of(status), word);
  };
  add(Status::fail, "failed");
  add(Status::warn, "with a warning");
  add(Status::inconclusive, "inconclusive");
  add(Status::skip, "skipped");
  add(Status::manual, "to do");
  const bool is_open = judgement.of(Status::inconclusive) > 0;
  const std::string_view headline = judgement.of(Status::fail) > 0 ? "Not ready"
                                    : is_open                      ? "Undecided"
                                                                   : "Ready";
  return fmt::format("{}{}.", judgement.interrupted() ? "Interrupted" : headline, parts);
}

Exit conclude(const CheckRequest& request, Console& console, const Outcome& outcome,
              std::optional<OutDirectory>& out, reports::Result result) {
  Judgement judgement;
  for (const reports::Verdict& check : outcome.result.checks) judgement.add(check.status);
  if (outcome.interrupted) judgement.interrupt();
  if (console.format() == Format::json) console.document(reports::to_json(result));
  Exit exit = judgement.exit(request.strict ? Strictness::strict : Strictness::lenient);
  const bool is_written = out && out->write(std::move(result), console);
  if (out && !is_written && exit != Exit::interrupted) exit = Exit::harness;
  const std::string page = is_written ? "   report " + out->page() : "";
  if (console.detail() != Detail::quiet || exit != Exit::passed) console.say(conclusion(judgement) + page);
  console.row(end_row(judgement, exit));
  return exit;
}

}  // namespace

Exit check(const CheckRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  const auto profile = profile_of(request, session, console);
  if (!profile) return Exit::usage;
  auto out = prepare_out(request.out, Earlier::kept, session, console);
  if (!out) return out.error();

  reports::Result result = new_result(session);
  const io::Instant begin = console.now();
  checklist::SystemProbes probes(request.directory);
  const auto outcome = checklist::run_checklist(
      session.machine, probes, request.directory, *profile,
      {.interrupted = session.interrupted,
       .step = [&](const checklist::Step& step) { console.progress(step_in_words(step)); }});
  console.clear_progress();
  if (!outcome) {
    console.complain("wallop check: " + io::describe(outcome.error()));
    return Exit::usage;
  }
  console.row(start_row(session.command));
  result.checklist = outcome->result;
  result.environment.insert(result.environment.end(), outcome->environment.begin(),
                            outcome->environment.end());
  result.wall_time = console.now() - begin;
  tell(console, *outcome);
  if (!outcome->left_behind.empty()) console.complain("wallop check: left behind " + outcome->left_behind);
  return conclude(request, console, *outcome, *out, std::move(result));
}

}  // namespace wallop::cli
