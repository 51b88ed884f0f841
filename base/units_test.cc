// SPDX-License-Identifier: Apache-2.0
// Quantities with units: what is accepted, what is refused, and that printing is the inverse of parsing.
#include "base/units.h"

#include <catch2/catch.hpp>

namespace wallop::base {
namespace {

using namespace std::chrono_literals;

TEST_CASE("durations are whole numbers of units, largest first") {
  REQUIRE(parse_duration("5ms") == Duration(5ms));
  REQUIRE(parse_duration("1h30m") == Duration(90min));
  REQUIRE(parse_duration("0s") == Duration(0));
}

TEST_CASE("durations without unit, with fractions, out of order or too long are refused") {
  for (const char* text :
       {"", "5", "ms", "1.5ms", "-5ms", "5 ms", "30m1h", "5ms5ms", "5parsecs", "300000d"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("a nearly right text is corrected, another gets an example") {
  REQUIRE(parse_duration("20 ms").error().hint == "write \"20ms\"");
  REQUIRE(parse_bytes("4 MiB").error().hint == "write \"4MiB\"");
  REQUIRE(parse_bytes("lots").error().hint == "write \"4MiB\"");
}

TEST_CASE("sizes are binary or decimal and never overflow") {
  REQUIRE(parse_bytes("4MiB")->value == 4 << 20);
  REQUIRE(parse_bytes("4MB")->value == 4'000'000);
  REQUIRE(parse_bytes("16777215TiB").has_value());
  REQUIRE_FALSE(parse_bytes("16777216TiB").has_value());
  REQUIRE_FALSE(parse_bytes("18446744073709551616B").has_value());
}

TEST_CASE("a chance lies between 0 and 1") {
  REQUIRE(parse_ratio("1/1000") == Ratio{1, 1000});
  for (const char* text : {"2/1", "1/0", "1", "0.5", "1/", "/2", "1/2/3"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_ratio(text).has_value());
  }
}

TEST_CASE("what is printed parses back to the same value") {
  for (const std::int64_t count :
       {0LL, 1LL, 1'500LL, 5'000'000LL, 90'000'000'000LL, 86'400'000'000'000LL, 123'456'789LL}) {
    REQUIRE(parse_duration(to_text(Duration(count))) == Duration(count));
  }
  for (const std::uint64_t count : {0ULL, 1ULL, 512ULL, 4'096ULL, 1ULL << 40, 4'000'000ULL, ~0ULL}) {
    REQUIRE(parse_bytes(to_text(ByteCount{count}))->value == count);
  }
  REQUIRE(to_text(Duration(1500us)) == "1500us");
  REQUIRE(to_text(ByteCount{128_MiB}) == "128MiB");
}

TEST_CASE("humane figures have three digits") {
  REQUIRE(humane(Duration(1'840us)) == "1.84 ms");
  REQUIRE(humane(Duration(84ms)) == "84.0 ms");
  REQUIRE(humane_bytes(268'435'456) == "268 MB");
  REQUIRE(with_commas(12'406) == "12,406");
  REQUIRE(with_commas(999) == "999");
}

}  // namespace
}  // namespace wallop::base
