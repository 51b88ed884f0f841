// SPDX-License-Identifier: Apache-2.0
// wallop wal verify: is the log whole, and if not, which records exactly are gone, where, and why.
//
//   DAMAGED  log   LSN 4711 was acknowledged and is gone
//   LSN 4711       0000000000000001.wal, offset 612352: the frame's payload does not match its checksum
//   out of reach   5,289 records of LSN 4712..10000 are whole, behind the damage: an open gives up LSN
//   4711..10000 to keep all that is whole: wallop wal salvage log --out log.jsonl
//
// An end that a crash tore is no damage: nothing proves that it was ever acknowledged.
#include <fmt/format.h>

#include <optional>

#include "base/units.h"
#include "cli/command_line.h"
#include "cli/wal_tools.h"
#include "reports/text.h"
#include "wal/holes.h"
#include "wal/segment_name.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using wal::Examination;
using wal::Hole;
using wal::Holes;

// Lines for people, and an array for machines; the rest is counted.
constexpr std::size_t kHolesTold = 1'000;
constexpr int kTriesOfALogInUse = 5;

enum class Verdict : std::uint8_t { sound, damaged, changing };

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::sound:
      return "sound";
    case Verdict::damaged:
      return "damaged";
    case Verdict::changing:
      break;
  }
  return "changing";
}

struct Verification {
  Examination found;
  Holes holes;
  Verdict verdict = Verdict::sound;
};

// Of a log that is being written, several files read one after the other may fit no moment. Real damage stays
// where it is; so what is found twice at one place counts.
io::Result<Verification> verification_of(const LogDirectory& log, Console& console, Session& session) {
  std::optional<wal::Position> damaged_at;
  Verification told;
  for (int tries = 0; tries < (log.in_use ? kTriesOfALogInUse : 1); ++tries) {
    auto found = examine_log(log, console, session);
    const bool is_gone = !found && found.error().code == io::Code::not_found;
    if (is_gone && log.in_use) {  // A file was deleted between its listing and its opening.
      told.verdict = Verdict::changing;
      continue;
    }
    if (!found) return io::Failure(std::move(found.error()));
    told.found = std::move(*found);
    told.verdict = Verdict::sound;
    if (!told.found.info.corruption_detected()) return told;
    const wal::Position at = told.found.info.last_valid;
    told.verdict = log.in_use && damaged_at != at ? Verdict::changing : Verdict::damaged;
    damaged_at = at;
    if (told.verdict == Verdict::damaged) break;
  }
  if (told.verdict != Verdict::damaged) return told;
  auto holes = wal::find_holes(session.machine, told.found);
  if (!holes) return io::Failure(std::move(holes.error()));
  told.holes = std::move(*holes);
  return told;
}

// What is weaker than it was made, and costs no record yet.
std::vector<std::string> warnings_of(const Examination& found) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < found.segments.size(); ++i) {
    const wal::FoundSegment& segment = found.segments[i];
    if (found.is_live(i) && segment.header && !segment.both_headers)
      warnings.push_back(fmt::format("{}: one of its two headers does not validate, the other does",
                                     wal::segment_name(segment.id)));
  }
  if (found.info.cache_not_bypassed)
    warnings.emplace_back("read through the page cache only: this file system cannot be read past it");
  return warnings;
}

// ---- For people ----

std::string hole_in_words(const Hole& hole) {
  return hole.has_no_end ? fmt::format("LSN {}..?", hole.lsns.first.value()) : lsns_in_words(hole.lsns);
}

void tell_sound(Console& console, const LogDirectory& log, const Examination& found) {
  const wal::RecoveryInfo& info = found.info;
  const wal::LsnRange lsns{found.low_water.lsn, info.last};
  console.say(fmt::format("{}   {}   {}{}, durable proven up to LSN {}",
                          console.painted("SOUND", Paint::good), log.path,
                          reports::counted(info.valid_records, "record"),
                          lsns.empty() ? "" : ", " + lsns_in_words(lsns), info.durable_proven.value()));
  if (info.tail == wal::TailState::torn)
    console.say(
        fmt::format("torn end   {} behind LSN {} are no record; nothing proves that they were "
                    "acknowledged, and an open drops them",
                    reports::counted(info.bytes_discarded, "byte"), info.last.value()));
  if (info.tail == wal::TailState::recycled)
    console.say("end   in recycled space: a write that was torn there and never acknowledged does not show");
  for (const wal::LsnRange& range : info.accepted)
    console.say(fmt::format("{} are gone: an open in mode prefix accepted that", lsns_in_words(range)));
}

std::string damage_in_words(const Verification& told) {
  const auto& holes = told.holes.holes;
  if (holes.empty()) return "no record is gone, but an open refuses the log";
  if (holes.size() > 1)
    return fmt::format("records in {} ranges were acknowledged and are gone",
                       base::with_commas(holes.size()));
  const bool is_one = holes.front().lsns.count() == 1 && !holes.front().has_no_end;
  return fmt::format("{} {} acknowledged and {} gone", hole_in_words(holes.front()), is_one ? "was" : "were",
                     is_one ? "is" : "are");
}

