// SPDX-License-Identifier: Apache-2.0
// Traces from text: every operation, and everything that can be wrong with a line.
#include "sim/truth/trace.h"

#include <catch2/catch.hpp>
#include <utility>

namespace wallop::sim {
namespace {

std::string reason(std::string_view line) {
  const auto trace = read_trace(line);
  REQUIRE_FALSE(trace.has_value());
  return trace.error().reason;
}

TEST_CASE("every operation reads, and prints to what reads back the same") {
  constexpr std::string_view kLines[] = {
      R"({"op":"create","path":"a"})",
      R"({"op":"mkdir","path":"d"})",
      R"({"op":"write","path":"a","offset":0,"bytes":1024,"fill":"A"})",
      R"({"op":"write_durable","path":"a","offset":512,"bytes":1,"fill":"#"})",
      R"({"op":"truncate","path":"a","bytes":100})",
      R"({"op":"allocate","path":"a","offset":0,"bytes":4096})",
      R"({"op":"allocate","path":"a","offset":0,"bytes":4096,"keep_size":true})",
      R"({"op":"sync","path":"a"})",
      R"({"op":"sync_all","path":"a"})",
      R"({"op":"sync_directory","path":"."})",
      R"({"op":"rename","from":"a","to":"d/b"})",
      R"({"op":"link","from":"d/b","to":"c"})",
      R"({"op":"remove","path":"c"})",
  };
  for (const std::string_view line : kLines) {
    INFO(line);
    const auto trace = read_trace(line);
    REQUIRE(trace.has_value());
    REQUIRE(trace->size() == 1);
    REQUIRE(to_text(trace->front()) == line);
  }
}

TEST_CASE("empty lines, comments and carriage returns are skipped, and lines keep their numbers") {
  const auto trace = read_trace(
      "# two files\r\n\r\n  {\"op\":\"create\",\"path\":\"a\"}\r\n"
      "{\"op\":\"create\",\"path\":\"b\"}");
  REQUIRE(trace.has_value());
  REQUIRE(trace->size() == 2);
  REQUIRE(trace->front().line == 3);
  REQUIRE(trace->back().line == 4);
  REQUIRE(read_trace("").value().empty());
}

TEST_CASE("a bad line is named by its number") {
  const auto trace = read_trace("{\"op\":\"create\",\"path\":\"a\"}\n\n{\"op\":\"creat\",\"path\":\"b\"}\n");
  REQUIRE_FALSE(trace.has_value());
  REQUIRE(trace.error().line == 3);
  REQUIRE(trace.error().reason == "unknown op \"creat\"  did you mean \"create\"?");
}

TEST_CASE("what is wrong with a line is said, with what would be right") {
  const std::pair<std::string_view, std::string_view> kWrong[] = {
      {R"({"op":"create"})", "\"path\" is missing"},
      {R"({"path":"a"})", R"(it has no "op", like {"op": "create", "path": "a"})"},
      {R"([1])", "it is an array; each line is one JSON object"},
      {R"({"op":"create","path":"a","offset":1})", "\"create\" has no key \"offset\""},
      {R"({"op":"write","path":"a","offset":-1,"bytes":1,"fill":"A"})", "\"offset\" is -1; it must be"},
      {R"({"op":"write","path":"a","offset":0,"bytes":99999999999,"fill":"A"})", "bytes, 0 to 1048576"},
      {R"({"op":"write","path":"a","offset":1.5,"bytes":1,"fill":"A"})", "a number with a fraction; it must"},
      {R"({"op":"krate","path":"a"})", "known: create, mkdir, "},
      {R"({"op":"write","path":"a","offset":0,"bytes":1,"fill":"AB"})", "one printable character"},
      {R"({"op":"write","path":"a","offset":0,"bytes":1,"fill":7})", "one printable character"},
      {R"({"op":"write","path":"","offset":0,"bytes":1,"fill":"A"})", "must be a path"},
      {R"({"op":"allocate","path":"a","offset":0,"bytes":1,"keep_size":1})", "true or false"},
      {R"({"op":"create","path":"a","path":"b"})", "path"},
      {R"({"op":"create")", "column"},
      {"create a", "column"},
  };
  for (const auto& [line, what] : kWrong) {
    INFO(line);
    REQUIRE(reason(line).find(what) != std::string::npos);
  }
}

TEST_CASE("a trace that nobody could walk is refused at the line that is too much") {
  std::string text;
  for (int i = 0; i < 4097; ++i) text += "{\"op\":\"create\",\"path\":\"a\"}\n";
  REQUIRE(read_trace(text).error().line == 4097);
  text.clear();
  for (int i = 0; i < 5; ++i) text += "{\"op\":\"truncate\",\"path\":\"a\",\"bytes\":1048576}\n";
  REQUIRE(read_trace(text).error().line == 5);
}

}  // namespace
}  // namespace wallop::sim
