// SPDX-License-Identifier: Apache-2.0
// What wallop_sim_peer measures: the simulated world, the least that could be called the same, and LevelDB on
// files in memory.
//
// A run is W records of kRecordBytes, with one sync in the middle, and a loss of power: what was synced must
// be found again. All of it by one thread, without a disk's cost in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "bench/peers/options.h"

namespace wallop::bench {

struct SimTask {
  std::uint64_t count = 10;          // Records of a run; appends of one that grows.
  std::uint64_t record_bytes = 512;  // Of a pwrite.
  std::uint64_t milliseconds = 500;
};

inline constexpr std::size_t kRecordBytes = 100;

// The records that were synced before power was lost.
[[nodiscard]] constexpr std::uint64_t synced_of(std::uint64_t count) {
  return count / 2 + 1;
}

Numbers simulated_pwrite(const SimTask& task);
Numbers simulated_states(const SimTask& task);
Numbers simulated_reopen(const SimTask& task);
Numbers simulated_cycle(const SimTask& task);
Numbers simulated_growth(const SimTask& task);
Numbers floor_pwrite(const SimTask& task);
Numbers floor_states(const SimTask& task);
Numbers leveldb_cycle(const SimTask& task);

// Says why on standard error and ends the program with 1.
[[noreturn]] void end_with(std::string_view why);
inline void demand(bool holds, std::string_view why) {
  if (!holds) end_with(why);
}

// Calls once() until the time is up; how often a second. once() returns how many it did.
template <class Once>
Numbers rate_of(const SimTask& task, Once once);

}  // namespace wallop::bench

#include "bench/peers/stopwatch.h"

namespace wallop::bench {

template <class Once>
Numbers rate_of(const SimTask& task, Once once) {
  once();  // What is made at the first time only is made.
  const Stopwatch watch;
  std::uint64_t count = 0, took = 0;
  do {
    count += once();
    took = watch.ns();
  } while (took < task.milliseconds * 1'000'000);
  return {{"per_second", static_cast<double>(count) * 1e9 / static_cast<double>(took)}};
}

}  // namespace wallop::bench
