// SPDX-License-Identifier: Apache-2.0
// Every value knows its line and column, and no input, however broken, does more than return a problem.
#include "base/json.h"

#include <catch2/catch.hpp>

namespace wallop::base::json {
namespace {

Place place_of(std::string_view text, std::string_view key) {
  return parse(text)->find(key)->place();
}
std::string complaint(std::string_view text) {
  return describe("f", parse(text).error());
}

TEST_CASE("places are those of the first character of the value") {
  const std::string_view text =
      "{ // a comment\n  \"a\": 12, /* b */ \"b\":\n\t[1,2], \"c\": \"x\\\"y\", \"d\": {} }";
  REQUIRE(place_of(text, "a") == Place{2, 8});
  REQUIRE(place_of(text, "b") == Place{3, 2});
  REQUIRE(place_of(text, "c") == Place{3, 14});
  REQUIRE(place_of(text, "d") == Place{3, 27});
}

TEST_CASE("a comment straight after a number does not shift places") {
  const std::string_view text = "{\"a\":1/*x*/,\"b\":2//y\n,\"c\":3}";
  REQUIRE(place_of(text, "b") == Place{1, 17});
  REQUIRE(place_of(text, "c") == Place{2, 6});
}

TEST_CASE("a syntax error has its line and column") {
  REQUIRE(complaint("{\n  \"a\": }").starts_with("f:2:8  syntax error"));
}

TEST_CASE("an empty file says that it is empty") {
  REQUIRE(complaint("") == "f:1:1  the file is empty");
}

TEST_CASE("random bytes are refused in printable words") {
  const std::string problem = complaint("\xff\xfe\x01\x80 garbage");
  REQUIRE(problem.starts_with("f:1:"));
  for (const char c : problem) REQUIRE((c >= 0x20 && c < 0x7f));
}

TEST_CASE("twenty thousand nested objects are refused, not walked") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "{\"a\":";
  REQUIRE(complaint(text) == "f:1:321  nested too deeply  at most 64 levels are read");
}

TEST_CASE("integers keep all 64 bits and their sign") {
  const auto value = parse("[18446744073709551615, -9223372036854775808]");
  const Array& numbers = *value->get<Array>();
  REQUIRE(*numbers[0].get<std::uint64_t>() == 18446744073709551615ULL);
  REQUIRE(*numbers[1].get<std::int64_t>() == INT64_MIN);
}

TEST_CASE("printing keeps the order of members and reads back to the same") {
  const Value value = Value().set("z", 1).set("a", Value().push("x").push(true).push(Value()));
  REQUIRE(to_text(value, Layout::compact) == R"({"z":1,"a":["x",true,null]})");
  REQUIRE(to_text(*parse(to_text(value, Layout::indented)), Layout::compact) ==
          to_text(value, Layout::compact));
}

TEST_CASE("text that is not UTF-8 is printed with replacement characters") {
  REQUIRE(to_text(Value("a\xff"), Layout::compact) == "\"a\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace wallop::base::json
