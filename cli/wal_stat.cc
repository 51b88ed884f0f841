// SPDX-License-Identifier: Apache-2.0
// wallop wal stat: segments, records, and the state in which a log is.
//
//   log          31c0...   2 segments, 10,000 records, LSN 1..10000
//   tail         clean     durable proven up to LSN 10000
//
//   segment               state    LSN        records  used      capacity  epoch       marks
//   0000000000000001.wal  current  1..10000   10,000   1.31 MB   134 MB    1.5e0c1a77  watermark 10000
#include <fmt/format.h>

#include "base/units.h"
#include "cli/lines.h"
#include "cli/wal_tools.h"
#include "reports/text.h"
#include "wal/examine.h"
#include "wal/quarantine.h"
#include "wal/segment_name.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using wal::Examination;
using wal::FoundSegment;

std::string_view leftover_name(wal::Leftover why) {
  switch (why) {
    case wal::Leftover::spare:
      return "spare";
    case wal::Leftover::cut:
      return "cut";
    case wal::Leftover::superseded:
      return "superseded";
    case wal::Leftover::dropped:
      break;
  }
  return "dropped";
}

// "live", "current" for the last one of the chain, or why it is there.
std::string_view state_of(const Examination& found, std::size_t index) {
  if (!found.is_live(index)) return leftover_name(found.why_left(found.segments[index]));
  return index == found.chain.back() ? "current" : "live";
}

wal::LsnRange segment_lsns(const FoundSegment& segment) {
  if (!segment.link || segment.body.record_count == 0) return {};
  return {segment.link->first_lsn(), segment.body.end.last};
}

std::string marks_of(const FoundSegment& segment) {
  std::string text;
  if (segment.marks.watermark) text = fmt::format("watermark {}", segment.marks.watermark->durable.value());
  if (segment.marks.footer) text += text.empty() ? "footer" : ", footer";
  return text;
}

std::vector<std::string> cells_of(const Examination& found, std::size_t index) {
  const FoundSegment& segment = found.segments[index];
  const wal::LsnRange lsns = segment_lsns(segment);
  return {wal::segment_name(segment.id),
          std::string(state_of(found, index)),
          lsns.empty() ? "-" : lsns_in_words(lsns).substr(4),
          base::with_commas(segment.body.record_count),
          base::humane_bytes(segment.link ? segment.body.end.offset : 0),
          segment.header ? base::humane_bytes(segment.header->capacity) : "-",
          segment.link ? to_text(segment.link->epoch) : "-",
          marks_of(segment),
          segment.damage};
}

Value segment_json(const Examination& found, std::size_t index) {
  const FoundSegment& segment = found.segments[index];
  Value object = Value()
                     .set("segment", segment.id.value())
                     .set("file", wal::segment_name(segment.id))
                     .set("state", state_of(found, index))
                     .set("lsns", to_json(segment_lsns(segment)))
                     .set("records", segment.body.record_count)
                     .set("used_bytes", segment.link ? segment.body.end.offset : std::uint64_t{0})
                     .set("file_bytes", segment.file_bytes);
  object.set("capacity_bytes", segment.header ? Value(segment.header->capacity) : Value());
  object.set("epoch", segment.link ? Value(to_text(segment.link->epoch)) : Value());
  const auto& watermark = segment.marks.watermark;
  object.set("watermark_lsn", watermark ? Value(watermark->durable.value()) : Value());
  object.set("has_footer", segment.marks.footer.has_value());
  object.set("damage", segment.damage);
  return object;
}

struct Quarantined {
  std::string name;  // In the log's directory.
  std::uint64_t bytes = 0;
};

// Copies that opens in mode prefix have made; none where there is no such directory.
std::vector<Quarantined> quarantined(io::FileSystem& files, const std::string& directory) {
  std::vector<Quarantined> copies;
  const auto names = files.list(wal::path_in(directory, wal::kQuarantineName));
  for (const std::string& name : names.value_or(std::vector<std::string>{})) {
    const std::string inside = wal::path_in(wal::kQuarantineName, name);
    const auto info = files.stat(wal::path_in(directory, inside));
    copies.push_back({inside, info ? info->size : 0});
  }
  return copies;
}

