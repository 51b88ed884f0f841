// SPDX-License-Identifier: Apache-2.0
// The nearest word is found through one typing slip of each kind, and nothing is suggested from far away.
#include "base/suggest.h"

#include <array>
#include <catch2/catch.hpp>

namespace wallop::base {
namespace {

constexpr std::array<std::string_view, 3> kKnown{"keep_bytes", "failed_sync", "stall"};

TEST_CASE("a letter missing, doubled, wrong or swapped still finds the word") {
  for (const char* slip : {"keep_byte", "keep_bytess", "keep_bites", "kepe_bytes"})
    REQUIRE(nearest(slip, kKnown) == "keep_bytes");
}

TEST_CASE("a word that is near to nothing gets the list where that is short") {
  REQUIRE(nearest("banana", kKnown).empty());
  REQUIRE(did_you_mean("banana", kKnown) == "known: keep_bytes, failed_sync, stall");
  REQUIRE(did_you_mean("banana", {}).empty());
}

}  // namespace
}  // namespace wallop::base
