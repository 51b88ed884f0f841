// SPDX-License-Identifier: Apache-2.0
#include "reports/free_room.h"

#include <catch2/catch.hpp>

namespace wallop::reports {
namespace {

const std::vector<Place> kLowThenHigh{{{.1, .2}, Align::left}, {{.1, .8}, Align::left}};

bool stands(const std::string& command, const std::string& where) {
  return command.find(where) != std::string::npos;
}

TEST_CASE("a label stands at its first place while that is free") {
  FreeRoom room(400, 300);
  CHECK(stands(room.put(1, "words", "blue", kLowThenHigh), "graph 0.1000,0.2000 left"));
}

TEST_CASE("a label gives way to a curve and to an earlier label") {
  FreeRoom room(400, 300);
  room.take_line({0, .2}, {1, .2});
  CHECK(stands(room.put(1, "words", "blue", kLowThenHigh), "graph 0.1000,0.8000"));
  CHECK(stands(room.put(2, "words", "blue", {{{.12, .8}, Align::left}, {{.5, .5}, Align::left}}),
               "graph 0.5000,0.5000"));
}

TEST_CASE("a label that would leave the plot goes elsewhere") {
  FreeRoom room(400, 300);
  CHECK(stands(room.put(1, "words", "blue", {{{.99, .5}, Align::left}, {{.99, .5}, Align::right}}),
               "0.5000 right"));
}

TEST_CASE("a slope takes no more than its own way") {
  FreeRoom room(400, 300);
  room.take_line({0, 0}, {1, 1});
  CHECK(stands(room.put(1, "words", "blue", {{{.02, .9}, Align::left}, {{.5, .5}, Align::left}}),
               "0.0200,0.9000"));
}

}  // namespace
}  // namespace wallop::reports