// As far as an open follows it.
std::string chain_in_words(const Examination& found) {
  if (found.chain.empty()) return "chain   begins nowhere: no first segment has a link frame that validates";
  return fmt::format("chain   ends behind LSN {}, {}, offset {}", found.end.value(),
                     wal::segment_name(found.info.last_valid.segment), found.info.last_valid.offset);
}

void tell_damaged(Console& console, const LogDirectory& log, const Verification& told) {
  console.say(
      fmt::format("{}   {}   {}", console.painted("DAMAGED", Paint::bad), log.path, damage_in_words(told)));
  const auto& holes = told.holes.holes;
  for (std::size_t i = 0; i < std::min(holes.size(), kHolesTold); ++i) {
    console.say(fmt::format("{}   {}, offset {}: {}", hole_in_words(holes[i]),
                            wal::segment_name(holes[i].segment), holes[i].offset, holes[i].why));
  }
  if (holes.size() > kHolesTold) console.say(fmt::format("...and {} more ranges", holes.size() - kHolesTold));
  if (!told.found.info.damage.empty()) console.say("files   " + told.found.info.damage);
  console.say(chain_in_words(told.found));
  if (told.holes.out_of_reach_count > 0)
    console.say(fmt::format("out of reach   {} of {} are whole, but behind the damage: no open reads them",
                            reports::counted(told.holes.out_of_reach_count, "record"),
                            lsns_in_words(told.holes.out_of_reach)));
  console.say(
      fmt::format("to keep all that is whole: wallop wal salvage {} --out salvaged.jsonl", quoted(log.path)));
}

void tell_verdict(Console& console, const LogDirectory& log, const Verification& told) {
  if (told.verdict == Verdict::sound) tell_sound(console, log, told.found);
  if (told.verdict == Verdict::damaged) tell_damaged(console, log, told);
  if (told.verdict == Verdict::changing)
    console.say(
        fmt::format("CHANGING   {}   it is being written, and what was read of it fits no moment: stop "
                    "the writer, or try again",
                    log.path));
  for (const std::string& warning : warnings_of(told.found)) console.say("warning   " + warning);
}

// ---- In JSON ----

Value hole_json(const Hole& hole) {
  Value object = Value().set("first", hole.lsns.first.value());
  object.set("last", hole.has_no_end ? Value() : Value(hole.lsns.last.value()));
  return object.set("segment", hole.segment.value())
      .set("file", wal::segment_name(hole.segment))
      .set("offset", hole.offset)
      .set("why", hole.why);
}

void tell_verdict_in_json(Console& console, const LogDirectory& log, const Verification& told) {
  const wal::RecoveryInfo& info = told.found.info;
  Value holes{base::json::Array{}}, accepted{base::json::Array{}}, warnings{base::json::Array{}};
  for (std::size_t i = 0; i < std::min(told.holes.holes.size(), kHolesTold); ++i) {
    holes.push(hole_json(told.holes.holes[i]));
    console.row(as_row("hole", hole_json(told.holes.holes[i])));
  }
  for (const wal::LsnRange& range : info.accepted) accepted.push(to_json(range));
  for (const std::string& warning : warnings_of(told.found)) warnings.push(warning);
  Value summary = Value()
                      .set("directory", log.path)
                      .set("in_use", log.in_use)
                      .set("verdict", verdict_name(told.verdict))
                      .set("tail", name_of(info.tail))
                      .set("records", info.valid_records)
                      .set("last_lsn", info.last.value())
                      .set("durable_proven", info.durable_proven.value())
                      .set("bytes_discarded", info.bytes_discarded)
                      .set("hole_count", std::uint64_t{told.holes.holes.size()})
                      .set("out_of_reach", to_json(told.holes.out_of_reach))
                      .set("out_of_reach_count", told.holes.out_of_reach_count)
                      .set("accepted", std::move(accepted))
                      .set("damage", info.damage)
                      .set("warnings", std::move(warnings));
  console.row(as_row("verdict", summary));
  Value document = Value().set("version", kWalVersion);
  for (const auto& member : *summary.get<base::json::Object>()) document.set(member.key, member.value);
  document.set("holes", std::move(holes));
  console.document(base::json::to_text(document, base::json::Layout::indented));
}

Exit exit_for(Verdict verdict) {
  switch (verdict) {
    case Verdict::sound:
      return Exit::passed;
    case Verdict::damaged:
      return Exit::failed;
    case Verdict::changing:
      break;
  }
  return Exit::inconclusive;
}

}  // namespace

Exit wal_verify(const LogDirectory& log, Console& console, Session& session) {
  const auto told = verification_of(log, console, session);
  if (!told) return give_up(console, told.error());
  tell_verdict(console, log, *told);
  tell_verdict_in_json(console, log, *told);
  return session.interrupted() ? Exit::interrupted : exit_for(told->verdict);
}

}  // namespace wallop::cli
