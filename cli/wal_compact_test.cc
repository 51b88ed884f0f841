// SPDX-License-Identifier: Apache-2.0
// wallop wal compact: what it says, and what it leaves.
#include "cli/wal_fixture.h"

namespace wallop::cli {
namespace {

using testing::contains;
using testing::LogTerminal;

TEST_CASE_METHOD(LogTerminal, "compact says what a log took before and takes now") {
  for (int life = 0; life < 3; ++life) write_log(2);
  const std::string told = wal(Exit::passed, {"compact", "log"});
  REQUIRE(contains(told, "COMPACTED   log   6 records, LSN 1..6   4 segments, "));
  REQUIRE(contains(told, " -> 1 segment, "));
  REQUIRE(
      contains(wal(Exit::passed, {"verify", "log"}), "SOUND   log   6 records, LSN 1..6, durable proven"));
}

TEST_CASE_METHOD(LogTerminal, "compact in JSON, with another size of segment and another codec") {
  write_log(3);
  const auto done =
      json(Exit::passed, {"compact", "log", "--segment-bytes", "128KiB", "--compression", "lz4"});
  REQUIRE(number(done, "records") == 3);
  REQUIRE(number(*done.find("lsns"), "last") == 3);
  REQUIRE(number(*done.find("after"), "segments") == 1);
  REQUIRE(number(*done.find("after"), "file_bytes") == 128 << 10);
}

TEST_CASE_METHOD(LogTerminal, "a damaged log is not compacted, and told how to look at it") {
  write_log(5);
  flip(positions[1]);
  wal(Exit::failed, {"compact", "log"});
  REQUIRE(contains(terminal.messages(), "records 2..5 were acknowledged"));
  REQUIRE(contains(terminal.messages(), "wallop wal verify log"));
}

TEST_CASE_METHOD(LogTerminal, "compact of an open log, of none, and with wrong words, is refused") {
  wal(Exit::usage, {"compact", "nowhere"});
  write_log(1);
  wal(Exit::usage, {"compact", "log", "--segment-bytes", "4KiB"});
  REQUIRE(contains(terminal.messages(), "segment_bytes"));
  wal(Exit::usage, {"compact", "log", "--compression", "gzip"});
  REQUIRE(contains(terminal.messages(), "say none, lz4 or zstd"));
  const wal::Wal open = open_log();
  wal(Exit::usage, {"compact", "log"});
  REQUIRE(contains(terminal.messages(), "a process has the log open"));
}

}  // namespace
}  // namespace wallop::cli
