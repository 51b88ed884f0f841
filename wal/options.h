// SPDX-License-Identifier: Apache-2.0
// How a log is opened: where, how large its segments are, and when what it accepts becomes durable.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "io/result.h"
#include "io/time.h"
#include "wal/build.h"
#include "wal/observer.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// append returns when the record is durable. Concurrent appends share a sync.
struct Always {
  bool operator==(const Always&) const = default;
};

// append returns when the record is accepted; a sync that covers it *starts* at most `window` later, also
// when the log is idle. append blocks while it would leave more than `bytes` accepted and not durable, and
// while the oldest such record is older than window + stall_max. Whoever appends hands over what has
// gathered, 256 KiB at a time. A record larger than `bytes` is durable when its append returns.
struct Batch {
  io::Duration window = std::chrono::milliseconds(5);
  std::uint64_t bytes = 1ULL << 20;
  io::Duration stall_max = std::chrono::milliseconds(5);
  bool operator==(const Batch&) const = default;
};

// append returns when at most `buffer_bytes` are accepted and not handed to the operating system, and hands
// them over at most `buffer_time` later. With 0 every record has reached it when its append returns. Only
// sync() makes durable.
struct Os {
  std::uint64_t buffer_bytes = 0;
  io::Duration buffer_time = std::chrono::milliseconds(5);
  bool operator==(const Os&) const = default;
};

using SyncPolicy = std::variant<Always, Batch, Os>;

// How the space of a segment is made ready before records enter it.
enum class Preallocate : std::uint8_t {
  none,       // The file grows as it is written; a full disk is met by a write (full_disk.cc says what then).
  allocate,   // Blocks are reserved: a full disk is met when a segment is prepared. Falls back to none.
  zero_fill,  // Zeros are written: a later sync commits no metadata. Dearest to prepare, cheapest to append
              // to.
};

// What an open does about what a crash, or worse, has left.
enum class RecoveryMode : std::uint8_t {
  // A torn end that nothing proves to have been acknowledged is dropped and reported. Damage is an error, and
  // nothing is changed.
  strict,
  // A torn end is an error too: for logs that are closed before they are opened again. Only with segments
  // that were filled with zeros, and never recycled: behind the end of others something may lie that nobody
  // wrote there.
  absolute,
  // Damage is accepted: what is left in front of it stays, what was proven durable behind it is given up for
  // good and recorded as lost, and the log goes on behind. The files concerned are copied to `quarantine/` in
  // the log's directory first. No file that was found is written to.
  prefix,
  // Nothing is written, not even the lock's file: whatever still validates is read, also what is dead, and
  // every hole named. Appending is refused.
  salvage,
};

// How far the reading of an open has come. What is searched by the cache first is read twice, so the total
// may grow.
struct RecoveryProgress {
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
};
using RecoveryProgressCallback = std::function<void(const RecoveryProgress&)>;

// How far behind the acknowledged records the proof that they were durable may lie. Damage to a record that
// nothing proves passes as torn by the crash. Frames prove what was durable when they were built; the rest is
// a watermark, written beside them.
enum class EvidenceLevel : std::uint8_t {
  lagged,  // By later frames and by the next open alone: the last group, and those in flight, are unproven.
  sealed_idle,  // A watermark once no sync was made for idle_interval, and at close.
  synchronous,  // A watermark before a group is acknowledged: every record is proven, at one more sync a
                // group.
};

// Where a group begins that is built after a sync was called.
enum class Sectors : std::uint8_t {
  // On the next block: no sector that holds durable bytes is ever written again, whatever the device does to
  // the neighbours of what it writes. Each synced group takes whole blocks.
  fresh,
  // Right behind the last one, in the same block. Takes no more than its bytes; where every append is synced
  // by itself, a fraction of the space. Assumption: power-safe overwrite (a write that power loss cuts leaves
  // the bytes beside it as they were), as SQLite assumes by default. Where that does not hold, a crash
  // damages acknowledged records.
  packed,
};

struct Options {
  std::string directory;                       // Made if missing; its parent must exist.
  std::uint64_t segment_bytes = 128ULL << 20;  // A multiple of the block, at least 16 blocks.
  SyncPolicy sync = Batch{};
  Preallocate preallocate = Preallocate::allocate;
  // Encoded bytes of the largest record that append takes; what a segment cannot hold is too large in any
  // case.
  std::uint64_t record_bytes_max = 16ULL << 20;
  // Segments prepared ahead by a background thread, beside the one that is kept in reserve for an open on a
  // full disk. With 0 the append that needs one prepares it, and Always without sealed_idle starts no thread
  // at all.
  unsigned spare_segments = 1;
  // Segments that deletion frees and keeps, beside those prepared ahead, to be used again under a new id;
  // what is more is unlinked. Their space is written already: no sync of theirs commits metadata, and a full
  // disk cannot take it. Their price: the space, and that behind the last record a torn end does not show.
  // With 0 all that is deleted is the disk's again.
  unsigned recycle_segments = 0;
  RecoveryMode recovery = RecoveryMode::strict;
  // Files that an open reads at once, each with a window of 1 MiB. With 1 the opening thread reads alone.
  unsigned recovery_threads = 1;
  // Called by the opening thread, about once for each MiB that it reads itself.
  RecoveryProgressCallback recovery_progress{};
  // Called once, with the first error, when the log is poisoned: by the thread that met it, which holds no
  // lock of the log's. It must not destroy the log.
  std::function<void(const io::Error&)> on_poisoned{};
  // Is told what the log does; must outlive it. Without one nothing is measured.
  Observer* observer = nullptr;
  // Only with prefix: the LSN with which the log goes on, above all that is proven. Needed where the
  // surviving bytes do not tell how much is lost; without it the first one above all evidence.
  std::optional<Lsn> first_lsn{};
  Sectors sectors = Sectors::fresh;
  EvidenceLevel evidence = EvidenceLevel::sealed_idle;
  io::Duration idle_interval = std::chrono::milliseconds(100);
  // What is read and checked at once: a group of records that has this much is written, and a batch that is
  // larger takes several frames. A record larger than this has a frame of its own.
  std::uint64_t frame_bytes_max = 8ULL << 20;
  // Bytes of a segment ever written beyond what is durable, under every policy: append syncs where it would
  // write more. It bounds what recovery searches behind the last record, and what one append takes, a batch
  // too: none of it is durable before all of it is.
  std::uint64_t unsynced_bytes_max = 64ULL << 20;
};

inline constexpr std::uint64_t kBlocksPerSegmentMin = 16;
inline constexpr unsigned kSpareSegmentsMax = 16;
inline constexpr unsigned kRecycledSegmentsMax = 64;
inline constexpr unsigned kRecoveryThreadsMax = 64;
inline constexpr std::uint64_t kFrameBytesMin = 512;
// What a frame's length field and the combination of checksums bear, with room to spare.
inline constexpr std::uint64_t kFrameBytesMax = 1ULL << 30;
inline constexpr io::Duration kWindowMax = std::chrono::seconds(60);

// invalid, with a sentence that names the option, its value and its limit.
io::Status validate(const Options& options, std::uint32_t block_bytes);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
