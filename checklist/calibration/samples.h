// SPDX-License-Identifier: Apache-2.0
// What a device was seen to do, as plain data: sample.h fills it, fit.h makes a disk's file of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "io/time.h"
#include "sim/processors.h"

namespace wallop::checklist {

// So many threads read small pieces at the same time.
struct ParallelReads {
  std::uint64_t thread_count = 0;
  std::uint64_t read_count = 0;
  io::Duration elapsed{};
};

// What one call costs by how much it is about, in the mean over many calls; the median of several such means.
struct CallCost {
  io::Duration small{}, large{};
  std::uint64_t small_bytes = 0, large_bytes = 0;
  std::uint64_t count = 0;  // Calls, both sizes together.
};

struct DeviceSamples {
  // One at a time, past the page cache, kSmallBytes at random places of a file.
  base::Histogram read, write;
  // The same in order, kLargeBytes each. Of reads: as a log's recovery reads, from a file that the page cache
  // has forgotten; where it cannot be told to, past it.
  base::Histogram large_read, large_write;
  bool large_reads_cold = false;  // They went through the page cache.
  // A sync with nothing dirty, after a write past the page cache.
  base::Histogram clean_sync;
  // By dirty bytes, of blocks that are written already.
  std::map<std::uint64_t, base::Histogram> sync;
  // A sync of kSmallBytes in blocks that were reserved and never written: the file system commits that they
  // are now. A log that reserves its space pays this.
  base::Histogram commit;
  // What the device was sent for one of them, those bytes included; where somebody counts that.
  std::optional<std::uint64_t> commit_bytes;
  // A file is made, and its directory synced.
  base::Histogram directory_sync;
  std::vector<ParallelReads> parallel;  // The first one by a single thread.

  CallCost cached_write;  // In order, into blocks that are reserved: as a log writes.
  base::Histogram timer, notified;
  CallCost copy, checksum, compress;
  // Of the log, whole: what its parts above and the page cache cost included where they apply.
  CallCost append;
};

inline constexpr std::uint64_t kSmallBytes = 4096;
inline constexpr std::uint64_t kLargeBytes = 1 << 20;

}  // namespace wallop::checklist
