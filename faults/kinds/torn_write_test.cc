// SPDX-License-Identifier: Apache-2.0
// Torn writes: which bytes last, at whole sectors or at a given byte.
#include "faults/kinds/torn_write.h"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "faults/fault_fixture.h"

namespace wallop::faults {
namespace {

// A torn_write with these keys.
std::string with(std::string_view keys) {
  return R"({ "kind": "torn_write", )" + std::string(keys) + " }";
}

// What lasts of a write: "0-512 1024-1536"; "not torn" where the fault does not fire.
std::string lasts(const Fault& fault, const Op& op) {
  const auto effect = effect_on(fault, op);
  if (!effect) return "not torn";
  REQUIRE(*effect == Effect{.lasting = effect->lasting});
  std::string text;
  for (const ByteRange& range : *effect->lasting) {
    text += fmt::format("{}{}-{}", text.empty() ? "" : " ", range.begin, range.end);
  }
  return text;
}
std::string lasts(std::string_view keys, const Op& op) {
  return lasts(fault(with(keys)), op);
}

using Outcomes = std::set<std::string>;

// All that comes of one write over 500 draws.
Outcomes outcomes(std::string_view keys, Op op) {
  const Fault torn = fault(with(keys));
  Outcomes seen;
  for (op.id = 1; op.id <= 500; ++op.id) seen.insert(lasts(torn, op));
  return seen;
}

TEST_CASE("a torn prefix is some of the first sectors, never all and never none") {
  REQUIRE(outcomes(R"("model": "prefix")", write_of(0, 2048)) == Outcomes{"0-512", "0-1024", "0-1536"});
}

TEST_CASE("a torn suffix is some of the last sectors") {
  REQUIRE(outcomes(R"("model": "suffix")", write_of(0, 2048)) ==
          Outcomes{"512-2048", "1024-2048", "1536-2048"});
}

TEST_CASE("a torn subset is any subset of the sectors but all and none, neighbours as one range") {
  REQUIRE(outcomes(R"("model": "subset")", write_of(0, 1536)) ==
          Outcomes{"0-512", "512-1024", "1024-1536", "0-1024", "512-1536", "0-512 1024-1536"});
}

TEST_CASE("sectors lie at multiples of their size in the file, not in the write") {
  REQUIRE(outcomes(R"("model": "prefix")", write_of(500, 24)) == Outcomes{"0-12"});
  REQUIRE(outcomes(R"("model": "suffix")", write_of(500, 24)) == Outcomes{"12-24"});
  REQUIRE(outcomes(R"("sector_bytes": "4096B")", write_of(4000, 200)) == Outcomes{"0-96"});
}

TEST_CASE("a write within one sector, and one of no bytes, is not torn") {
  REQUIRE(lasts(R"("model": "prefix")", write_of(512, 512)) == "not torn");
  REQUIRE(lasts(R"("model": "subset")", write_of(0, 0)) == "not torn");
  REQUIRE(lasts(R"("sector_bytes": "1B")", write_of(512, 2)) == "0-1");
}

TEST_CASE("keep_bytes keeps exactly that many, and a write that is no longer is not torn") {
  REQUIRE(lasts(R"("keep_bytes": "100B")", write_of(7, 300)) == "0-100");
  REQUIRE(lasts(R"("model": "suffix", "keep_bytes": "100B")", write_of(7, 300)) == "200-300");
  REQUIRE(lasts(R"("keep_bytes": "100B")", write_of(7, 100)) == "not torn");
}

TEST_CASE("named pieces last exactly, as far as the write goes") {
  constexpr std::string_view kPieces =
      R"("pieces": [{ "from": "100B", "to": "200B" }, { "from": "1000B", "to": "2000B" }])";
  REQUIRE(lasts(kPieces, write_of(7, 1500)) == "100-200 1000-1500");
  REQUIRE(lasts(kPieces, write_of(7, 50)) == "not torn");
  REQUIRE(lasts(R"("pieces": [{ "from": "0B", "to": "100B" }])", write_of(7, 100)) == "not torn");
}

// Of the one write over 100 draws.
std::set<std::pair<std::string, std::string>> with_garbage(std::string_view keys, Op op) {
  const auto text = [](const std::vector<ByteRange>& ranges) {
    std::string list;
    for (const ByteRange& range : ranges) list += fmt::format("{}-{} ", range.begin, range.end);
    return list;
  };
  std::set<std::pair<std::string, std::string>> seen;
  for (op.id = 1; op.id <= 100; ++op.id) {
    const auto effect = effect_on(with(R"("garbage": true, )" + std::string(keys)), op);
    seen.emplace(text(*effect->lasting), text(effect->garbage));
  }
  return seen;
}

TEST_CASE("the sector at the tear is garbage where the write does not last, and no other is") {
  REQUIRE(with_garbage(R"("model": "prefix")", write_of(0, 1536)) ==
          std::set<std::pair<std::string, std::string>>{{"0-512 ", "512-1024 "}, {"0-1024 ", "1024-1536 "}});
  REQUIRE(
      with_garbage(R"("model": "suffix")", write_of(0, 1536)) ==
      std::set<std::pair<std::string, std::string>>{{"512-1536 ", "0-512 "}, {"1024-1536 ", "512-1024 "}});
  REQUIRE(with_garbage(R"("keep_bytes": "100B")", write_of(500, 3000)) ==
          std::set<std::pair<std::string, std::string>>{{"0-100 ", "100-524 "}});
  REQUIRE(with_garbage(R"("pieces": [{ "from": "600B", "to": "700B" }, { "from": "720B", "to": "800B" }])",
                       write_of(0, 2048)) ==
          std::set<std::pair<std::string, std::string>>{{"600-700 720-800 ", "512-600 700-720 800-1024 "}});
}

TEST_CASE("a tear that could not be, or says two things, is refused") {
  const auto refusal = [](std::string_view keys) { return complaint(with(keys)); };
  using Catch::Contains;
  CHECK_THAT(refusal(R"("sector_bytes": "0B")"), Contains("at least one byte in /sector_bytes"));
  CHECK_THAT(refusal(R"("keep_bytes": "0B")"), Contains("is not torn in /keep_bytes"));
  CHECK_THAT(refusal(R"("model": "subset", "keep_bytes": "1B")"), Contains("drawn by sector"));
  CHECK_THAT(refusal(R"("sector_bytes": "1B", "keep_bytes": "1B")"), Contains("keep one of the two"));
  CHECK_THAT(refusal(R"("pieces": [])"), Contains("is not torn in /pieces"));
  CHECK_THAT(refusal(R"("pieces": [{ "from": "2B", "to": "2B" }])"), Contains("do not rise"));
  CHECK_THAT(refusal(R"("pieces": [{ "from": "0B", "to": "2B" }, { "from": "2B", "to": "3B" }])"),
             Contains("touch"));
  CHECK_THAT(refusal(R"("pieces": [{ "from": "0B", "to": "2B" }], "keep_bytes": "1B")"),
             Contains("the pieces say it"));
}

}  // namespace
}  // namespace wallop::faults
