// SPDX-License-Identifier: Apache-2.0
// How a log is opened: where, how large its segments are, and when what it accepts becomes durable.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "io/result.h"
#include "io/time.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// append returns when the record is durable. Concurrent appends share a sync.
struct Always {
  bool operator==(const Always&) const = default;
};

// append returns when the record is accepted; a sync that covers it *starts* at most `window` later, also
// when the log is idle. append blocks while it would leave more than `bytes` accepted and not durable, and
// while the oldest such record is older than window + stall_max. A record larger than `bytes` is durable when
// its append returns.
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
  none,       // The file grows as it is written; a full disk is met by an append, and poisons the log.
  allocate,   // Blocks are reserved: a full disk is met when a segment is prepared. Falls back to none.
  zero_fill,  // Zeros are written: a later sync commits no metadata. Dearest to prepare, cheapest to append
              // to.
};

struct Options {
  std::string directory;                       // Made if missing; its parent must exist.
  std::uint64_t segment_bytes = 128ULL << 20;  // A multiple of the block, at least 16 blocks.
  SyncPolicy sync = Batch{};
  Preallocate preallocate = Preallocate::allocate;
  // Encoded bytes of the largest record that append takes; what a segment cannot hold is too large in any
  // case.
  std::uint64_t record_bytes_max = 16ULL << 20;
  // Segments prepared ahead by a background thread. With 0 the append that needs one prepares it. Always and
  // 0: the log starts no thread at all.
  unsigned spare_segments = 1;
};

inline constexpr std::uint64_t kBlocksPerSegmentMin = 16;
inline constexpr unsigned kSpareSegmentsMax = 16;
inline constexpr io::Duration kWindowMax = std::chrono::seconds(60);

// invalid, with a sentence that names the option, its value and its limit.
io::Status validate(const Options& options, std::uint32_t block_bytes);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
