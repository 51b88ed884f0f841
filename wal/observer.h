// SPDX-License-Identifier: Apache-2.0
// Observer: is told what a log does, and how long it took (Options::observer). metrics.h is one that counts.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "io/time.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// What a span is of, and what its bytes are.
enum class Stage : std::uint8_t {
  append,     // One call of append, append_batch or append_async that was accepted; its encoded bytes.
  serialize,  // Of it: laying out one record,
  crc,        // and its checksum.
  write,      // One group handed to the operating system, for all whose records are in it.
  sync,       // One File::sync of records; what it made durable.
  rotate,     // One switch to the next segment; what the full one holds.
  recover,    // One open, up to where it serves; what it scanned.
  remove,     // One deletion; what it freed.
};
inline constexpr std::size_t kStageCount = 8;

// As traces name them.
[[nodiscard]] constexpr std::string_view name_of(Stage stage) {
  constexpr std::array<std::string_view, kStageCount> kNames = {
      "wal.append", "wal.append.serialize", "wal.append.crc", "wal.write",
      "wal.sync",   "wal.rotate",           "wal.recover",    "wal.delete"};
  return kNames[static_cast<std::size_t>(stage)];
}

class Observer {
 public:
  virtual ~Observer() = default;
  // Called by whichever thread did it, several at a time, also while the log's lock is held: must not block,
  // nor call the log or its world. Only what succeeded is told.
  virtual void span(Stage stage, io::Instant begin, io::Instant end, std::uint64_t bytes) = 0;
  // How far the segment that is being written is filled, after each write.
  virtual void segment_bytes(std::uint64_t bytes) = 0;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
