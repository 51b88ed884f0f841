// SPDX-License-Identifier: Apache-2.0
// wallop wal as a user types it. Whether verify tells every damage exactly is in wal_flips_test.cc.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "cli/log_lock.h"
#include "cli/wal_fixture.h"

namespace wallop::cli {
namespace {

using base::json::Array;
using base::json::Value;
using testing::contains;
using testing::lines_of;
using testing::LogTerminal;

std::uint64_t rows_with(const std::vector<Value>& rows, std::string_view key, std::string_view value) {
  std::uint64_t count = 0;
  for (const Value& row : rows) {
    const Value* const found = row.find(key);
    if (found != nullptr && found->get<std::string>() != nullptr && *found->get<std::string>() == value)
      ++count;
  }
  return count;
}

// ---- stat ----

TEST_CASE_METHOD(LogTerminal, "stat counts segments and records, and tells the state of each file") {
  options.spare_segments = 1;
  write_log(30);
  const Value stat = json(Exit::passed, {"stat", "log"});
  REQUIRE(number(stat, "version") == 1);
  REQUIRE(number(stat, "records") == 30);
  REQUIRE(text(stat, "tail") == "clean");
  REQUIRE(number(stat, "durable_proven") == 30);
  const Array& segments = *stat.find("segments")->get<Array>();
  REQUIRE(segments.size() > 3);
  REQUIRE(text(segments.front(), "state") == "live");
  REQUIRE(number(*segments.front().find("lsns"), "first") == 1);
  REQUIRE(text(segments.back(), "state") == "spare");
  REQUIRE(contains(wal(Exit::passed, {"stat", "log"}), "30 records, LSN 1..30"));
}

TEST_CASE_METHOD(LogTerminal, "stat names the copies in quarantine and what was given up") {
  write_log(10);
  flip(positions[4]);
  options.recovery = wal::RecoveryMode::prefix;
  write_log(1);
  const Value stat = json(Exit::passed, {"stat", "log"});
  const Array& copies = *stat.find("quarantine")->get<Array>();
  REQUIRE_FALSE(copies.empty());
  REQUIRE(text(copies.front(), "name").starts_with("quarantine/0000000000000001.wal."));
  REQUIRE(number(stat.find("accepted")->get<Array>()->front(), "first") == 5);
}

// ---- verify ----

TEST_CASE_METHOD(LogTerminal, "a log that was closed is sound") {
  write_log(10);
  REQUIRE(wal(Exit::passed, {"verify", "log"}) ==
          "SOUND   log   10 records, LSN 1..10, durable proven up to LSN 10\n");
  const Value verified = json(Exit::passed, {"verify", "log"});
  REQUIRE(text(verified, "verdict") == "sound");
  REQUIRE(number(verified, "hole_count") == 0);
}

TEST_CASE_METHOD(LogTerminal, "verify says what is lost, where and why, and what to do") {
  write_log(10);
  flip(positions[4]);
  const std::string told = wal(Exit::failed, {"verify", "log"});
  REQUIRE(contains(told, "DAMAGED   log   LSN 5 was acknowledged and is gone\n"));
  REQUIRE(contains(told, "LSN 5   0000000000000001.wal, offset " + std::to_string(positions[4].offset - 64) +
                             ": the frame's payload does not match its checksum\n"));
  REQUIRE(contains(told, "out of reach   5 records of LSN 6..10 are whole"));
  REQUIRE(contains(told, "wallop wal salvage log --out"));
}

TEST_CASE_METHOD(LogTerminal, "an end that a crash tore is told, and is no damage") {
  options.evidence = wal::EvidenceLevel::lagged;
  {
    wal::Wal log = open_log();
    append(log, 3);
  }
  flip(positions[2]);
  REQUIRE(contains(wal(Exit::passed, {"verify", "log"}), "torn end"));
  REQUIRE(text(json(Exit::passed, {"verify", "log"}), "tail") == "torn");
}

TEST_CASE_METHOD(LogTerminal, "a file that is gone, cut short or of another log is damage") {
  write_log(30);
  SECTION("gone") {
    REQUIRE(terminal.machine().files.remove("log/0000000000000002.wal").has_value());
    REQUIRE(contains(wal(Exit::failed, {"verify", "log"}),
                     "0000000000000002.wal, offset 0: there is no such file"));
  }
  SECTION("cut short") {
    auto file = terminal.machine().files.open("log/0000000000000001.wal", {});
    REQUIRE((*file)->truncate(6 * kBlock).has_value());
    REQUIRE(contains(wal(Exit::failed, {"verify", "log"}), "LSN 2"));
  }
  SECTION("empty") {
    auto file = terminal.machine().files.open("log/0000000000000001.wal", {});
    REQUIRE((*file)->truncate(0).has_value());
    REQUIRE(contains(wal(Exit::failed, {"verify", "log"}), "LSN 1"));
  }
  SECTION("of another log") {
    LogTerminal other;
    other.write_log(30);
    terminal.write("log/0000000000000002.wal", other.terminal.read("log/0000000000000002.wal"));
    REQUIRE(contains(wal(Exit::failed, {"verify", "log"}), "it is of another log"));
  }
}

TEST_CASE_METHOD(LogTerminal, "a damaged header copy is a warning: the other one serves") {
  write_log(3);
  flip({wal::SegmentId(1), 16});
  REQUIRE(contains(wal(Exit::passed, {"verify", "log"}),
                   "warning   0000000000000001.wal: one of its two headers"));
}

// ---- dump ----

TEST_CASE_METHOD(LogTerminal, "a dump has a line for every header, slot, frame, record and footer") {
  write_log(3);
  const auto rows = this->rows(Exit::passed, {"dump", "log", "--segment", "1"});
  REQUIRE(text(rows.front(), "type") == "start");
  REQUIRE(rows_with(rows, "part", "header") == 2);
  REQUIRE(rows_with(rows, "part", "slot") == 2);
  REQUIRE(rows_with(rows, "part", "link") == 1);
  REQUIRE(rows_with(rows, "part", "frame") == 3);
  REQUIRE(rows_with(rows, "part", "record") == 3);
  REQUIRE(rows_with(rows, "part", "footer") == 1);
  REQUIRE(number(rows.back(), "parts") == 12);
  const std::string lines = wal(Exit::passed, {"dump", "log", "--segment", "1"});
  REQUIRE(lines_of(lines).size() == 12);
  REQUIRE(contains(lines, std::to_string(positions[1].offset) + "  record    LSN 2  put  key 5  value 7\n"));
}

TEST_CASE_METHOD(LogTerminal, "a dump can be narrowed to LSNs, a segment and a number of lines") {
  write_log(30);
  const std::string some = wal(Exit::passed, {"dump", "log", "--lsn", "4..5", "--keys"});
  REQUIRE(lines_of(some).size() == 4);
  REQUIRE(contains(some, "key 5"));
  REQUIRE(lines_of(wal(Exit::passed, {"dump", "log", "--limit", "7"})).size() == 7);
  const std::string second = wal(Exit::passed, {"dump", "log", "--segment", "0000000000000002.wal", "--hex"});
  REQUIRE_FALSE(contains(second, "0000000000000001.wal"));
  REQUIRE(contains(second, "76616c756520"));  // "value ".
  wal(Exit::usage, {"dump", "log", "--segment", "77"});
  REQUIRE(contains(terminal.messages(), "it has no segment 77"));
}

TEST_CASE_METHOD(LogTerminal, "what is damaged is shown as such, and the dump goes on behind it") {
  write_log(5);
  flip(positions[1]);
  flip({positions[3].segment, positions[3].offset - 60});
  const std::string lines = wal(Exit::passed, {"dump", "log", "--segment", "1"});
  REQUIRE(contains(lines, "LSN 2  DAMAGED"));
  REQUIRE(contains(lines, "remnant"));
  REQUIRE(contains(lines, "LSN 5  put"));
}

TEST_CASE_METHOD(LogTerminal, "a dump ends where nobody reads on") {
  write_log(30);
  terminal.output.error = EPIPE;
  REQUIRE(lines_of(wal(Exit::passed, {"dump", "log"})).empty());
  terminal.output.error = 0;
  terminal.interrupted = [] { return true; };
  wal(Exit::interrupted, {"dump", "log"});
}

// ---- salvage ----

TEST_CASE_METHOD(LogTerminal, "salvage yields every record and every gap, with its place") {
  write_log(10);
  flip(positions[4]);
  const auto rows = this->rows(Exit::failed, {"salvage", "log"});
  REQUIRE(rows_with(rows, "type", "record") == 9);
  REQUIRE(rows_with(rows, "standing", "dead") == 5);
  REQUIRE(rows_with(rows, "type", "gap") == 1);
  REQUIRE(number(rows[1], "first") == 5);
  REQUIRE(number(rows[1], "offset") == positions[4].offset - 64);
  REQUIRE(text(rows[2], "key") == "key 1");
  REQUIRE(number(rows.back(), "missing") == 1);
}

TEST_CASE_METHOD(LogTerminal, "keys and values that are not UTF-8 are hexadecimal digits") {
  {
    wal::Wal log = open_log();
    REQUIRE(log.append(wal::Record::put(std::string_view("\xff\0", 2), "gr\xc3\xbc\xc3\x9f \"you\"\n"))
                .has_value());
    REQUIRE(log.append(wal::Record::erase("gone").with_version({7, 8})).has_value());
    REQUIRE(log.close().has_value());
  }
  const auto rows = this->rows(Exit::passed, {"salvage", "log"});
  REQUIRE(text(rows[1], "key_hex") == "ff00");
  REQUIRE(rows[1].find("key") == nullptr);
  REQUIRE(text(rows[1], "value") == "gr\xc3\xbc\xc3\x9f \"you\"\n");
  REQUIRE(text(rows[2], "kind") == "erase");
  REQUIRE(number(rows[2], "term") == 7);
  REQUIRE(rows[2].find("value") == nullptr);
}

TEST_CASE_METHOD(LogTerminal, "salvage writes to a file, but to none in the log's directory") {
  write_log(4);
  const std::string directory = terminal.path("log"), out = terminal.path("out.jsonl");
  REQUIRE(contains(wal(Exit::passed, {"salvage", directory, "--out", out}), "4 records live"));
  const auto rows = rows_of(terminal.read("out.jsonl"));
  REQUIRE(rows.size() == 6);
  REQUIRE(text(rows.back(), "type") == "end");
  const auto before = everything();
  wal(Exit::usage, {"salvage", directory, "--out", directory + "/out.jsonl"});
  REQUIRE(contains(terminal.messages(), "choose another place"));
  REQUIRE(everything() == before);
}

// ---- all of them ----

TEST_CASE_METHOD(LogTerminal, "what is no log is refused with what was looked for") {
  terminal.write("file", "text");
  terminal.write("foreign/notes.txt", "text");
  REQUIRE(terminal.machine().files.make_directory("empty").has_value());
  for (const std::string tool : {"stat", "verify", "dump", "salvage"}) {
    INFO(tool);
    wal(Exit::usage, {tool, "nowhere"});
    REQUIRE(contains(terminal.messages(), "nowhere: No such file or directory"));
    wal(Exit::usage, {tool, "file"});
    REQUIRE(contains(terminal.messages(), "Not a directory"));
    for (const std::string directory : {"empty", "foreign"}) {
      wal(Exit::usage, {tool, directory});
      REQUIRE(contains(terminal.messages(), "no file there is named as a segment is"));
      REQUIRE(terminal.data().empty());
    }
  }
}

TEST_CASE_METHOD(LogTerminal, "files with other names in a log's directory change nothing") {
  write_log(3);
  const std::string before = wal(Exit::passed, {"verify", "log"});
  terminal.write("log/notes.txt", "text");
  terminal.write("log/00000001.wal", "text");
  REQUIRE(wal(Exit::passed, {"verify", "log"}) == before);
}

TEST_CASE_METHOD(LogTerminal, "a directory that may only be read is enough, and nothing in it changes") {
  write_log(30);
  flip(positions[4]);
  const auto before = everything();
  const std::string directory = terminal.path("log");
  for (const auto& [name, bytes] : before) REQUIRE(::chmod((directory + "/" + name).c_str(), 0444) == 0);
  REQUIRE(::chmod(directory.c_str(), 0555) == 0);
  wal(Exit::passed, {"stat", "log"});
  wal(Exit::failed, {"verify", "log"});
  wal(Exit::passed, {"dump", "log"});
  wal(Exit::failed, {"salvage", "log"});
  REQUIRE(::chmod(directory.c_str(), 0755) == 0);
  REQUIRE(everything() == before);
}

TEST_CASE_METHOD(LogTerminal, "a log that another process has open is read, and that is said") {
  const std::string directory = terminal.path("log");
  wal::Wal log = open_log();
  append(log, 5);
  REQUIRE(is_lock_held(directory + "/LOCK"));
  for (const std::string tool : {"stat", "verify", "dump", "salvage"}) {
    INFO(tool);
    wal(Exit::passed, {tool, directory});
    REQUIRE(contains(terminal.messages(), "is open in another process"));
  }
  append(log, 1);
  REQUIRE(log.close().has_value());
  REQUIRE_FALSE(is_lock_held(directory + "/LOCK"));
  wal(Exit::passed, {"verify", directory});
  REQUIRE(terminal.messages().empty());
}

TEST_CASE_METHOD(LogTerminal, "a damaged log that is open elsewhere is found to be damaged all the same") {
  const std::string directory = terminal.path("log");
  wal::Wal log = open_log();
  append(log, 5);
  flip(positions[1]);
  const Value verified = json(Exit::failed, {"verify", directory});
  REQUIRE(text(verified, "verdict") == "damaged");
  REQUIRE(number(verified.find("holes")->get<Array>()->front(), "first") == 2);
}

TEST_CASE_METHOD(LogTerminal, "Ctrl-C ends each tool with 130") {
  write_log(3);
  terminal.interrupted = [] { return true; };
  for (const std::string tool : {"stat", "verify", "dump", "salvage"}) wal(Exit::interrupted, {tool, "log"});
}

TEST_CASE_METHOD(LogTerminal, "a wrong word under wal is told with the right one") {
  wal(Exit::usage, {"verfy", "log"});
  REQUIRE(contains(terminal.messages(), "unknown command \"verfy\"  did you mean \"verify\"?"));
  wal(Exit::usage, {});
  REQUIRE(contains(terminal.messages(), "see wallop wal --help"));
  wal(Exit::usage, {"dump", "log", "--lsn", "9..3"});
  REQUIRE(contains(terminal.messages(), "--lsn: \"9..3\" is no range"));
  wal(Exit::usage, {"dump", "log", "--keys", "--hex"});
  wal(Exit::usage, {"dump", "log", "--limi", "3"});
  REQUIRE(contains(terminal.messages(), "did you mean \"--limit\"?\n  see wallop wal dump --help"));
}

}  // namespace
}  // namespace wallop::cli
