// SPDX-License-Identifier: Apache-2.0
// wallop wal salvage: every record that still validates, whatever became of the log, and every gap.
//
//   gap    LSN 4711   0000000000000001.wal, offset 612352: the frame's payload does not match its checksum
//   LSN 4710   live   put     "key" = "value"
//   LSN 4712   dead   put     "key" = "value"
//
// Gaps come first: they are known before the first record is read. Dead records lie behind a damage or were
// dropped by a recovery; the latter may repeat LSNs of live ones with other content.
#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

#include "cli/json_lines.h"
#include "cli/line_file.h"
#include "cli/wal_record.h"
#include "cli/wal_tools.h"
#include "reports/text.h"
#include "wal/holes.h"
#include "wal/salvage.h"
#include "wal/segment_name.h"

namespace wallop::cli {
namespace {

using base::json::Value;

struct Count {
  std::uint64_t live = 0, dead = 0, gaps = 0, missing = 0;
};

// Where the rows go: to a file, or as lines and rows to standard output.
class Sink {
 public:
  Sink(Console& console, std::optional<LineFile> file) : console_(console), file_(std::move(file)) {}

  io::Status put(std::string_view line, const Value& row) {
    if (file_) return file_->write(base::json::to_text(row, base::json::Layout::compact));
    console_.say(line);
    console_.row(row);
    return {};
  }
  io::Status finish() { return file_ ? file_->finish() : io::Status(); }

 private:
  Console& console_;
  std::optional<LineFile> file_;
};

// ---- What is written ----

Value gap_row(const wal::LsnRange& lsns, bool accepted) {
  return Value()
      .set("type", "gap")
      .set("first", lsns.first.value())
      .set("last", lsns.last.value())
      .set("accepted", accepted);
}

io::Status put_gap(Sink& sink, const wal::Hole& hole) {
  Value row = gap_row(hole.lsns, false);
  row.set("has_no_end", hole.has_no_end)
      .set("segment", hole.segment.value())
      .set("offset", hole.offset)
      .set("why", hole.why);
  return sink.put(fmt::format("gap    {}   {}, offset {}: {}", lsns_in_words(hole.lsns),
                              wal::segment_name(hole.segment), hole.offset, hole.why),
                  row);
}

io::Status put_accepted(Sink& sink, const wal::LsnRange& lsns) {
  return sink.put(fmt::format("gap    {}   given up by an open in mode prefix", lsns_in_words(lsns)),
                  gap_row(lsns, true));
}

io::Status put_record(Sink& sink, const wal::RecordView& view) {
  return sink.put(record_line(view), record_row(view));
}

// ---- What is read ----

io::Status put_gaps(Sink& sink, io::World& world, const wal::Examination& found, Count& count) {
  for (const wal::LsnRange& range : found.info.accepted) {
    if (auto put = put_accepted(sink, range); !put) return put;
  }
  if (!found.info.corruption_detected()) return {};
  const auto holes = wal::find_holes(world, found);
  if (!holes) return io::Failure(holes.error());
  for (const wal::Hole& hole : holes->holes) {
    ++count.gaps;
    count.missing += hole.lsns.count();
    if (auto put = put_gap(sink, hole); !put) return put;
  }
  return {};
}

io::Status put_records(Sink& sink, wal::Salvage& salvage, Session& session, Count& count) {
  while (!session.interrupted() && session.output.data_error() == 0) {
    auto next = salvage.next();
    if (!next) return io::Failure(std::move(next.error()));
    if (!*next) return {};
    const auto* view = std::get_if<wal::RecordView>(&**next);
    if (view == nullptr) continue;  // Gaps have been told, with their places.
    ++(view->standing == wal::Standing::live ? count.live : count.dead);
    if (auto put = put_record(sink, *view); !put) return put;
  }
  return {};
}

// Inside the log's directory nothing is written.
bool is_inside(const std::string& path, const std::string& directory) {
  std::error_code ignored;
  const auto outer = std::filesystem::weakly_canonical(directory, ignored);
  const auto inner = std::filesystem::weakly_canonical(path, ignored).parent_path();
  const auto [in_outer, in_inner] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return in_outer == outer.end();
}

io::Result<Sink> open_sink(const WalRequest& request, Console& console, Session& session) {
  if (!request.out) return Sink(console, std::nullopt);
  if (is_inside(*request.out, request.directory))
    return io::failure(io::Code::invalid, "write", *request.out,
                       "it lies in the log's directory, where nothing is changed: choose another place");
  auto file = LineFile::create(session.machine.files, *request.out);
  if (!file) return io::Failure(std::move(file.error()));
  Sink sink(console, std::move(*file));
  if (auto begun = sink.put("", start_row(session.command)); !begun)
    return io::Failure(std::move(begun.error()));
  return sink;
}

Value end_row(const Count& count, Exit exit) {
  return Value()
      .set("type", "end")
      .set("exit", static_cast<std::int64_t>(exit))
      .set("live", count.live)
      .set("dead", count.dead)
      .set("gaps", count.gaps)
      .set("missing", count.missing)
      .set("complete", exit != Exit::interrupted);
}

void tell_figures(Console& console, const WalRequest& request, const Count& count, Exit exit) {
  console.say(fmt::format("{} live, {} dead; {} in {} missing{}{}", reports::counted(count.live, "record"),
                          base::with_commas(count.dead), reports::counted(count.missing, "record"),
                          reports::counted(count.gaps, "gap"),
                          exit == Exit::interrupted ? "; interrupted: there is more" : "",
                          request.out ? "   " + *request.out : ""));
}

}  // namespace

Exit wal_salvage(const WalRequest& request, const LogDirectory& log, Console& console, Session& session) {
  auto found = examine_log(log, console, session);
  if (!found) return give_up(console, found.error());
  auto sink = open_sink(request, console, session);
  if (!sink) return give_up(console, sink.error());
  Count count;
  auto done = put_gaps(*sink, session.machine, *found, count);
  const bool is_damaged = found->info.corruption_detected();
  wal::Salvage salvage(session.machine, std::move(*found));
  if (done) done = put_records(*sink, salvage, session, count);
  if (!done) return give_up(console, done.error());
  const Exit exit = session.interrupted() ? Exit::interrupted : is_damaged ? Exit::failed : Exit::passed;
  const Value end = end_row(count, exit);
  if (request.out) {
    done = sink->put("", end);
    if (done) done = sink->finish();
    if (!done) return give_up(console, done.error());
  }
  console.row(end);
  tell_figures(console, request, count, exit);
  return exit;
}

}  // namespace wallop::cli
