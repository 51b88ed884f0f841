// SPDX-License-Identifier: Apache-2.0
// wallop replay: a counterexample, step by step.
//
//   crash/no-dirsync, shrunk from 1,880 journal entries to 11 (model posix)
//     1  create      0000000000000001.wal
//     2  write       0000000000000001.wal   [0, 4096)   header
//    ...
//    11  POWER LOSS
//        0000000000000002.wal   4096 bytes visible, 0 synced   not there   created at 7, its directory never
//        synced
//   promised  LSN 1..2    found  LSN 1..1
//   verdict   durable: LSN 2 was acknowledged at 10 and is gone
#include <fmt/format.h>

#include <algorithm>

#include "base/fields.h"
#include "base/units.h"
#include "cli/build_info.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/files.h"
#include "cli/json_lines.h"
#include "cli/lines.h"
#include "reports/summary.h"
#include "reports/text.h"
#include "scenarios/run/explore.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using scenarios::Replayed;
using scenarios::Repro;

constexpr std::uint64_t kReplayVersion = 1;

std::optional<Repro> read(const std::string& file, Session& session, Console& console) {
  const auto text = read_file(session.machine.files, file);
  if (!text) {
    console.complain("wallop replay: " + io::describe(text.error()));
    return std::nullopt;
  }
  Repro repro;
  const base::json::Problems problems = scenarios::read_repro(*text, repro);
  for (const base::json::Problem& problem : problems) console.complain(base::json::describe(file, problem));
  if (!problems.empty()) return std::nullopt;
  return repro;
}

void tell_story(Console& console, const Repro& repro, const Replayed& replayed) {
  const reports::Story& story = replayed.story;
  const std::string shrunk = story.shrunk_from == 0
                                 ? ""
                                 : fmt::format(", shrunk from {} journal entries to {}",
                                               base::with_commas(story.shrunk_from), story.lines.size());
  console.say(fmt::format("{}{} (model {}, seed {})", repro.name, shrunk, story.model, repro.seed));
  std::vector<std::vector<std::string>> steps;
  for (const reports::StoryLine& line : story.lines)
    steps.push_back(
        {fmt::format("{:>5}", line.number), line.fibre, line.verb, line.subject, line.extent, line.note});
  for (const std::string& line : in_columns(steps, "  ")) console.say(line);
  std::vector<std::vector<std::string>> disk;
  for (const reports::DiskRow& row : story.disk) disk.push_back({row.name, row.before, row.after, row.why});
  for (const std::string& line : in_columns(disk, "   ")) console.say("       " + line);
  for (const reports::FibreRow& thread : story.fibres)
    console.say("thread    " + reports::clipped(reports::thread_in_words(thread), 400));
  if (!story.promised.empty() || !story.found.empty())
    console.say(fmt::format("promised  {}    found  {}", story.promised, story.found));
}

// What came of it, in a sentence and an exit code.
struct Told {
  std::string text;
  Exit exit = Exit::passed;
};

Told verdict_of(const Repro& repro, const Replayed& replayed) {
  if (replayed.same)
    return {fmt::format("{}: {}", replayed.finding.oracle, replayed.finding.what), Exit::failed};
  if (replayed.finding.failed()) {
    return {fmt::format("{}: {} (it was found as {}: {})", replayed.finding.oracle, replayed.finding.what,
                        repro.oracle, repro.finding),
            Exit::failed};
  }
  // The same code that once failed on this disk must fail on it again.
  const bool is_same_build =
      !repro.commit.empty() && repro.commit == build_info().commit && repro.commit != "unknown";
  if (!is_same_build)
    return {fmt::format("it holds now; {} found: {}", repro.commit, repro.finding), Exit::passed};
  return {fmt::format("nondeterminism: this same commit once found {}: {}", repro.oracle, repro.finding),
          Exit::harness};
}

Value printed(const Repro& repro, const Replayed& replayed, const Told& verdict) {
  return Value()
      .set("version", kReplayVersion)
      .set("scenario", repro.name)
      .set("seed", repro.seed)
      .set("broken", replayed.finding.failed())
      .set("same", replayed.same)
      .set("verdict", verdict.text)
      .set("journal", replayed.journal_hash)
      .set("decisions_unused", std::uint64_t{replayed.unused.size()})
      .set("story", base::print(replayed.story));
}

}  // namespace

Exit replay(const ReplayRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  const auto repro = read(request.file, session, console);
  if (!repro) return Exit::usage;
  const Replayed replayed = scenarios::replay(*repro);
  const Told verdict = verdict_of(*repro, replayed);

  if (console.detail() != Detail::quiet) tell_story(console, *repro, replayed);
  const bool is_good = verdict.exit == Exit::passed;
  console.say("verdict   " +
              console.painted(reports::clipped(verdict.text, 1'000), is_good ? Paint::good : Paint::bad));
  if (!replayed.unused.empty())
    console.say(fmt::format("          {} of the file were never asked for: the code has changed since {}",
                            reports::counted(replayed.unused.size(), "decision"), repro->commit));
  console.row(start_row(session.command));
  const Value document = printed(*repro, replayed, verdict);
  Value row = Value().set("type", "replay");
  for (const base::json::Member& member : *document.get<base::json::Object>())
    row.set(member.key, member.value);
  console.row(row);
  console.document(base::json::to_text(document, base::json::Layout::indented));
  return verdict.exit;
}

}  // namespace wallop::cli
