// SPDX-License-Identifier: Apache-2.0
// wallop wal compact: the log's records in as few segments as they need. The one tool that changes a log.
//
//   COMPACTED   log   9,214 records, LSN 787..10000   14 segments, 1.88 GB -> 2 segments, 268 MB
#include <fmt/format.h>

#include "base/units.h"
#include "cli/command_line.h"
#include "cli/wal_tools.h"
#include "reports/text.h"
#include "wal/compact.h"

namespace wallop::cli {
namespace {

using base::json::Value;

std::string size_in_words(const wal::LogSize& size) {
  return fmt::format("{}, {}", reports::counted(size.segment_count, "segment"),
                     base::humane_bytes(size.file_bytes));
}

Value size_json(const wal::LogSize& size) {
  return Value().set("segments", size.segment_count).set("file_bytes", size.file_bytes);
}

void tell(Console& console, const std::string& directory, const wal::Compacted& done) {
  const wal::LsnRange& lsns = done.lsns;
  console.say(fmt::format("{}   {}   {}{}   {} -> {}", console.painted("COMPACTED", Paint::good), directory,
                          reports::counted(done.info.valid_records, "record"),
                          lsns.empty() ? "" : ", " + lsns_in_words(lsns), size_in_words(done.before),
                          size_in_words(done.after)));
  if (done.info.bytes_discarded != 0)
    console.say(fmt::format("dropped   {} behind the last record: no record",
                            reports::counted(done.info.bytes_discarded, "byte")));
}

}  // namespace

Exit wal_compact(const WalRequest& request, Console& console, Session& session) {
  const auto done = wal::compact(session.machine, {.directory = request.directory,
                                                   .segment_bytes = request.segment_bytes,
                                                   .compression = request.compression});
  if (!done) {
    const Exit exit = give_up(console, done.error());
    if (done.error().code == io::Code::locked) console.complain("  a process has the log open: end it first");
    if (done.error().code != io::Code::corrupt) return exit;
    console.complain(fmt::format("  wallop wal verify {} says what is gone", quoted(request.directory)));
    return Exit::failed;
  }
  tell(console, request.directory, *done);
  const Value object = Value()
                           .set("directory", request.directory)
                           .set("records", done->info.valid_records)
                           .set("lsns", to_json(done->lsns))
                           .set("bytes_discarded", done->info.bytes_discarded)
                           .set("before", size_json(done->before))
                           .set("after", size_json(done->after));
  console.row(as_row("compacted", object));
  Value document = Value().set("version", kWalVersion);
  for (const auto& member : *object.get<base::json::Object>()) document.set(member.key, member.value);
  console.document(base::json::to_text(document, base::json::Layout::indented));
  return Exit::passed;
}

}  // namespace wallop::cli
