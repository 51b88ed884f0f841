// SPDX-License-Identifier: Apache-2.0
// Requests: what was asked for on the command line, as plain data. command_line.cc fills them, commands.h
// takes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/units.h"
#include "wal/compression.h"

namespace wallop::cli {

enum class Format : std::uint8_t {
  pretty,  // For people.
  json,    // One document when all is done.
  jsonl,   // One object a line, as it happens.
};

enum class Detail : std::uint8_t { quiet, normal, verbose };

// How to say it.
struct Presentation {
  Format format = Format::pretty;
  Detail detail = Detail::normal;
};

inline constexpr std::uint64_t kWorkersMax = 256;

struct RunRequest {
  Presentation presentation;
  std::vector<std::string> paths;     // Files or folders, at least one.
  std::optional<std::uint64_t> seed;  // Instead of the scenarios' own.
  std::uint64_t workers = 1;
  std::optional<std::string> out;  // A directory for reports.
  bool strict = false;
  bool double_check = false;
};

struct ExploreRequest {
  Presentation presentation;
  std::vector<std::string> paths;
  std::optional<std::uint64_t> seed;
  std::uint64_t workers = 1;
  std::vector<std::string> models;       // Instead of the scenarios' own; each is one that there is.
  std::optional<base::Duration> budget;  // Of wall time, for all scenarios together.
  std::optional<std::string> out;
  bool strict = false;
  bool double_check = false;
};

struct ReplayRequest {
  Presentation presentation;
  std::string file;
};

struct CheckRequest {
  Presentation presentation;
  std::string directory;
  std::string profile = "default";
  std::vector<std::string> only;  // Ids of checks; all without any.
  std::optional<std::string> out;
  bool strict = false;
};

struct CalibrateRequest {
  Presentation presentation;
  std::string directory;
  std::string file;                                  // Of the disk; replaced where it is there.
  base::Duration budget = std::chrono::seconds(60);  // About how long the device is measured.
  bool strict = false;
};

struct SelftestRequest {
  Presentation presentation;
  std::optional<std::uint64_t> seed;
  base::Duration budget = std::chrono::seconds(40);  // Of wall time, for all proofs together.
  std::string directory = ".";                       // Where the kernel's file systems are tried.
};

struct ValidateRequest {
  Presentation presentation;
  std::vector<std::string> paths;
};

struct SchemaRequest {
  std::string of;
};

struct ExplainRequest {
  Presentation presentation;
  std::vector<std::string> ids;  // Without any: all there are.
  bool markdown = false;
};

struct ImagesRequest {
  Presentation presentation;
  std::string trace;                 // A file; "-" is standard input.
  std::string model;                 // A shipped one's name, or a file.
  std::optional<std::uint64_t> cut;  // Power fails after so many operations; without it after any number.
  std::vector<std::string> fates{"kept", "lost"};
  std::uint64_t limit = 10'000;
};

struct NewRequest {
  std::string name;
};

struct ReportRequest {
  Presentation presentation;
  std::string file;
  std::string out;
};

enum class WalTool : std::uint8_t { stat, verify, dump, salvage, tail, compact };

// How much of a record a dump shows.
enum class RecordText : std::uint8_t { sizes, keys, hex };

struct WalRequest {
  Presentation presentation;
  WalTool tool = WalTool::stat;
  std::string directory;

  // Of dump: what to show. Of tail: lsn_first, 0 for the records to come, and limit, in records.
  std::uint64_t lsn_first = 0, lsn_last = ~std::uint64_t{0};
  std::optional<std::uint64_t> segment;
  RecordText record_text = RecordText::sizes;
  std::uint64_t limit = ~std::uint64_t{0};  // Lines.

  std::optional<std::string> out;  // Of salvage: a file for its JSON lines.

  // Of compact: absent is as it was.
  std::optional<std::uint64_t> segment_bytes;
  std::optional<wal::Compression> compression;
};

enum class BenchWhat : std::uint8_t { log, sim, all };

struct BenchRequest {
  Presentation presentation;
  BenchWhat what = BenchWhat::log;
  bool beside_peers = false;
  std::uint64_t round_count = 10;
  std::vector<std::string> only;     // Beginnings of rows' names; all without any.
  std::string directory = ".";       // Where a scratch directory is made.
  std::optional<std::string> write;  // A Markdown file for the tables.
};

struct FiuRequest {
  Presentation presentation;
  std::string plan;                   // A file of faults, or a scenario.
  std::optional<std::uint64_t> seed;  // Of "chance", instead of the scenario's own.
  bool exec = false;
  std::vector<std::string> command;  // Of exec; COMMAND and its arguments.
};

// Help or version: text for standard output.
struct TextRequest {
  std::string text;
};

using Request =
    std::variant<RunRequest, ExploreRequest, ReplayRequest, CheckRequest, CalibrateRequest, ValidateRequest,
                 SchemaRequest, ExplainRequest, NewRequest, ReportRequest, SelftestRequest, ImagesRequest,
                 WalRequest, BenchRequest, FiuRequest, TextRequest>;

}  // namespace wallop::cli
