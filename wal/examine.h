// SPDX-License-Identifier: Apache-2.0
// Examination: what a directory's bytes say, without changing one. Everything else in recovery follows from
// it.
//
// The chain. Each used segment's link frame names its predecessor. The successor of S is, among the segments
// whose link names S and carries an epoch not lower than that of S's own link, the one with the highest
// (epoch, id). The first segment of the chain is chosen the same way among those that begin where the low
// water says (or behind a loss there that was accepted) and name nothing that is still there. The chain goes
// on only where S's frames reach the very end that the link names: behind a rotation's link the log ends
// where S stops short; behind a recovery's (a seal: higher epoch) S had been synced, and stopping short is
// damage. What no chosen link reaches is dead: never data, but evidence still.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "io/result.h"
#include "io/world.h"
#include "wal/frame.h"
#include "wal/recovery_info.h"
#include "wal/scan.h"
#include "wal/verdict.h"
#include "wal/verify_parallel.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Why a file that is not part of the chain is there.
enum class Leftover : std::uint8_t {
  spare,       // Prepared, never used.
  cut,         // Its creation or its recycling was cut: nothing in it that validates under its name.
  superseded,  // Below the low water, or dropped by an earlier recovery whose seal is in the chain.
  dropped,     // Dropped by this recovery: it may hold evidence until the new seal is durable.
};

struct Examination {
  std::vector<FoundSegment> segments;  // Every segment file, by id.
  std::vector<std::size_t> chain;      // Indexes into segments, first to last.
  std::optional<LogUuid> log_uuid;
  LowWater low_water;
  AcceptedLosses accepted;          // As the chain's last link repeats them.
  SegmentId highest_id;             // In any name, header or frame.
  std::uint32_t highest_epoch = 0;  // The highest counter likewise.
  Lsn end;                          // P: the last record of the chain.
  Lsn evidence;                     // E: the highest LSN proven durable.
  Proof proof = Proof::exact;       // Of E.
  RecoveryInfo info;                // The verdict is info.tail.

  [[nodiscard]] bool is_live(std::size_t index) const;
  // Of the chain, and before a recovery's seal: that had looked at the whole file, and what lies behind the
  // end that the next link names holds nothing any more.
  [[nodiscard]] bool is_sealed_off(std::size_t index) const;
  // The chain as its links name it: it goes on where a segment stops short of the end that the next one
  // names.
  [[nodiscard]] std::vector<std::size_t> named_chain() const;
  // For a segment that is not live.
  [[nodiscard]] Leftover why_left(const FoundSegment& segment) const;
  // What the next link names: the last segment of the chain that holds a record, or what the first one named;
  // without a chain nothing, with the LSN before the first one that the log still holds.
  [[nodiscard]] Predecessor last_with_records() const;
};

// Fails only where the world does (an unreadable byte is never the end of a log), where the directory is
// missing, or where a format is unknown (unsupported). Damage is in info.
io::Result<Examination> examine(io::World& world, std::string_view directory, ReadVia via,
                                const Effort& effort = {});

// The same past the page cache, but for what a footer or a watermark proves to be covered by a successful
// sync. After a failed sync the cache may show bytes that the device never got, and marks them clean: no
// later sync would write them (Rebello et al., ATC'20). Where the world cannot read past its cache, it is
// read, and info.cache_not_bypassed says so.
io::Result<Examination> examine_stored(io::World& world, std::string_view directory, const Effort& effort);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
