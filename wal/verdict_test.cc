// SPDX-License-Identifier: Apache-2.0
#include "wal/verdict.h"

#include <array>
#include <catch2/catch.hpp>

namespace wallop::wal {
namespace {

struct Row {
  Chain chain;
  Rest rest;
  Files files;
  TailState verdict;
};

constexpr Chain kReaches = Chain::reaches_evidence;
constexpr Chain kStopsShort = Chain::ends_before_evidence;

// All 2^3 inputs.
constexpr std::array kTable = {
    Row{kReaches, Rest::zero, Files::sound, TailState::clean},
    Row{kReaches, Rest::written, Files::sound, TailState::torn},
    Row{kReaches, Rest::zero, Files::damaged, TailState::corrupt},
    Row{kReaches, Rest::written, Files::damaged, TailState::corrupt},
    Row{kStopsShort, Rest::zero, Files::sound, TailState::corrupt},
    Row{kStopsShort, Rest::written, Files::sound, TailState::corrupt},
    Row{kStopsShort, Rest::zero, Files::damaged, TailState::corrupt},
    Row{kStopsShort, Rest::written, Files::damaged, TailState::corrupt},
};

TEST_CASE("the verdict is the table's for every input") {
  for (const Row& row : kTable) REQUIRE(judge(row.chain, row.rest, row.files) == row.verdict);
}

TEST_CASE("a chain reaches the evidence exactly where it ends at or behind it") {
  for (std::uint64_t end = 0; end < 5; ++end) {
    for (std::uint64_t evidence = 0; evidence < 5; ++evidence) {
      REQUIRE(chain_against(Lsn(end), Lsn(evidence)) == (end >= evidence ? kReaches : kStopsShort));
    }
  }
}

}  // namespace
}  // namespace wallop::wal
