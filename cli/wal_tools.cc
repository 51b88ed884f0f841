// SPDX-License-Identifier: Apache-2.0
// Which directory is a log, who has it open, and what to say when it cannot be read.
#include "cli/wal_tools.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "cli/commands.h"
#include "cli/json_lines.h"
#include "cli/log_lock.h"
#include "reports/text.h"
#include "wal/segment_name.h"

namespace wallop::cli {

using base::json::Value;

io::Result<LogDirectory> find_log(io::World& world, const std::string& path) {
  auto names = world.files.list(path);
  if (!names) return io::Failure(std::move(names.error()));
  LogDirectory log{path, {}, is_lock_held(wal::path_in(path, wal::kLockName))};
  for (const std::string& name : *names) {  // Sorted by byte, which for these names is by id.
    if (const auto id = wal::segment_of(name)) log.segments.push_back({*id, wal::path_in(path, name)});
  }
  if (!log.segments.empty()) return log;
  return io::failure(io::Code::invalid, "read log", path,
                     "no file there is named as a segment is, like 0000000000000001.wal: this is no log");
}

io::Result<wal::Examination> examine_log(const LogDirectory& log, Console& console, Session& session) {
  const auto progress = [&](const wal::RecoveryProgress& at) {
    console.progress(fmt::format("{}  {} of {}", log.path, base::humane_bytes(at.bytes_done),
                                 base::humane_bytes(at.bytes_total)));
  };
  auto found = wal::examine_stored(session.machine, log.path, {.threads = 1, .progress = progress});
  console.clear_progress();
  return found;
}

void warn_if_in_use(Console& console, const LogDirectory& log) {
  if (!log.in_use) return;
  console.complain(fmt::format(
      "wallop wal: {} is open in another process (its LOCK is held): what is read may be mid-write",
      log.path));
}

Exit give_up(Console& console, const io::Error& error) {
  const bool is_disk = error.code == io::Code::io_error;
  console.complain("wallop wal: " + io::describe(error) +
                   (is_disk ? "\n  copy the disk first, with a tool that fills in zeros (ddrescue)" : ""));
  return is_disk ? Exit::harness : Exit::usage;
}

std::string lsns_in_words(const wal::LsnRange& lsns) {
  if (lsns.empty()) return "no LSN";
  if (lsns.first == lsns.last) return fmt::format("LSN {}", lsns.first.value());
  return fmt::format("LSN {}..{}", lsns.first.value(), lsns.last.value());
}

Value to_json(const wal::LsnRange& lsns) {
  if (lsns.empty()) return {};
  return Value().set("first", lsns.first.value()).set("last", lsns.last.value());
}

std::string hex(io::Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4];
    text += kDigits[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

std::string to_text(const wal::LogUuid& uuid) {
  return hex(uuid);
}

std::string to_text(const wal::Epoch& epoch) {
  return fmt::format("{}.{:08x}", epoch.counter, epoch.nonce);
}

std::string in_words(io::Bytes bytes) {
  constexpr std::size_t kLettersMax = 60;
  const std::string_view text = wal::text_of(bytes.first(std::min(bytes.size(), 2 * kLettersMax)));
  if (reports::printable(wal::text_of(bytes)) == wal::text_of(bytes))
    return fmt::format("\"{}\"", reports::clipped(text, kLettersMax));
  return reports::clipped(hex(wal::bytes_of(text)), kLettersMax);
}

void set_bytes(Value& object, const std::string& name, io::Bytes bytes) {
  if (reports::is_utf8(wal::text_of(bytes))) {
    object.set(name, wal::text_of(bytes));
  } else {
    object.set(name + "_hex", hex(bytes));
  }
}

Value as_row(std::string_view type, const Value& object) {
  Value row = Value().set("type", type);
  for (const auto& member : *object.get<base::json::Object>()) row.set(member.key, member.value);
  return row;
}

std::string_view name_of(wal::TailState tail) {
  switch (tail) {
    case wal::TailState::clean:
      return "clean";
    case wal::TailState::recycled:
      return "recycled";
    case wal::TailState::torn:
      return "torn";
    case wal::TailState::corrupt:
      break;
  }
  return "corrupt";
}

std::string_view name_of(wal::RecordKind kind) {
  return kind == wal::RecordKind::erase ? "erase" : "put";
}

std::string_view name_of(wal::Compression compression) {
  switch (compression) {
    case wal::Compression::lz4:
      return "lz4";
    case wal::Compression::zstd:
      return "zstd";
    case wal::Compression::none:
      break;
  }
  return "none";
}

Exit wal_tool(const WalRequest& request, Session& session) {
  Presentation presentation = request.presentation;
  // A dump, what is salvaged and what is followed have no end that memory knows: their JSON is an object a
  // line.
  const bool is_long =
      request.tool == WalTool::dump || request.tool == WalTool::salvage || request.tool == WalTool::tail;
  if (is_long && presentation.format == Format::json) presentation.format = Format::jsonl;
  Console console(session.output, session.machine.clock, presentation);
  if (request.tool == WalTool::compact) {  // It may find the directory gone, and bring it back.
    console.row(start_row(session.command));
    return wal_compact(request, console, session);
  }
  const auto log = find_log(session.machine, request.directory);
  if (!log) return give_up(console, log.error());
  console.row(start_row(session.command));
  if (request.tool != WalTool::tail) warn_if_in_use(console, *log);
  switch (request.tool) {
    case WalTool::stat:
      return wal_stat(*log, console, session);
    case WalTool::verify:
      return wal_verify(*log, console, session);
    case WalTool::dump:
      return wal_dump(request, *log, console, session);
    case WalTool::salvage:
      return wal_salvage(request, *log, console, session);
    case WalTool::tail:
      return wal_tail(request, console, session);
    case WalTool::compact:
      break;
  }
  return Exit::usage;
}

}  // namespace wallop::cli
