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
  Proof proof;
  Verdict verdict;
};

constexpr Chain kReaches = Chain::reaches_evidence;
constexpr Chain kStopsShort = Chain::ends_before_evidence;
constexpr Proof kExact = Proof::exact;
constexpr Proof kAtLeast = Proof::at_least;
constexpr Verdict kClean{TailState::clean, Loss::none};
constexpr Verdict kRecycled{TailState::recycled, Loss::none};
constexpr Verdict kTorn{TailState::torn, Loss::none};
constexpr Verdict kDamaged{TailState::corrupt, Loss::none};
constexpr Verdict kLost{TailState::corrupt, Loss::up_to_evidence};
constexpr Verdict kLostOpen{TailState::corrupt, Loss::from_end_of_chain_on};

// All 2 x 3 x 2 x 2 inputs.
constexpr std::array kTable = {
    Row{kReaches, Rest::zero, Files::sound, kExact, kClean},
    Row{kReaches, Rest::stale, Files::sound, kExact, kRecycled},
    Row{kReaches, Rest::written, Files::sound, kExact, kTorn},
    Row{kReaches, Rest::zero, Files::damaged, kExact, kDamaged},
    Row{kReaches, Rest::stale, Files::damaged, kExact, kDamaged},
    Row{kReaches, Rest::written, Files::damaged, kExact, kDamaged},
    Row{kStopsShort, Rest::zero, Files::sound, kExact, kLost},
    Row{kStopsShort, Rest::stale, Files::sound, kExact, kLost},
    Row{kStopsShort, Rest::written, Files::sound, kExact, kLost},
    Row{kStopsShort, Rest::zero, Files::damaged, kExact, kLost},
    Row{kStopsShort, Rest::stale, Files::damaged, kExact, kLost},
    Row{kStopsShort, Rest::written, Files::damaged, kExact, kLost},
    Row{kReaches, Rest::zero, Files::sound, kAtLeast, kClean},
    Row{kReaches, Rest::stale, Files::sound, kAtLeast, kRecycled},
    Row{kReaches, Rest::written, Files::sound, kAtLeast, kTorn},
    Row{kReaches, Rest::zero, Files::damaged, kAtLeast, kDamaged},
    Row{kReaches, Rest::stale, Files::damaged, kAtLeast, kDamaged},
    Row{kReaches, Rest::written, Files::damaged, kAtLeast, kDamaged},
    Row{kStopsShort, Rest::zero, Files::sound, kAtLeast, kLostOpen},
    Row{kStopsShort, Rest::stale, Files::sound, kAtLeast, kLostOpen},
    Row{kStopsShort, Rest::written, Files::sound, kAtLeast, kLostOpen},
    Row{kStopsShort, Rest::zero, Files::damaged, kAtLeast, kLostOpen},
    Row{kStopsShort, Rest::stale, Files::damaged, kAtLeast, kLostOpen},
    Row{kStopsShort, Rest::written, Files::damaged, kAtLeast, kLostOpen},
};
static_assert(kTable.size() == 24);

TEST_CASE("the verdict is the table's for every input, and the table has each of them once") {
  unsigned seen = 0;
  for (const Row& row : kTable) {
    REQUIRE(judge(row.chain, row.rest, row.files, row.proof) == row.verdict);
    const unsigned input = static_cast<unsigned>(row.chain) + 2 * static_cast<unsigned>(row.rest) +
                           6 * static_cast<unsigned>(row.files) + 12 * static_cast<unsigned>(row.proof);
    seen |= 1U << input;
  }
  REQUIRE(seen == (1U << kTable.size()) - 1);
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
