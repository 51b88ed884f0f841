// SPDX-License-Identifier: Apache-2.0
// The seven defects found by running nori-wal, the log whose documentation this project started from. Each is
// a test.
#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;

// There: corruption detected and 134216648 bytes truncated after every crash of a preallocated log.
TEST_CASE("nori A: a crash of a synced, preallocated log is no corruption, and discards nothing") {
  LogFixture log;
  log.options.segment_bytes = 8 << 20;
  log.open();
  log.write(10);
  const RecoveryInfo info = log.reopen();
  REQUIRE_FALSE(info.corruption_detected());
  REQUIRE(info.bytes_discarded == 0);
  REQUIRE(info.last == Lsn(10));
}

// There: open succeeds, and 937 acknowledged records are deleted from the disk.
TEST_CASE("nori B: one flipped bit in an old acknowledged record fails the open and deletes nothing") {
  LogFixture log;
  log.value_bytes = 300;
  log.open();
  log.write(300);
  log.flip(log.position_of(99));
  log.crash();
  const auto before = log.everything();
  REQUIRE(log.open_code() == io::Code::corrupt);
  REQUIRE(log.everything() == before);
}

// There: 1036 of 3000 records, because the reader never crosses a segment.
TEST_CASE("nori C: a reader crosses segments") {
  LogFixture log;
  log.options.sync = Os{.buffer_bytes = 10'000};
  log.value_bytes = 50;
  log.open();
  log.write(3000);
  REQUIRE(log.wal().segments().size() >= 3);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 3000));
}

// There: deletes nothing, the very example of its README.
TEST_CASE("nori D: deleting before the current position deletes all segments but the current one") {
  LogFixture log;
  log.value_bytes = 1500;
  log.open();
  log.fill_segment().fill_segment();
  const auto deleted = log.wal().delete_segments_before(log.wal().current_position());
  REQUIRE_OK(deleted);
  REQUIRE(deleted->segment_count == 2);
  REQUIRE(deleted->bytes > 0);
}

// There: appended and synced, and then read as nothing.
TEST_CASE("nori E: a record of 200 kB is read back, or refused when it is appended") {
  LogFixture log;
  const std::string large(200'000, 'x');
  log.open();
  REQUIRE(log.wal().append(Record::put("k", large)).error().code == io::Code::too_large);
  log.crash();
  log.options.segment_bytes = 1 << 20;
  log.open();
  REQUIRE_OK(log.wal().append(Record::put("k", large)));
  auto reader = log.wal().read_from(Position::start());
  REQUIRE(text_of((*reader->next())->record.value) == large);
}

// There: open succeeds and no corruption is detected.
TEST_CASE("nori F: a middle segment that is missing fails the open") {
  LogFixture log;
  log.value_bytes = 1500;
  log.open();
  log.fill_segment().fill_segment();
  log.crash();
  log.remove(log.segment_files()[1]);
  REQUIRE(log.open_code() == io::Code::corrupt);
}

// There: the append that fails says ok, 19 later ones are acknowledged behind the garbage, and 20 records are
// lost.
TEST_CASE(
    "nori G: a short write on a full disk fails its append, and nothing acknowledged is lost when space "
    "returns") {
  LogFixture log;
  log.options.preallocate = Preallocate::none;
  log.open();
  log.write(5);
  log.files().fail({.operation = "write 0", .os_error = ENOSPC, .reaches_bytes = 40});
  REQUIRE(log.append(6).error().code == io::Code::no_space);
  log.files().heal();
  for (std::uint64_t n = 6; n < 25; ++n) REQUIRE(log.append(n)->lsn == Lsn(n));
  REQUIRE(log.reopen().last == Lsn(24));
  REQUIRE(log.read_all() == LogFixture::numbers(1, 24));
}

}  // namespace
}  // namespace wallop::wal
