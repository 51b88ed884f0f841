// SPDX-License-Identifier: Apache-2.0
// The verdict: what the end of a log means. One table, tested over all its inputs.
//
// P is the end of the valid chain, E the highest LSN that any surviving byte proves to have been durable.
//
//                    | nothing beyond P | something beyond P
//   P >= E           | clean            | torn: never acknowledged, as far as anything tells
//   P <  E           | corrupt: P+1..E  | corrupt: P+1..E
//   a file is damaged| corrupt          | corrupt
//
// "Damaged" is what no crash leaves behind: a file that held records and has no valid header, a link that
// contradicts the chain it names, bytes where none are ever written. A crash only takes what was never
// synced.
#pragma once

#include <cstdint>

#include "wal/recovery_info.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

enum class Chain : std::uint8_t { reaches_evidence, ends_before_evidence };
enum class Rest : std::uint8_t { zero, written };
enum class Files : std::uint8_t { sound, damaged };

constexpr TailState judge(Chain chain, Rest rest, Files files) {
  if (files == Files::damaged || chain == Chain::ends_before_evidence) return TailState::corrupt;
  return rest == Rest::zero ? TailState::clean : TailState::torn;
}

constexpr Chain chain_against(Lsn end, Lsn evidence) {
  return end < evidence ? Chain::ends_before_evidence : Chain::reaches_evidence;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
