// SPDX-License-Identifier: Apache-2.0
// What recovery found, as Wal::open and Wal::inspect report it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/time.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

enum class TailState : std::uint8_t {
  clean,     // Nothing stood beyond the last valid record.
  recycled,  // Only what the segment held before it was recycled: whether a torn write hit it does not show.
  torn,      // Something did, and nothing proves that it was ever durable: dropped.
  corrupt,   // Records that were once durable are damaged or gone, or a file that held records cannot be read
             // as one.
};

struct RecoveryInfo {
  std::uint64_t valid_records = 0;
  std::uint64_t segments_scanned = 0;  // Files looked at, dead ones too.
  std::uint64_t bytes_scanned = 0;
  std::uint64_t bytes_discarded =
      0;  // From the end of the last valid record to the last byte that was not zero.
  TailState tail = TailState::clean;
  Position
      last_valid;  // Where the last valid record ends: read_from(last_valid) gives what was appended since.
  Lsn last;        // The last valid record; before the first one, where there is none.
  Lsn durable_proven;                    // What the surviving bytes prove to have been durable once.
  std::vector<LsnRange> lost;            // Proven durable, and not there any more.
  bool loss_has_no_end = false;          // At least that: nothing that is left tells how much more.
  std::vector<LsnRange> accepted;        // Given up by an open in mode prefix, this one or an earlier one.
  std::vector<SegmentId> spares;         // Files that are ready and were never used.
  std::vector<SegmentId> cut;            // Files whose making or recycling was cut: they hold nothing.
  std::string damage;                    // What is damaged, for humans; "" where nothing is.
  std::vector<std::string> quarantined;  // Copies that this open made, relative to the log's directory.
  bool cache_not_bypassed = false;  // The world could not read past its page cache (File::read_stored_at).
  io::Duration elapsed{};
  // Of the elapsed time, summed over the threads that read: waiting for bytes, and checking them.
  io::Duration read_time{};
  io::Duration checksum_time{};

  [[nodiscard]] bool corruption_detected() const { return tail == TailState::corrupt; }
  // For display only.
  [[nodiscard]] double gib_per_second() const {
    const double seconds = std::chrono::duration<double>(elapsed).count();
    return seconds > 0 ? static_cast<double>(bytes_scanned) / (1ULL << 30) / seconds : 0;
  }
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
