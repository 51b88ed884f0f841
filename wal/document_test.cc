// SPDX-License-Identifier: Apache-2.0
// What nori-wal's document on performance calls, by the names that it has here (docs/library.md lists them):
// its loops, as its readers would write them.
#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::LogFixture;

struct Document : LogFixture {
  Document() {
    value_bytes = 1500;
    open();
  }
};

// read_from(0, 0), next_record, record.len().
TEST_CASE_METHOD(Document, "a scan from the start counts records and their bytes, across segments") {
  fill_segment().fill_segment();
  std::uint64_t expected = 0;
  const std::uint64_t count = wal().stats().record_count;
  for (std::uint64_t n = 1; n <= count; ++n) expected += key(n).size() + value(n).size();
  auto reader = wal().read_from(Position{SegmentId(0), 0});
  REQUIRE_OK(reader);
  std::uint64_t records = 0, bytes = 0;
  for (auto next = reader->next(); next && *next; next = reader->next()) {
    ++records;
    bytes += (*next)->record.bytes();
  }
  REQUIRE(records == count);
  REQUIRE(bytes == expected);
}

// current_segment_id(), current_segment_size().
TEST_CASE_METHOD(Document, "a rotation shows as another current segment, which is smaller") {
  write(1);
  const SegmentId id = wal().current_segment_id();
  std::uint64_t largest = 0;
  while (wal().current_segment_id() == id) {
    largest = wal().current_segment_bytes();
    write(1);
  }
  REQUIRE(wal().current_segment_id() > id);
  REQUIRE(wal().current_segment_bytes() < largest);
}

// recovery_info: valid_records, segments_scanned, bytes_scanned; GiB/s.
TEST_CASE_METHOD(Document, "an open says how many records, segments and bytes it read, and how fast") {
  fill_segment().fill_segment();
  const std::uint64_t count = wal().stats().record_count;
  const std::size_t files = segment_files().size();
  const RecoveryInfo info = reopen();
  REQUIRE(info.valid_records == count);
  REQUIRE(info.segments_scanned == files);
  REQUIRE(info.bytes_scanned >= count * value_bytes);
  REQUIRE(info.elapsed >= info.read_time);
  REQUIRE(info.gib_per_second() > 0);
}

// delete_segments_before(segment_id).
TEST_CASE_METHOD(Document, "segments before an id are deleted, and their files are gone") {
  fill_segment().fill_segment();
  const std::size_t files = segment_files().size();
  const SegmentId third = wal().segments()[2].id;
  REQUIRE(wal().delete_segments_before(third)->segment_count == 2);
  REQUIRE(wal().segments().front().id == third);
  REQUIRE(segment_files().size() < files);
}

}  // namespace
}  // namespace wallop::wal
