// SPDX-License-Identifier: Apache-2.0
// The commands under `wallop wal`, and what their options mean.
#include "cli/wal_command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/units.h"
#include "cli/wal_tools.h"
#include "wal/segment_name.h"

namespace wallop::cli {
namespace {

CLI::App* add_tool(CLI::App& wal, WalArguments& into, const std::string& name, const std::string& about,
                   const std::string& examples) {
  CLI::App* const app = wal.add_subcommand(name, about)->group("Commands");
  app->footer("Examples:\n" + examples);
  const std::string what = name == "compact" ? "The log's directory; nobody may have it open"
                                             : "The log's directory; nothing in it is changed";
  app->add_option("DIR", into.directory, what)->type_name("")->required();
  return app;
}

CLI::App* add_dump(CLI::App& wal, WalArguments& into) {
  CLI::App* const app =
      add_tool(wal, into, "dump", "Every header, slot, frame, record and footer, with its offset",
               "  wallop wal dump log | less\n"
               "  wallop wal dump log --lsn 4700..4720 --keys\n"
               "  wallop wal dump log --segment 2 --format json | jq -c 'select(.part == \"frame\")'");
  app->add_option("--lsn", into.lsns, "Only frames and records with these LSNs: A..B, A.. or ..B")
      ->type_name("A..B");
  app->add_option("--segment", into.segment, "Only this segment: its number, or its file's name")
      ->type_name("ID");
  app->add_flag("--keys", into.keys, "Also the keys, as text");
  app->add_flag("--hex", into.hex, "Also keys and values, as hexadecimal digits");
  app->add_option("--limit", into.limit, "So many lines at most")->type_name("N");
  return app;
}

CLI::App* add_salvage(CLI::App& wal, WalArguments& into) {
  CLI::App* const app =
      add_tool(wal, into, "salvage", "Every record that still validates, and every gap",
               "  wallop wal salvage log --out log.jsonl\n"
               "  wallop wal salvage log --format json | jq -r 'select(.type == \"record\").key'\n"
               "\n"
               "Exits 1 where records are missing.");
  app->add_option("--out", into.out, "Write JSON lines there, and only figures to standard output")
      ->type_name("FILE");
  return app;
}

CLI::App* add_tail(CLI::App& wal, WalArguments& into) {
  CLI::App* const app =
      add_tool(wal, into, "tail", "The records of a log as another process appends them, until Ctrl-C",
               "  wallop wal tail log\n"
               "  wallop wal tail log --from 4711 --format json | jq -r .key\n"
               "\n"
               "Goes on across rotations and opens. A record is shown once it is written, durable or not.");
  app->add_option("--from", into.from,
                  "Begin with this record, or the oldest that is left; else with the next")
      ->type_name("LSN");
  app->add_option("--limit", into.limit, "So many records at most")->type_name("N");
  return app;
}

CLI::App* add_compact(CLI::App& wal, WalArguments& into) {
  CLI::App* const app =
      add_tool(wal, into, "compact", "Rewrite a log in as few segments as it needs, offline",
               "  wallop wal compact log\n"
               "  wallop wal compact log --segment-bytes 64MiB --compression zstd\n"
               "\n"
               "A new log is written beside it, read back, compared, and swapped in; needs room for both.\n"
               "LSNs stay, positions do not. Exits 1 where the log is damaged, and changes nothing then.");
  app->add_option("--segment-bytes", into.segment_bytes, "Size of a segment; else as its last one has")
      ->type_name("BYTES");
  app->add_option("--compression", into.compression,
                  "How values are stored: none, lz4, zstd; else as they are")
      ->type_name("HOW");
  return app;
}

std::optional<wal::Compression> compression_in(std::string_view text) {
  for (const wal::Compression how : {wal::Compression::none, wal::Compression::lz4, wal::Compression::zstd}) {
    if (text == name_of(how)) return how;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  return is_whole ? std::optional(number) : std::nullopt;
}

// "A..B", "A..", "..B", "A".
bool read_lsns(std::string_view text, WalRequest& request) {
  const std::size_t dots = text.find("..");
  const std::string_view first = text.substr(0, dots);
  const std::string_view last = dots == std::string_view::npos ? first : text.substr(dots + 2);
  const auto from = first.empty() ? std::optional(request.lsn_first) : number_in(first);
  const auto to = last.empty() ? std::optional(request.lsn_last) : number_in(last);
  if (!from || !to || *from > *to || (first.empty() && last.empty())) return false;
  request.lsn_first = *from;
  request.lsn_last = *to;
  return true;
}

std::optional<std::uint64_t> segment_in(const std::string& text) {
  if (const auto id = wal::segment_of(text)) return id->value();
  return number_in(text);
}

}  // namespace

std::vector<WalCommand> add_wal_commands(CLI::App& app, WalArguments& into) {
  CLI::App* const wal =
      app.add_subcommand("wal", "Look at a log's files: stat, verify, dump, salvage, tail; compact")
          ->group("Commands");
  wal->footer(
      "Examples:\n"
      "  wallop wal stat log                  what is in it\n"
      "  wallop wal verify log                is it whole? exits 1 where it is not\n"
      "  wallop wal salvage log --out l.jsonl all that can still be read\n"
      "  wallop wal tail log                  what is being appended");
  return {
      {add_tool(*wal, into, "stat", "Segments, records and state of a log",
                "  wallop wal stat log\n  wallop wal stat log --format json | jq .records"),
       WalTool::stat},
      {add_tool(*wal, into, "verify", "Read all of a log: is it whole, and if not, what exactly is lost",
                "  wallop wal verify log && echo sound\n"
                "  wallop wal verify log --format json | jq .holes\n"
                "\n"
                "Exits 0 where it is sound, also with an end that a crash tore; 1 where it is damaged."),
       WalTool::verify},
      {add_dump(*wal, into), WalTool::dump},
      {add_salvage(*wal, into), WalTool::salvage},
      {add_tail(*wal, into), WalTool::tail},
      {add_compact(*wal, into), WalTool::compact},
  };
}

std::expected<WalRequest, UsageError> wal_request(const WalArguments& arguments, WalTool tool) {
  WalRequest request;
  request.tool = tool;
  request.directory = arguments.directory;
  if (!arguments.lsns.empty() && !read_lsns(arguments.lsns, request)) {
    return std::unexpected(UsageError{fmt::format(
        "--lsn: \"{}\" is no range of LSNs\n  say 4700..4720, 4700.. or ..4720", arguments.lsns)});
  }
  if (!arguments.from.empty()) {
    const auto from = number_in(arguments.from);
    if (!from || *from == 0)
      return std::unexpected(
          UsageError{fmt::format("--from: \"{}\" is no LSN\n  the first record is 1", arguments.from)});
    request.lsn_first = *from;
  }
  if (!arguments.segment.empty()) {
    request.segment = segment_in(arguments.segment);
    if (!request.segment)
      return std::unexpected(UsageError{fmt::format(
          "--segment: \"{}\" is no segment\n  say 2, or 0000000000000002.wal", arguments.segment)});
  }
  if (!arguments.limit.empty()) {
    const auto limit = number_in(arguments.limit);
    if (!limit)
      return std::unexpected(
          UsageError{fmt::format("--limit: \"{}\" is no number of lines", arguments.limit)});
    request.limit = *limit;
  }
  if (arguments.keys && arguments.hex)
    return std::unexpected(UsageError{"--keys and --hex contradict each other: --hex shows keys too"});
  if (arguments.keys) request.record_text = RecordText::keys;
  if (arguments.hex) request.record_text = RecordText::hex;
  if (!arguments.out.empty()) request.out = arguments.out;
  if (!arguments.segment_bytes.empty()) {
    const auto bytes = base::parse_bytes(arguments.segment_bytes);
    if (!bytes)
      return std::unexpected(UsageError{
          fmt::format("--segment-bytes: \"{}\" is no size\n  say 64MiB", arguments.segment_bytes)});
    request.segment_bytes = bytes->value;
  }
  if (!arguments.compression.empty()) {
    request.compression = compression_in(arguments.compression);
    if (!request.compression)
      return std::unexpected(UsageError{
          fmt::format("--compression: \"{}\" is unknown\n  say none, lz4 or zstd", arguments.compression)});
  }
  return request;
}

}  // namespace wallop::cli
