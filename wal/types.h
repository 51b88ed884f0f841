// SPDX-License-Identifier: Apache-2.0
// The numbers a log is made of: LSNs, segment ids, positions, epochs.
#pragma once

#include <compare>
#include <cstdint>

#include "base/strong.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Log sequence number: the first record of a log is 1, the next one 2, without gaps. 0 stands before all of
// them.
using Lsn = base::Strong<struct LsnTag>;

// Segments are numbered from 1 as they are made; no number is ever used twice. 0 names none.
using SegmentId = base::Strong<struct SegmentIdTag>;

// The LSNs first .. last, both included. Empty where last is before first.
struct LsnRange {
  Lsn first{1};
  Lsn last{0};

  [[nodiscard]] constexpr bool empty() const { return last < first; }
  [[nodiscard]] constexpr std::uint64_t count() const { return empty() ? 0 : last.since(first) + 1; }
  bool operator==(const LsnRange&) const = default;
};

// Where a record stands. Ordered as the records are; only ever compared within one log.
struct Position {
  SegmentId segment;
  std::uint64_t offset = 0;  // Bytes from the start of the segment's file.

  // Before every record of every log.
  static constexpr Position start() { return {}; }
  auto operator<=>(const Position&) const = default;
};

// One stretch of writing between two opens of a log. The counter orders epochs; the nonce keeps two histories
// apart that a crash let start from the same point.
struct Epoch {
  std::uint32_t counter = 0;
  std::uint32_t nonce = 0;

  auto operator<=>(const Epoch&) const = default;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
