// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::LogFixture;

TEST_CASE("what was appended is read back in order after a reopening") {
  LogFixture log;
  log.open();
  log.write(10);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 10));
  const RecoveryInfo info = log.reopen();
  REQUIRE(info.tail == TailState::clean);
  REQUIRE(info.valid_records == 10);
  REQUIRE(info.last == Lsn(10));
  REQUIRE(log.read_all() == LogFixture::numbers(1, 10));
}

TEST_CASE("a log goes on where it ended, over many reopenings and segments") {
  LogFixture log;
  log.value_bytes = 1000;
  std::uint64_t count = 0;
  for (int round = 0; round < 5; ++round) {
    log.open();
    log.write(60);
    count += 60;
    REQUIRE(log.read_all() == LogFixture::numbers(1, count));
    if (round % 2 == 0)
      log.close();
    else
      log.crash();
  }
}

}  // namespace
}  // namespace wallop::wal
