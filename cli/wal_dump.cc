// SPDX-License-Identifier: Apache-2.0
// wallop wal dump: every part of every segment file, a line each, as it stands in the file.
//
//   0000000000000001.wal         0  header     log 31c0...  epoch 1.5e0c1a77  block 4096  capacity 134217728
//   0000000000000001.wal      8192  slot       blank
//   0000000000000001.wal     16384  link       no predecessor  low water 0 LSN 1
//   0000000000000001.wal     16512  frame      LSN 1..2  epoch 1.5e0c1a77  payload 56  durable 0
//   0000000000000001.wal     16576  record     LSN 1  put  key 8  value 5
//
// Nothing is judged: whether a frame is part of the log is verify's question. Memory: a window and a frame.
#include <fmt/format.h>

#include <optional>
#include <variant>

#include "cli/wal_tools.h"
#include "reports/text.h"
#include "wal/parts.h"
#include "wal/segment_name.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using wal::Content;
using wal::FramePart;
using wal::Parts;

std::string_view frame_name(wal::FrameKind kind) {
  switch (kind) {
    case wal::FrameKind::link:
      return "link";
    case wal::FrameKind::control:
      return "control";
    case wal::FrameKind::records:
      break;
  }
  return "frame";
}

std::string_view content_name(Content content) {
  switch (content) {
    case Content::valid:
      return "valid";
    case Content::invalid:
      return "invalid";
    case Content::blank:
      break;
  }
  return "blank";
}

class Dump {
 public:
  Dump(const WalRequest& request, Console& console, Session& session)
      : request_(request), console_(console), session_(session) {}

  io::Status show(const LogFile& file) {
    auto parts = Parts::open(session_.machine, file.path, file.id, uuid_);
    if (!parts) return io::Failure(std::move(parts.error()));
    if (parts->segment().header) uuid_ = parts->segment().header->log_uuid;
    file_ = wal::segment_name(file.id);
    segment_ = file.id;
    is_recycled_ = parts->segment().header && parts->segment().header->recycled == wal::Recycled::yes;
    while (!is_done()) {
      auto part = parts->next();
      if (!part) return io::Failure(std::move(part.error()));
      if (!*part) return {};
      std::visit([this](const auto& each) { show(each); }, **part);
    }
    return {};
  }

  // Nobody reads on, or wants more.
  [[nodiscard]] bool is_done() const {
    return line_count_ >= request_.limit || session_.interrupted() || session_.output.data_error() != 0;
  }
  [[nodiscard]] std::uint64_t line_count() const { return line_count_; }

 private:
  [[nodiscard]] bool shows_lsns() const {
    return request_.lsn_first > 0 || request_.lsn_last < ~std::uint64_t{0};
  }
  [[nodiscard]] bool is_asked_for(wal::Lsn first, wal::Lsn last) const {
    return first.value() <= request_.lsn_last && request_.lsn_first <= last.value();
  }

  void line(std::uint64_t offset, std::string_view part, std::string_view facts, const Value& object) {
    if (is_done()) return;
    ++line_count_;
    console_.say(fmt::format("{}  {:>12}  {:<8}  {}", file_, offset, part, facts));
    Value row =
        Value().set("type", "part").set("segment", segment_.value()).set("offset", offset).set("part", part);
    for (const auto& member : *object.get<base::json::Object>()) row.set(member.key, member.value);
    console_.row(row);
  }

  static Value content_object(Content content) { return Value().set("content", content_name(content)); }

  void show(const wal::HeaderPart& part) {
    if (shows_lsns()) return;
    Value object = content_object(part.content);
    if (part.content != Content::valid)
      return line(part.offset, "header", content_name(part.content), object);
    const wal::SegmentHeader& header = part.header;
    const bool is_full_size = header.full_size == wal::FullSize::yes;
    const bool is_recycled = header.recycled == wal::Recycled::yes;
    object.set("log", to_text(header.log_uuid))
        .set("id", header.id.value())
        .set("prepared_in", to_text(header.prepared_in))
        .set("block_bytes", std::uint64_t{header.block_bytes})
        .set("capacity_bytes", header.capacity)
        .set("full_size", is_full_size)
        .set("recycled", is_recycled)
        .set("created_unix_ms", header.created_unix_ms)
        .set("unsynced_bytes_max", header.unsynced_bytes_max);
    line(
        part.offset, "header",
        fmt::format("log {}  segment {}  prepared in {}  block {}  capacity {}{}{}", to_text(header.log_uuid),
                    header.id.value(), to_text(header.prepared_in), header.block_bytes, header.capacity,
                    is_full_size ? "  full size" : "", is_recycled ? "  recycled" : ""),
        object);
  }

