// SPDX-License-Identifier: Apache-2.0
// Numbers in words, and the section of a document that lives on around it.
#include "cli/bench/tables.h"

#include <catch2/catch.hpp>

namespace wallop::cli {
namespace {

TEST_CASE("numbers have three digits and the unit that suits them") {
  REQUIRE(in_unit(6084926.4, Unit::per_second) == "6.08 M/s");
  REQUIRE(in_unit(430, Unit::per_second) == "430 /s");
  REQUIRE(in_unit(4.786e9, Unit::bytes_per_second) == "4.79 GB/s");
  REQUIRE(in_unit(0.1512, Unit::seconds) == "151 ms");
  REQUIRE(in_unit(163, Unit::nanoseconds) == "163 ns");
  REQUIRE(in_unit(0, Unit::count) == "0");
  REQUIRE(in_unit(12.345, Unit::percent) == "12.3 %");
}

Measured measured() {
  return {.row = {.id = "always/1",
                  .what = "always",
                  .ours = {"wallop", "wallop", "append", "", "per_second"},
                  .others = {{"naive", "naive", "append", "", "per_second"}},
                  .reach = {{0, 1.1}}},
          .numbers = {{120, 130, 140}, {100, 100, 100}}};
}

TEST_CASE("a table's line has ours, theirs, the ratio with its spread, and what was to be reached") {
  const std::string table = markdown_table({measured()});
  REQUIRE(table.find("| always | wallop | 130 /s | 120 /s .. 140 /s |  |  | reached |") != std::string::npos);
  REQUIRE(table.find("|  | naive | 100 /s | 100 /s .. 100 /s | 1.3 x (1.2 .. 1.4) | >= 1.1 x |  |") !=
          std::string::npos);
}

TEST_CASE("a row that falls short says so") {
  Measured slow = measured();
  slow.numbers[0] = {100, 100, 100};
  REQUIRE(markdown_table({slow}).find("**short**") != std::string::npos);
  REQUIRE(lines_for_people(slow)[1].find("SHORT") != std::string::npos);
  REQUIRE(base::json::to_text(rows_for_machines(slow)[0], base::json::Layout::compact)
              .find("\"reached\":false") != std::string::npos);
}

TEST_CASE("a peer that is not in the build has no line") {
  Measured alone = measured();
  alone.numbers[1].clear();
  REQUIRE(lines_for_people(alone).size() == 2);
  REQUIRE(markdown_table({alone}).find("not judged") != std::string::npos);
}

TEST_CASE("a section is added once, then replaced, and what people wrote around it stays") {
  const auto first = with_section("# Performance\n", "log", "old\n");
  REQUIRE(first);
  const std::string with_reason = *first + "\nWhy a row falls short.\n";
  const auto second = with_section(with_reason, "log", "new\n");
  REQUIRE(second ==
          "# Performance\n\n<!-- wallop bench log: begin -->\nnew\n<!-- wallop bench log: end -->\n\nWhy a "
          "row falls short.\n");
}

TEST_CASE("a section that begins and does not end is not guessed at") {
  const auto cut = with_section("<!-- wallop bench log: begin -->\nmine", "log", "new\n");
  REQUIRE(!cut);
  REQUIRE(cut.error().find("end -->") != std::string::npos);
}

}  // namespace
}  // namespace wallop::cli
