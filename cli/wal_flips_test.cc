// SPDX-License-Identifier: Apache-2.0
// One flipped bit in an acknowledged record, at a thousand places of the quick start's log.
#include <catch2/catch.hpp>
#include <utility>
#include <variant>

#include "cli/wal_fixture.h"
#include "wal/salvage.h"

namespace wallop::cli {
namespace {

using base::json::Array;
using base::json::Value;
using testing::LogTerminal;

constexpr std::uint64_t kRecordCount = 10'000;
constexpr std::uint64_t kFlipCount = 1'000;

struct Flips : LogTerminal {
  // As examples/quick_start.cc writes it: half of it in frames of a hundred records, the rest in as few as a
  // batch makes of it; in segments small enough that there are several.
  Flips() {
    options.segment_bytes = 256 << 10;
    options.sync = wal::Batch{};
    wal::Wal log = open_log();
    for (std::uint64_t i = 0; i < kRecordCount / 200; ++i) {
      append(log, 100);
      REQUIRE(log.sync().has_value());
    }
    append(log, kRecordCount / 2);
    REQUIRE(log.close().has_value());
  }

  // The LSNs of which a salvage finds no record.
  std::vector<std::uint64_t> missed() {
    std::vector<bool> is_found(kRecordCount + 1);
    auto salvage = wal::Salvage::open(terminal.machine(), "log");
    REQUIRE(salvage.has_value());
    for (auto next = salvage->next();; next = salvage->next()) {
      if (!next) FAIL(io::describe(next.error()));
      if (!*next) break;
      if (const auto* view = std::get_if<wal::RecordView>(&**next)) {
        const std::uint64_t lsn = view->lsn.value();
        const bool is_right = wal::text_of(view->record.value) == "value " + std::to_string(lsn);
        if (is_right) is_found[lsn] = true;
      }
    }
    std::vector<std::uint64_t> lsns;
    for (std::uint64_t lsn = 1; lsn <= kRecordCount; ++lsn) {
      if (!is_found[lsn]) lsns.push_back(lsn);
    }
    return lsns;
  }
};

// Goal: whatever bit of whatever acknowledged record is flipped, verify names that record and no other,
// changes nothing, and salvage yields all others. Method: every tenth record, at a byte and a bit that move
// on.
TEST_CASE_METHOD(Flips,
                 "one flipped bit in any acknowledged record: verify names it, salvage yields all others") {
  auto expected = everything();
  REQUIRE(missed().empty());
  for (std::uint64_t i = 0; i < kFlipCount; ++i) {
    const std::uint64_t lsn = 1 + i * (kRecordCount / kFlipCount) + i % 7;
    // kind, two lengths, key, value, crc.
    const std::uint64_t record_bytes = 3 + 2 * std::to_string(lsn).size() + 4 + 6 + 4;
    wal::Position at = positions[lsn - 1];
    at.offset += i * 13 % record_bytes;
    flip(at, static_cast<unsigned>(i % 8));
    char& byte = expected[wal::segment_name(at.segment)][at.offset];
    const char was = std::exchange(byte, static_cast<char>(byte ^ (1 << i % 8)));

    INFO("LSN " << lsn << ", segment " << at.segment.value() << ", offset " << at.offset << ", bit "
                << i % 8);
    const Value verified = json(Exit::failed, {"verify", "log"});
    const Array& holes = *verified.find("holes")->get<Array>();
    REQUIRE(holes.size() == 1);
    REQUIRE(number(holes.front(), "first") == lsn);
    REQUIRE(number(holes.front(), "last") == lsn);
    REQUIRE(number(holes.front(), "segment") == at.segment.value());
    REQUIRE(number(holes.front(), "offset") < at.offset);
    REQUIRE(number(verified, "out_of_reach_count") + number(verified, "records") == kRecordCount - 1);
    REQUIRE(missed() == std::vector<std::uint64_t>{lsn});
    REQUIRE(everything() == expected);

    flip(at, static_cast<unsigned>(i % 8));
    byte = was;
  }
  REQUIRE(everything() == expected);
}

}  // namespace
}  // namespace wallop::cli