  void show(const wal::SlotPart& part) {
    if (shows_lsns()) return;
    Value object = content_object(part.content);
    if (part.content != Content::valid) return line(part.offset, "slot", content_name(part.content), object);
    const wal::Watermark& mark = part.watermark;
    object.set("durable", mark.durable.value())
        .set("end_offset", mark.end_offset)
        .set("epoch", to_text(mark.epoch));
    line(part.offset, "slot",
         fmt::format("watermark  durable {}  up to offset {}  epoch {}", mark.durable.value(),
                     mark.end_offset, to_text(mark.epoch)),
         object);
  }

  void show(const wal::FooterPart& part) {
    if (shows_lsns()) return;
    Value object = content_object(part.content);
    if (part.content != Content::valid)
      return line(part.offset, "footer", content_name(part.content), object);
    const wal::Footer& footer = part.footer;
    object.set("end_offset", footer.end.offset)
        .set("last_lsn", footer.end.last.value())
        .set("records", footer.record_count)
        .set("next_segment", footer.next.value())
        .set("index_entries", std::uint64_t{footer.index.entries().size()})
        .set("epoch", to_text(footer.epoch));
    line(part.offset, "footer",
         fmt::format("ends at {}  last LSN {}  {}  next segment {}  index of {}", footer.end.offset,
                     footer.end.last.value(), reports::counted(footer.record_count, "record"),
                     footer.next.value(), footer.index.entries().size()),
         object);
  }

  void show(const wal::Remnant& part) {
    if (shows_lsns()) return;
    line(part.begin, "remnant",
         fmt::format("{} bytes, not zero, in which no frame begins{}", part.end - part.begin,
                     is_recycled_ ? "; or what was there before the segment was recycled" : ""),
         Value().set("bytes", part.end - part.begin));
  }

  void show(const FramePart& part) {
    const wal::FrameHeader& header = part.frame.header;
    const bool has_records = header.kind == wal::FrameKind::records;
    if (shows_lsns() && !(has_records && is_asked_for(header.first_lsn, header.last_lsn()))) return;
    Value object = Value().set("whole", part.is_whole).set("epoch", to_text(header.epoch));
    object.set("payload_bytes", std::uint64_t{header.payload_bytes})
        .set("durable", header.durable_lsn.value())
        .set("wall_unix_ms", header.wall_unix_ms);
    std::string facts;
    if (has_records) {
      const wal::LsnRange lsns{header.first_lsn, header.last_lsn()};
      object.set("lsns", to_json(lsns))
          .set("begins_batch", header.begins_batch())
          .set("ends_batch", header.ends_batch());
      facts = lsns_in_words(lsns);
      if (!header.begins_batch() || !header.ends_batch()) facts += "  part of a batch";
    } else if (part.link) {
      facts = link_facts(*part.link, object);
    } else if (part.low_water) {
      facts = low_water_facts(*part.low_water, object);
    }
    line(part.frame.offset, frame_name(header.kind),
         fmt::format("{}  epoch {}  payload {}  durable {}{}", facts, to_text(header.epoch),
                     header.payload_bytes, header.durable_lsn.value(),
                     part.is_whole ? "" : "  DAMAGED: its checksum does not match"),
         object);
    if (has_records) show_records(part);
  }

  static std::string low_water_facts(const wal::LowWater& low_water, Value& object) {
    object.set("low_water",
               Value().set("segment", low_water.segment.value()).set("lsn", low_water.lsn.value()));
    return fmt::format("low water segment {} LSN {}", low_water.segment.value(), low_water.lsn.value());
  }

