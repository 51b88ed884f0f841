// SPDX-License-Identifier: Apache-2.0
// AcceptedLosses: the LSNs that a recovery in mode `prefix` was told to give up. Every link frame written
// since repeats them, so that a reader which meets the hole can say that it is one.
//
// Ranges rise, hold something, and never touch: two that do are one.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

class AcceptedLosses {
 public:
  AcceptedLosses() = default;
  // Nothing where the ranges do not rise, are empty, or touch.
  static std::optional<AcceptedLosses> from(std::vector<LsnRange> ranges);

  // `range` lies behind all that are held, or touches the last one. An empty one adds nothing.
  void add(LsnRange range);
  // Drops what ends before `lsn`: nobody asks for what was deleted.
  void forget_before(Lsn lsn);

  // What follows `last` in the log: the next LSN, or the one behind the loss that begins there.
  [[nodiscard]] Lsn next_after(Lsn last) const;
  // The last record at or before `lsn`, as far as losses tell.
  [[nodiscard]] Lsn record_at_or_before(Lsn lsn) const;
  // The loss that ends right before `lsn`; empty where there is none.
  [[nodiscard]] LsnRange ending_before(Lsn lsn) const;

  [[nodiscard]] std::span<const LsnRange> ranges() const { return ranges_; }
  [[nodiscard]] std::size_t count() const { return ranges_.size(); }
  bool operator==(const AcceptedLosses&) const = default;

 private:
  std::vector<LsnRange> ranges_;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
