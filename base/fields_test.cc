// SPDX-License-Identifier: Apache-2.0
// One list of fields gives parsing, printing and schema; what is wrong is said with its place.
#include "base/fields.h"

#include <catch2/catch.hpp>

namespace wallop::base {
namespace {

enum class Shape { round, square };
constexpr auto enum_names(Shape) {
  return std::array{EnumName{"round", Shape::round}, EnumName{"square", Shape::square}};
}

struct Hole {
  ByteCount keep_bytes;
  template <class Visitor>
  void fields(Visitor& v) {
    v("keep_bytes", keep_bytes, "How many bytes last.", Need::required);
  }
};

struct Plan {
  std::string name = "unnamed";
  std::uint8_t count = 1;
  Duration window{};
  Shape shape = Shape::round;
  std::optional<Ratio> chance;
  std::vector<Hole> holes;
  template <class Visitor>
  void fields(Visitor& v) {
    v("name", name, "What to call it.");
    v("count", count, "How many.");
    v("window", window, "How long.");
    v("shape", shape, "Which form.");
    v("chance", chance, "How often.");
    v("holes", holes, "Where.");
  }
};

// The first problem of a document, as a user would see it; "" where there is none.
std::string complaint(std::string_view text) {
  Plan plan;
  const json::Problems problems = read_document(text, plan);
  return problems.empty() ? "" : json::describe("p", problems.front());
}

TEST_CASE("a document without problems fills the struct and keeps defaults for absent keys") {
  Plan plan;
  REQUIRE(read_document(R"({"window": "5ms", "holes": [{"keep_bytes": "512B"}], "shape": "square"})", plan)
              .empty());
  REQUIRE(plan.name == "unnamed");
  REQUIRE(plan.window == std::chrono::milliseconds(5));
  REQUIRE(plan.shape == Shape::square);
  REQUIRE(plan.holes.at(0).keep_bytes.value == 512);
  REQUIRE_FALSE(plan.chance.has_value());
}

TEST_CASE("what is printed reads back to the same") {
  Plan plan{.name = "a",
            .count = 7,
            .window = std::chrono::microseconds(1500),
            .shape = Shape::square,
            .chance = Ratio{1, 3},
            .holes = {{ByteCount{4096}}}};
  Plan again;
  REQUIRE(read_document(json::to_text(print(plan), json::Layout::indented), again).empty());
  REQUIRE(print(again) == print(plan));
  REQUIRE(again.window == plan.window);
}

TEST_CASE("a misspelt key is named with its place and the nearest key") {
  REQUIRE(complaint("{\n  \"holes\": [ { \"keep_byte\": \"1B\", \"keep_bytes\": \"1B\" } ]\n}") ==
          "p:2:16  unknown key \"keep_byte\" in /holes/0  did you mean \"keep_bytes\"?");
}

TEST_CASE("a wrong unit says how to write it") {
  REQUIRE(complaint("{ \"window\": \"20 ms\" }") ==
          "p:1:13  \"20 ms\" is no duration in /window  write \"20ms\"");
}

TEST_CASE("a duplicate key is refused and the first one located") {
  REQUIRE(complaint("{ \"count\": 1,\n \"count\": 2 }") ==
          "p:2:2  duplicate key \"count\"  the first stands at line 1");
}

TEST_CASE("a number that does not fit is refused, not wrapped") {
  REQUIRE(complaint("{ \"count\": 256 }") == "p:1:12  256 is out of range in /count  between 0 and 255");
  REQUIRE(complaint("{ \"count\": -1 }") == "p:1:12  -1 is out of range in /count  between 0 and 255");
}

TEST_CASE("a missing required key and a value of the wrong kind are problems") {
  REQUIRE(complaint("{ \"holes\": [ {} ] }") == "p:1:14  missing key \"keep_bytes\" in /holes/0");
  REQUIRE(complaint("{ \"name\": {} }") == "p:1:11  expected a string, found an object in /name");
  REQUIRE(complaint("[]") == "p:1:1  expected an object, found an array in /");
}

TEST_CASE("an unknown enum value lists what there is") {
  REQUIRE(complaint("{ \"shape\": \"rond\" }") ==
          "p:1:12  unknown value \"rond\" in /shape  did you mean \"round\"?");
  REQUIRE(complaint("{ \"shape\": \"x\" }") == "p:1:12  unknown value \"x\" in /shape  known: round, square");
}

TEST_CASE("all problems of a document are reported, not only the first") {
  Plan plan;
  REQUIRE(read_document("{ \"a\": 1, \"b\": 2, \"window\": 3 }", plan).size() == 3);
}

TEST_CASE("the schema names types, required keys and descriptions") {
  const json::Value described = schema<Plan>();
  const json::Value* holes = described.find("properties")->find("holes");
  REQUIRE(*holes->find("items")->find("required") == json::Value(json::Array{json::Value("keep_bytes")}));
  REQUIRE(*described.find("properties")->find("window")->find("description") == json::Value("How long."));
  REQUIRE(*described.find("additionalProperties") == json::Value(false));
}

}  // namespace
}  // namespace wallop::base