  static std::string link_facts(const wal::Link& link, Value& object) {
    const wal::Predecessor& before = link.predecessor;
    Value accepted{base::json::Array{}};
    for (const wal::LsnRange& range : link.losses.ranges()) accepted.push(to_json(range));
    object.set("predecessor", before.id.value())
        .set("predecessor_end", before.end.offset)
        .set("predecessor_last_lsn", before.end.last.value())
        .set("predecessor_epoch", to_text(before.epoch))
        .set("accepted", std::move(accepted));
    std::string facts = before.id == wal::SegmentId{}
                            ? "no predecessor"
                            : fmt::format("behind segment {} ({} at {}, epoch {})", before.id.value(),
                                          before.end.last.value(), before.end.offset, to_text(before.epoch));
    facts += "  " + low_water_facts(link.low_water, object);
    for (const wal::LsnRange& range : link.losses.ranges()) facts += "  given up " + lsns_in_words(range);
    return facts;
  }

  void show_records(const FramePart& part) {
    const wal::FrameHeader& header = part.frame.header;
    auto whole = part.records.begin();
    for (wal::Lsn lsn = header.first_lsn; lsn <= header.last_lsn() && !is_done(); lsn = lsn.next()) {
      const bool is_whole = whole != part.records.end() && whole->lsn == lsn;
      if (is_asked_for(lsn, lsn)) {
        if (is_whole)
          show_record(part, *whole);
        else
          line(part.frame.offset, "record", fmt::format("LSN {}  DAMAGED", lsn.value()),
               Value().set("lsn", lsn.value()).set("whole", false));
      }
      if (is_whole) ++whole;
    }
  }

  void show_record(const FramePart& part, const wal::WholeRecord& whole) {
    auto decoded = wal::decode_record(part.payload.subspan(whole.offset), wal::CheckRecordCrc::no);
    if (!decoded) return;  // It was whole a moment ago: these are the same bytes.
    const wal::Record& record = decoded->record;
    Value object = Value().set("lsn", whole.lsn.value()).set("whole", true).set("kind", name_of(record.kind));
    object.set("bytes", std::uint64_t{decoded->bytes})
        .set("key_bytes", std::uint64_t{record.key.size()})
        .set("value_bytes", std::uint64_t{record.value.size()})
        .set("compression", name_of(record.compression));
    std::string facts = fmt::format("LSN {}  {}  key {}  value {}", whole.lsn.value(), name_of(record.kind),
                                    record.key.size(), record.value.size());
    if (record.compression != wal::Compression::none)
      facts += fmt::format("  {}", name_of(record.compression));
    if (request_.record_text == RecordText::keys) {
      set_bytes(object, "key", record.key);
      facts += "  " + in_words(record.key);
    }
    if (request_.record_text == RecordText::hex) {
      object.set("key_hex", hex(record.key)).set("value_hex", hex(record.value));
      facts += fmt::format("  {}  {}", hex(record.key), hex(record.value));
    }
    line(part.frame.payload_offset() + whole.offset, "record", facts, object);
  }

  const WalRequest& request_;
  Console& console_;
  Session& session_;
  std::optional<wal::LogUuid> uuid_;  // Of the last header seen, for files that have none.
  std::string file_;
  wal::SegmentId segment_;
  bool is_recycled_ = false;
  std::uint64_t line_count_ = 0;
};

}  // namespace

Exit wal_dump(const WalRequest& request, const LogDirectory& log, Console& console, Session& session) {
  Dump dump(request, console, session);
  bool is_found = !request.segment.has_value();
  for (const LogFile& file : log.segments) {
    if (request.segment && file.id.value() != *request.segment) continue;
    is_found = true;
    if (auto shown = dump.show(file); !shown) return give_up(console, shown.error());
    if (dump.is_done()) break;
  }
  if (!is_found)
    return give_up(console, io::failure(io::Code::not_found, "dump", log.path,
                                        fmt::format("it has no segment {}: wallop wal stat lists them",
                                                    *request.segment))
                                .error());
  const Exit exit = session.interrupted() ? Exit::interrupted : Exit::passed;
  console.row(Value()
                  .set("type", "end")
                  .set("exit", static_cast<std::int64_t>(exit))
                  .set("parts", dump.line_count())
                  .set("complete", !dump.is_done()));
  return exit;
}

}  // namespace wallop::cli
