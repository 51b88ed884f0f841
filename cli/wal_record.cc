// SPDX-License-Identifier: Apache-2.0
// Keys and values are text where they can be shown as text, else hexadecimal digits.
#include "cli/wal_record.h"

#include <fmt/format.h>

#include "cli/wal_tools.h"

namespace wallop::cli {
namespace {

std::string_view name_of_standing(wal::Standing standing) {
  return standing == wal::Standing::live ? "live" : "dead";
}

}  // namespace

std::string record_line(const wal::RecordView& view) {
  const wal::Record& record = view.record;
  const bool is_put = record.kind == wal::RecordKind::put;
  return fmt::format("LSN {}   {}   {:<5}   {}{}", view.lsn.value(), name_of_standing(view.standing),
                     name_of(record.kind), in_words(record.key),
                     is_put ? " = " + in_words(record.value) : "");
}

base::json::Value record_row(const wal::RecordView& view) {
  const wal::Record& record = view.record;
  base::json::Value row = base::json::Value()
                              .set("type", "record")
                              .set("lsn", view.lsn.value())
                              .set("segment", view.position.segment.value())
                              .set("offset", view.position.offset)
                              .set("standing", name_of_standing(view.standing))
                              .set("kind", name_of(record.kind));
  set_bytes(row, "key", record.key);
  if (record.kind == wal::RecordKind::put) set_bytes(row, "value", record.value);
  if (record.compression != wal::Compression::none) row.set("compression", name_of(record.compression));
  if (record.expires_at)
    row.set(
        "expires_unix_ms",
        std::chrono::duration_cast<std::chrono::milliseconds>(record.expires_at->time_since_epoch()).count());
  if (record.version) row.set("term", record.version->term).set("index", record.version->index);
  return row;
}

}  // namespace wallop::cli
