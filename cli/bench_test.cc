// SPDX-License-Identifier: Apache-2.0
// wallop bench: its command line. (What it measures is tried by bench/peers/peers_test.cmake, with the
// program.)
#include <catch2/catch.hpp>
#include <filesystem>

#include "cli/fixture.h"

namespace wallop::cli {
namespace {

using testing::contains;
using testing::Terminal;

TEST_CASE("bench says which row it does not know, and which was meant") {
  Terminal terminal;
  REQUIRE(terminal.type({"bench", "--only", "rotatoin"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "no row \"rotatoin\""));
  REQUIRE(contains(terminal.messages(), "rotation"));
}

TEST_CASE("bench lists the rows that there are where it does not know one") {
  Terminal terminal;
  REQUIRE(terminal.type({"bench", "--only", "zzz"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "rows: append/100/os, append/100/batch"));
  REQUIRE(contains(terminal.messages(), "deletion"));
  REQUIRE_FALSE(contains(terminal.messages(), "did you mean"));
}

TEST_CASE("bench without its program says how to build it, and leaves nothing behind") {
  Terminal terminal;  // The test program has none beside it.
  REQUIRE(terminal.type({"bench", "--only", "always", "--dir", terminal.path("")}) == Exit::harness);
  REQUIRE(contains(terminal.messages(), "wallop_peer is not beside"));
  REQUIRE(contains(terminal.messages(), "cmake --build"));
  REQUIRE(std::filesystem::is_empty(terminal.path("")));
}

TEST_CASE("bench says that its directory is not there") {
  Terminal terminal;
  REQUIRE(terminal.type({"bench", "--dir", terminal.path("absent")}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "--dir"));
}

TEST_CASE("--quick and --rounds contradict each other") {
  Terminal terminal;
  REQUIRE(terminal.type({"bench", "--quick", "--rounds", "4"}) == Exit::usage);
}

}  // namespace
}  // namespace wallop::cli
