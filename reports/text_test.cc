// SPDX-License-Identifier: Apache-2.0
#include "reports/text.h"

#include <catch2/catch.hpp>

namespace wallop::reports {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

TEST_CASE("what is no UTF-8 and what no XML can hold becomes a replacement character") {
  CHECK(printable("µ\t\n") == "µ\t\n");
  CHECK(printable("a\x01z\0b"s) == "a\uFFFDz\uFFFDb");
  CHECK(printable("\xC3") == "\uFFFD");
  CHECK(printable("\xC0\xAF") == "\uFFFD\uFFFD");
  CHECK(printable("\xED\xA0\x80").find('\xED') == std::string::npos);
}

TEST_CASE("escaped text cannot open a tag, end an attribute or begin an entity") {
  CHECK(escaped("<script>\"&'") == "&lt;script&gt;&quot;&amp;&#39;");
}

TEST_CASE("clipping keeps characters whole and lines single") {
  CHECK(clipped("one\ntwo", 20) == "one two");
  CHECK(clipped("12345678", 8) == "12345678");
  CHECK(clipped("123456789", 8) == "12345…");
  CHECK(clipped("1234µµµ", 9) == "1234µ…");
}

TEST_CASE("letters are counted, not bytes") {
  CHECK(letters_in("µs") == 2);
  CHECK(letters_in("") == 0);
}

TEST_CASE("a remark becomes a sentence, and a name at its beginning stays what it is") {
  CHECK(sentence("a larger sync.count") == "A larger sync.count.");
  CHECK(sentence("sync.p99 first") == "sync.p99 first.");
  CHECK(sentence("Done.") == "Done.");
  CHECK(sentence("").empty());
}

TEST_CASE("counts agree with their nouns") {
  CHECK(counted(1, "check") == "1 check");
  CHECK(counted(1'204, "image") == "1,204 images");
  CHECK(counted_in_words(0, "scenario") == "No scenario");
  CHECK(counted_in_words(2, "check") == "Two checks");
  CHECK(counted_in_words(10, "check") == "10 checks");
}

TEST_CASE("a margin is what is left of the limit, and never zero beyond it") {
  CHECK(margin(184) == "82 %");
  CHECK(margin(1'000) == "0 %");
  CHECK(margin(1'001) == "−1 %");
  CHECK(margin(1'580) == "−58 %");
}

TEST_CASE("durations are found in limits that are durations") {
  CHECK(duration_in("< 10 ms") == 10ms);
  CHECK(duration_in("<= 1.5 s") == 1500ms);
  CHECK(duration_in("≤ 200us") == 200us);
  CHECK(duration_in("100ms") == 100ms);
}

TEST_CASE("other limits hold no duration") {
  for (const char* limit :
       {"", "< 80 %", "≥ 8,000/s", ">= 5 ms", "< 1 s/GB", "24 h 3", "< -1 ms", "< 1e300 s", "ms"})
    CHECK_FALSE(duration_in(limit));
}

TEST_CASE("a sentence names an upper bound without its sign") {
  CHECK(bare_limit("< 10 ms") == "10 ms");
  CHECK(bare_limit(">= 8,000/s") == ">= 8,000/s");
}

TEST_CASE("an instant is written for people, and left alone where it is none") {
  CHECK(humane_instant("2026-11-03T13:02:59Z") == "3 Nov 2026, 13:02 UTC");
  CHECK(humane_instant("yesterday") == "yesterday");
  CHECK(humane_instant("2026-13-03T13:02:59Z") == "2026-13-03T13:02:59Z");
}

TEST_CASE("a duration that was set loses the zeros that a measured one keeps") {
  CHECK(humane_duration(10ms) == "10.0 ms");
  CHECK(round_duration(10ms) == "10 ms");
  CHECK(round_duration(1500us) == "1.5 ms");
  CHECK(round_duration(100ms) == "100 ms");
  CHECK(round_duration(0ms) == "0 s");
  CHECK(round_duration(310us) == "310 µs");
}

}  // namespace
}  // namespace wallop::reports