wal::LsnRange all_lsns(const Examination& found) {
  return {found.low_water.lsn, found.info.last};
}

void tell_stat(Console& console, const Examination& found, const std::vector<Quarantined>& copies) {
  const wal::RecoveryInfo& info = found.info;
  const std::string uuid = found.log_uuid ? to_text(*found.log_uuid) : "no valid header";
  console.say(fmt::format("log    {}   {}, {}{}", uuid, reports::counted(found.segments.size(), "segment"),
                          reports::counted(info.valid_records, "record"),
                          all_lsns(found).empty() ? "" : ", " + lsns_in_words(all_lsns(found))));
  console.say(fmt::format("tail   {}   durable proven up to LSN {}{}", name_of(info.tail),
                          info.durable_proven.value(),
                          info.bytes_discarded == 0 ? ""
                                                    : fmt::format(", {} of something behind the last record",
                                                                  base::humane_bytes(info.bytes_discarded))));
  for (const wal::LsnRange& range : info.accepted)
    console.say(fmt::format("lost   {}, accepted by an open in mode prefix", lsns_in_words(range)));
  for (const Quarantined& copy : copies)
    console.say(fmt::format("copy   {}, {}", copy.name, base::humane_bytes(copy.bytes)));
  if (info.corruption_detected()) console.say("damage told by wallop wal verify");
  std::vector<std::vector<std::string>> rows{
      {"segment", "state", "LSN", "records", "used", "capacity", "epoch", "marks", ""}};
  for (std::size_t i = 0; i < found.segments.size(); ++i) rows.push_back(cells_of(found, i));
  for (const std::string& line : in_columns(rows, "  ")) console.say(line);
}

Value stat_of(const LogDirectory& log, const Examination& found) {
  const wal::RecoveryInfo& info = found.info;
  Value lost{base::json::Array{}}, accepted{base::json::Array{}};
  for (const wal::LsnRange& range : info.lost) lost.push(to_json(range));
  for (const wal::LsnRange& range : info.accepted) accepted.push(to_json(range));
  return Value()
      .set("directory", log.path)
      .set("in_use", log.in_use)
      .set("log", found.log_uuid ? Value(to_text(*found.log_uuid)) : Value())
      .set("tail", name_of(info.tail))
      .set("records", info.valid_records)
      .set("lsns", to_json(all_lsns(found)))
      .set("low_water_lsn", found.low_water.lsn.value())
      .set("durable_proven", info.durable_proven.value())
      .set("bytes_discarded", info.bytes_discarded)
      .set("lost", std::move(lost))
      .set("lost_has_no_end", info.loss_has_no_end)
      .set("accepted", std::move(accepted))
      .set("damage", info.damage);
}

void tell_stat_in_json(Console& console, const LogDirectory& log, const Examination& found,
                       const std::vector<Quarantined>& copies) {
  Value segments{base::json::Array{}}, quarantine{base::json::Array{}};
  for (std::size_t i = 0; i < found.segments.size(); ++i) {
    const Value segment = segment_json(found, i);
    console.row(as_row("segment", segment));
    segments.push(segment);
  }
  for (const Quarantined& copy : copies)
    quarantine.push(Value().set("name", copy.name).set("bytes", copy.bytes));
  Value summary = stat_of(log, found);
  summary.set("quarantine", std::move(quarantine));
  console.row(as_row("log", summary));
  Value document = Value().set("version", kWalVersion);
  for (const auto& member : *summary.get<base::json::Object>()) document.set(member.key, member.value);
  document.set("segments", std::move(segments));
  console.document(base::json::to_text(document, base::json::Layout::indented));
}

}  // namespace

Exit wal_stat(const LogDirectory& log, Console& console, Session& session) {
  const auto found = examine_log(log, console, session);
  if (!found) return give_up(console, found.error());
  const auto copies = quarantined(session.machine.files, log.path);
  tell_stat(console, *found, copies);
  tell_stat_in_json(console, log, *found, copies);
  return session.interrupted() ? Exit::interrupted : Exit::passed;
}

}  // namespace wallop::cli
