// SPDX-License-Identifier: Apache-2.0
#include "wal/parts.h"

#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;

// A letter for each part, in order: H a header, S a slot, L a link, F a frame of records, C a control frame,
// R a remnant, E a footer; in lower case what does not validate, "." what is blank.
std::string shape(LogFixture& log, SegmentId id, const std::optional<LogUuid>& uuid = {}) {
  auto parts = Parts::open(log.world(), segment_path("log", id), id, uuid);
  REQUIRE_OK(parts);
  std::string letters;
  const auto letter = [](Content content, char valid, char invalid) {
    return content == Content::valid ? valid : content == Content::invalid ? invalid : '.';
  };
  for (auto next = parts->next();; next = parts->next()) {
    REQUIRE_OK(next);
    if (!*next) return letters;
    if (const auto* header = std::get_if<HeaderPart>(&**next)) letters += letter(header->content, 'H', 'h');
    if (const auto* slot = std::get_if<SlotPart>(&**next)) letters += letter(slot->content, 'S', 's');
    if (const auto* footer = std::get_if<FooterPart>(&**next)) letters += letter(footer->content, 'E', 'e');
    if (std::holds_alternative<Remnant>(**next)) letters += 'R';
    if (const auto* frame = std::get_if<FramePart>(&**next))
      letters += frame->link ? 'L' : frame->low_water ? 'C' : frame->is_whole ? 'F' : 'f';
  }
}

TEST_CASE("a segment's parts are shown in order of offset") {
  LogFixture log;
  log.open();
  log.write(3);
  log.crash();
  REQUIRE(shape(log, SegmentId(1)) == "HH..LFFF.");
}

TEST_CASE("a closed log's watermark and a full segment's footer are parts of it") {
  LogFixture log;
  log.options.evidence = EvidenceLevel::sealed_idle;
  log.open();
  log.fill_segment().write(1);
  log.close();
  REQUIRE(shape(log, SegmentId(1)).ends_with("FE"));
  REQUIRE(shape(log, SegmentId(2)).starts_with("HHS.L"));
}

TEST_CASE("what does not validate is shown as such, and ends nothing") {
  LogFixture log;
  log.open();
  log.write(4);
  const Position second = log.position_of(2), third = log.position_of(3);
  log.crash();
  log.flip({SegmentId(1), 0});
  log.overwrite(segment_name(SegmentId(1)), kFirstSlotBlock * kBlock, "no watermark");
  log.flip(second);                                            // A payload.
  log.flip({SegmentId(1), third.offset - kFrameHeaderBytes});  // A header.
  log.overwrite(segment_name(SegmentId(1)), 15 * kBlock, "no footer");
  REQUIRE(shape(log, SegmentId(1)) == "hHs.LFfRFe");
}

TEST_CASE("a record that does not validate is missing from its frame, with its LSN") {
  LogFixture log;
  log.open();
  const std::vector<Record> batch{Record::put("a", "1"), Record::put("b", "2"), Record::put("c", "3")};
  REQUIRE_OK(log.wal().append_batch(batch));
  log.flip(log.position_of(2));
  log.crash();
  auto parts = Parts::open(log.world(), segment_path("log", SegmentId(1)), SegmentId(1), {});
  REQUIRE_OK(parts);
  std::vector<std::uint64_t> lsns;
  for (auto next = parts->next(); next && *next; next = parts->next()) {
    if (const auto* frame = std::get_if<FramePart>(&**next))
      for (const WholeRecord& record : frame->records) lsns.push_back(record.lsn.value());
  }
  REQUIRE(lsns == std::vector<std::uint64_t>{1, 3});
}

TEST_CASE("of a file without headers the frames are shown, once the log's uuid is known") {
  LogFixture log;
  log.open();
  log.write(2);
  log.crash();
  auto parts = Parts::open(log.world(), segment_path("log", SegmentId(1)), SegmentId(1), {});
  REQUIRE_OK(parts);
  const LogUuid uuid = parts->segment().header->log_uuid;
  log.zero({SegmentId(1), 0}, 2 * kBlock);
  REQUIRE(shape(log, SegmentId(1)) == ".R");
  REQUIRE(shape(log, SegmentId(1), uuid) == ".LFF");
}

TEST_CASE("an empty file has one part, a blank header") {
  LogFixture log;
  log.open();
  log.crash();
  log.overwrite(segment_name(SegmentId(9)), 0, "");
  REQUIRE(shape(log, SegmentId(9)) == ".");
}

}  // namespace
}  // namespace wallop::wal
