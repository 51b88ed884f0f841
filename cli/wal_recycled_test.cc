// SPDX-License-Identifier: Apache-2.0
// wallop wal on a log that ends in a recycled segment: what the segment was before is nobody's record.
#include <catch2/catch.hpp>

#include "cli/wal_fixture.h"

namespace wallop::cli {
namespace {

using base::json::Array;
using base::json::Value;
using testing::contains;

class Recycled : public testing::LogTerminal {
 public:
  Recycled() {
    options.recycle_segments = 1;
    wal::Wal log = open_log();
    append(log, 10);
    REQUIRE(log.rotate().has_value());
    append(log, 1);
    REQUIRE(log.delete_segments_before(log.current_segment_id()).has_value());
    while (log.segments().size() < 3) append(log, 1);  // Into the reserve, then into what was deleted.
    REQUIRE(log.close().has_value());
  }
  [[nodiscard]] std::uint64_t first_lsn() { return number(*stat().find("lsns"), "first"); }
  Value stat() { return json(Exit::passed, {"stat", "log"}); }
};

TEST_CASE_METHOD(Recycled, "stat and verify tell that a log ends in recycled space, and it is sound") {
  REQUIRE(text(stat(), "tail") == "recycled");
  REQUIRE(number(stat(), "bytes_discarded") == 0);
  const std::string told = wal(Exit::passed, {"verify", "log"});
  REQUIRE(contains(told, "SOUND"));
  REQUIRE(contains(told, "in recycled space"));
}

TEST_CASE_METHOD(Recycled,
                 "a dump shows no record of what a recycled segment was, and says what the rest is") {
  const std::uint64_t first = first_lsn();
  bool has_recycled = false, has_remnant = false;
  for (const Value& row : rows(Exit::passed, {"dump", "log"})) {
    if (row.find("lsn") != nullptr) REQUIRE(number(row, "lsn") >= first);
    if (const Value* const recycled = row.find("recycled")) has_recycled |= *recycled->get<bool>();
    if (row.find("part") != nullptr) has_remnant |= text(row, "part") == "remnant";
  }
  REQUIRE(has_recycled);
  REQUIRE(has_remnant);
  REQUIRE(contains(wal(Exit::passed, {"dump", "log"}), "what was there before the segment was recycled"));
}

TEST_CASE_METHOD(Recycled, "salvage yields each record once, and none of what a recycled segment was") {
  std::uint64_t next = first_lsn();
  for (const Value& row : rows(Exit::passed, {"salvage", "log"}))
    if (row.find("lsn") != nullptr) REQUIRE(number(row, "lsn") == next++);
  REQUIRE(next == positions.size() + 1);
}

}  // namespace
}  // namespace wallop::cli
