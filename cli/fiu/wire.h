// SPDX-License-Identifier: Apache-2.0
// Wire: what `wallop fiu` and the library that it preloads into COMMAND have in common: the points that are
// watched, how armed faults travel, and the counts that all processes of COMMAND share.
//
// The faults travel as text in one variable of the environment, which forks and execs hand on:
//
//   WALLOP_FIU='points=posix/io/sync/fdatasync errno=5 nth=3; points=... errno=28 every=10 max=2'
//
// The counts are one mapped file, WALLOP_FIU_COUNTS, whose zeros are the beginning; without it they are the
// process's own and those of its forks, and nobody reads them.
//
// Assumption: this header and preload.cc run inside programs of others, in any call of theirs: no allocation,
// no lock, no exception, nothing that a signal handler may not do.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wallop::cli::libfiu {

inline constexpr const char* kFaultsVariable = "WALLOP_FIU";
inline constexpr const char* kCountsVariable = "WALLOP_FIU_COUNTS";

// libfiu's names of the file calls that its POSIX preload (1.1) passes by. All are watched, so that a receipt
// says what COMMAND did call where a fault met nothing.
inline constexpr std::array<const char*, 17> kPoints{
    "posix/io/oc/open",        "posix/io/rw/read",         "posix/io/rw/pread",     "posix/io/rw/readv",
    "posix/io/rw/preadv",      "posix/io/rw/write",        "posix/io/rw/pwrite",    "posix/io/rw/writev",
    "posix/io/rw/pwritev",     "posix/io/rw/truncate",     "posix/io/rw/ftruncate", "posix/io/sync/fsync",
    "posix/io/sync/fdatasync", "linux/io/sync_file_range", "posix/io/dir/opendir",  "posix/io/dir/unlink",
    "posix/io/dir/rename"};

// The place of a name in kPoints; kPoints.size() where it is none.
constexpr std::size_t point_number(std::string_view name) {
  std::size_t number = 0;
  while (number < kPoints.size() && kPoints[number] != name) ++number;
  return number;
}

inline constexpr std::size_t kFaultsMax = 64;
inline constexpr std::size_t kFailuresMax = 4096;  // Written down one by one; those after them are counted.

// One fault as it is armed. Of the numbers 0 is: not asked for. Ordinals count the calls of a point by all
// processes of COMMAND together, from 1.
struct Armed {
  std::array<bool, kPoints.size()> points{};
  int os_error = 0;
  std::uint64_t nth = 0, every = 0, from = 0, count = 0, max = 0;
  std::uint64_t chance = 0, in = 0;  // chance / in.
  std::uint64_t seed = 0;            // Of its draws.
};

// As faults::Trigger has it; wire_test.cc holds the two together.
constexpr bool number_fits(const Armed& fault, std::uint64_t ordinal) {
  if (fault.nth != 0) return ordinal == fault.nth;
  if (fault.every != 0) return ordinal % fault.every == 0;
  const std::uint64_t first = fault.from == 0 ? 1 : fault.from;
  return ordinal >= first && (fault.count == 0 || ordinal - first < fault.count);
}

// Each key of the text with where its number goes; "points" is a list of names parted by commas.
struct NumberKey {
  std::string_view name;
  std::uint64_t Armed::* number;
};
inline constexpr std::array<NumberKey, 8> kNumberKeys{{{"nth", &Armed::nth},
                                                       {"every", &Armed::every},
                                                       {"from", &Armed::from},
                                                       {"count", &Armed::count},
                                                       {"max", &Armed::max},
                                                       {"chance", &Armed::chance},
                                                       {"in", &Armed::in},
                                                       {"seed", &Armed::seed}}};

// One call that failed.
struct Failure {
  std::atomic<std::uint32_t> fault, point;
  std::atomic<std::uint64_t> ordinal;
  std::atomic<std::uint64_t> process;  // Its id; written last: 0 where the entry is not whole.
};

struct Counts {
  std::atomic<std::uint64_t> process_count;
  std::array<std::atomic<std::uint64_t>, kPoints.size()> calls;
  std::array<std::atomic<std::uint64_t>, kFaultsMax> seen, fired;
  std::atomic<std::uint64_t> failure_count;
  std::array<Failure, kFailuresMax> failures;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free &&
              std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace wallop::cli::libfiu
