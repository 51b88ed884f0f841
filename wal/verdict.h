// SPDX-License-Identifier: Apache-2.0
// The verdict: what the end of a log means. One table, tested over all its inputs.
//
// P is the end of the valid chain, E the highest LSN that any surviving byte proves to have been durable.
//
//                     | rest zero       | rest stale                      | rest written
//   P >= E            | clean           | recycled                        | torn: never acknowledged, as far
//                     |                 |                                 | as anything tells
//   P <  E            | corrupt: P+1..E | corrupt: P+1..E                 | corrupt: P+1..E
//   a file is damaged | corrupt         | corrupt                         | corrupt
//
// Where E is proven by a footer alone, and the segment that it names is gone with all that it held: at least
// P+1..E is lost, and nobody can say what else (P+1..?).
//
// "Damaged" is what no crash leaves behind: a file that held records and has no valid header, a link that
// contradicts the chain it names. A crash only takes what was never synced. "Stale" is what a recycled
// segment held before: nothing of this segment and epoch.
#pragma once

#include <cstdint>

#include "wal/recovery_info.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

enum class Chain : std::uint8_t { reaches_evidence, ends_before_evidence };
enum class Rest : std::uint8_t { zero, stale, written };
enum class Files : std::uint8_t { sound, damaged };
enum class Proof : std::uint8_t { exact, at_least };  // What is known of the last record that was durable.

enum class Loss : std::uint8_t { none, up_to_evidence, from_end_of_chain_on };

struct Verdict {
  TailState tail = TailState::clean;
  Loss loss = Loss::none;
  bool operator==(const Verdict&) const = default;
};

constexpr TailState tail_over(Rest rest) {
  switch (rest) {
    case Rest::zero:
      return TailState::clean;
    case Rest::stale:
      return TailState::recycled;
    case Rest::written:
      break;
  }
  return TailState::torn;
}

constexpr Verdict judge(Chain chain, Rest rest, Files files, Proof proof) {
  if (chain == Chain::ends_before_evidence) {
    return {TailState::corrupt, proof == Proof::exact ? Loss::up_to_evidence : Loss::from_end_of_chain_on};
  }
  if (files == Files::damaged) return {TailState::corrupt, Loss::none};
  return {tail_over(rest), Loss::none};
}

constexpr Chain chain_against(Lsn end, Lsn evidence) {
  return end < evidence ? Chain::ends_before_evidence : Chain::reaches_evidence;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
