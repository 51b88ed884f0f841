// SPDX-License-Identifier: Apache-2.0
// What explain knows of faults, and the page that it makes of it.
#include <catch2/catch.hpp>

#include "base/json.h"
#include "cli/fixture.h"
#include "faults/catalogue.h"

namespace wallop::cli {
namespace {

using testing::contains;
using testing::Terminal;

std::string explained(const std::vector<std::string>& words) {
  Terminal terminal;
  std::vector<std::string> all{"explain"};
  all.insert(all.end(), words.begin(), words.end());
  return terminal.type(all) == Exit::passed ? terminal.data() : "";
}

TEST_CASE(
    "docs/faults.md is what the catalogue says: wallop explain faults triggers --markdown > docs/faults.md") {
  io::PosixWorld machine("/");
  const auto page = read_file(machine.world().files, WALLOP_SOURCE_DIR "/docs/faults.md");
  REQUIRE(page.value_or("") == explained({"faults", "triggers", "--markdown"}));
}

TEST_CASE("a plural explains all of a kind") {
  const std::string faults = explained({"faults"});
  for (const faults::KindInfo& kind : faults::kinds())
    CHECK(contains(faults, std::string(kind.name) + "   fault: "));
  CHECK(contains(explained({"oracles"}), "durable   oracle: "));
}

TEST_CASE("a fault's keys have units, and what it allows to be lost is said") {
  const std::string stall = explained({"stall"});
  CHECK(contains(stall, "key for   (required; duration)"));
  CHECK(contains(stall, "no loss"));
  CHECK(contains(explained({"lost_write"}), "a loss that recovery names"));
  CHECK(contains(explained({"io_error"}), "EIO"));
}

TEST_CASE("the keys of a trigger are explained with their units") {
  const std::string when = explained({"when"});
  CHECK(contains(when, "(chance)"));
  CHECK(contains(when, "(duration, or a list)"));
  CHECK(contains(when, "(whole number)"));
  CHECK(contains(when, R"(({ "from", "to" }))"));
}

TEST_CASE("every fault kind says what oracles allow under it and which operations it hits") {
  for (const faults::KindInfo& kind : faults::kinds()) {
    INFO(kind.name);
    const std::string text = explained({std::string(kind.name)});
    CHECK(contains(text, "allows"));
    CHECK(contains(text, "hits"));
  }
}

}  // namespace
}  // namespace wallop::cli
