// SPDX-License-Identifier: Apache-2.0
// A terminal, and a log in the directory "log" beside it that the tests of `wallop wal` look at.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/fixture.h"
#include "wal/segment_name.h"
#include "wal/wal.h"

namespace wallop::cli::testing {

class LogTerminal {
 public:
  static constexpr std::uint64_t kBlock = 4096;

  LogTerminal() {
    options.directory = "log";
    options.segment_bytes = wal::kBlocksPerSegmentMin * kBlock;
    options.sync = wal::Always{};
    options.spare_segments = 0;
  }

  // Opens the log, appends records, and closes it. Record n has key "key n" and value "value n".
  void write_log(std::uint64_t count) {
    wal::Wal log = open_log();
    append(log, count);
    REQUIRE(log.close().has_value());
  }
  wal::Wal open_log() {
    auto opened = wal::Wal::open(terminal.machine(), options);
    REQUIRE(opened.has_value());
    return std::move(opened->wal);
  }
  void append(wal::Wal& log, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(++written_);
      const auto placed = log.append(wal::Record::put("key " + number, "value " + number));
      REQUIRE(placed.has_value());
      positions.push_back(placed->position);
    }
  }

  // `wallop wal` and so on; fails where it does not end so.
  std::string wal(Exit exit, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "wal");
    const Exit ended = terminal.type(arguments);
    INFO(terminal.messages());
    REQUIRE(ended == exit);
    return terminal.data();
  }
  base::json::Value json(Exit exit, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    const auto document = base::json::parse(wal(exit, std::move(arguments)));
    REQUIRE(document.has_value());
    return *document;
  }
  std::vector<base::json::Value> rows(Exit exit, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    return rows_of(wal(exit, std::move(arguments)));
  }
  static std::vector<base::json::Value> rows_of(const std::string& text) {
    std::vector<base::json::Value> rows;
    for (const std::string& line : lines_of(text)) {
      const auto row = base::json::parse(line);
      REQUIRE(row.has_value());
      rows.push_back(*row);
    }
    return rows;
  }
  static std::uint64_t number(const base::json::Value& object, std::string_view key) {
    REQUIRE(object.find(key) != nullptr);
    return *object.find(key)->get<std::uint64_t>();
  }
  static std::string text(const base::json::Value& object, std::string_view key) {
    REQUIRE(object.find(key) != nullptr);
    return *object.find(key)->get<std::string>();
  }

  // Every file of the log's directory, byte for byte.
  std::map<std::string, std::string> everything() {
    std::map<std::string, std::string> files;
    const auto names = terminal.machine().files.list("log");
    REQUIRE(names.has_value());
    for (const std::string& name : *names) files[name] = terminal.read("log/" + name);
    return files;
  }
  void flip(wal::Position at, unsigned bit = 0) {
    auto file = terminal.machine().files.open(wal::segment_path("log", at.segment), {});
    REQUIRE(file.has_value());
    std::byte byte{};
    REQUIRE((*file)->read_at(at.offset, std::span(&byte, 1)) == 1U);
    byte ^= static_cast<std::byte>(1U << bit);
    REQUIRE((*file)->write_at(at.offset, io::Bytes(&byte, 1)).has_value());
  }

  Terminal terminal;
  wal::Options options;
  std::vector<wal::Position> positions;  // Of the records, by LSN from 1 on.

 private:
  std::uint64_t written_ = 0;
};

}  // namespace wallop::cli::testing
