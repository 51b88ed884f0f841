// SPDX-License-Identifier: Apache-2.0
// wallop wal where the disk fails to give bytes, or a log changes while it is read.
#include <catch2/catch.hpp>
#include <optional>

#include "cli/wal_fixture.h"
#include "wal/faulty_files.h"

namespace wallop::cli {
namespace {

using testing::contains;

constexpr int kNoSuchFile = 2;  // ENOENT

// The machine of the terminal, with a disk that does what a test says.
class Trouble : public testing::LogTerminal {
 public:
  // `wallop wal` on it.
  Exit type(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "wal");
    return terminal.type_on(machine_, arguments);
  }
  wal::testing::FaultyFiles& files() { return files_; }
  // A log in the hands of another process, as an absolute path: the lock is asked about by its path.
  std::string start_log_elsewhere() {
    options.directory = "log";
    log_elsewhere_.emplace(open_log());
    append(*log_elsewhere_, 40);
    return terminal.path("log");
  }

 private:
  wal::testing::FaultyFiles files_{terminal.machine().files, terminal.machine().threads};
  io::World machine_{files_, terminal.machine().clock, terminal.machine().entropy, terminal.machine().threads,
                     terminal.machine().tracer};
  std::optional<wal::Wal> log_elsewhere_;
};

TEST_CASE_METHOD(Trouble, "a disk that fails to read ends each tool with 3, and with what to do") {
  write_log(40);
  files().fail({.operation = "read "});
  for (const std::string tool : {"stat", "verify", "dump", "salvage"}) {
    INFO(tool);
    REQUIRE(type({tool, "log"}) == Exit::harness);
    REQUIRE(contains(terminal.messages(), "0000000000000001.wal"));
    REQUIRE(contains(terminal.messages(), "copy the disk first"));
  }
}

TEST_CASE_METHOD(Trouble, "a sector that cannot be read in the midst of a log is an error, and no damage") {
  write_log(40);
  files().fail({.operation = "read stored 0000000000000002.wal"});
  REQUIRE(type({"verify", "log"}) == Exit::harness);
  REQUIRE(terminal.data().empty());
}

TEST_CASE_METHOD(Trouble, "a log whose files come and go while it is read is looked at again") {
  const std::string log = start_log_elsewhere();
  files().fail({.operation = "open 0000000000000002.wal", .os_error = kNoSuchFile});
  int tries = 0;
  files().before_each([&](std::string_view operation) {
    if (operation == "open 0000000000000002.wal" && ++tries == 2) files().heal();
  });
  REQUIRE(type({"verify", log}) == Exit::passed);
  REQUIRE(tries >= 2);
  REQUIRE(contains(terminal.data(), "SOUND"));
}

TEST_CASE_METHOD(Trouble, "a log that never holds still is inconclusive") {
  const std::string log = start_log_elsewhere();
  files().fail({.operation = "open 0000000000000002.wal", .os_error = kNoSuchFile});
  REQUIRE(type({"verify", log}) == Exit::inconclusive);
  REQUIRE(contains(terminal.data(), "CHANGING"));
}

TEST_CASE_METHOD(Trouble, "a file that goes missing from a log which nobody has open is an error") {
  write_log(40);
  files().fail({.operation = "open 0000000000000002.wal", .os_error = kNoSuchFile});
  REQUIRE(type({"verify", "log"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "0000000000000002.wal"));
}

}  // namespace
}  // namespace wallop::cli
