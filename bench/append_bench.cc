// SPDX-License-Identifier: Apache-2.0
// What one append costs on the real machine: encoding, both checksums, the copy, and its share of handing 64
// KiB to the operating system. Nothing is synced and no segment is full while the clock runs.
#include <benchmark/benchmark.h>

#include <memory>

#include "bench/scratch_log.h"

namespace wallop::bench {
namespace {

// Frames, alignment and the encoding's few bytes a record stay below a quarter of what is appended, plus two
// blocks.
constexpr std::uint64_t kSegmentBytes = 256_MiB;
constexpr std::uint64_t kAppendedBytesMax = 192_MiB;

// Records of `range(0)` bytes. The log is thrown away, unsynced, before its first segment is full, outside
// the timing.
void append(benchmark::State& state) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'r');
  const wal::Record record = record_of(text);
  auto scratch = std::make_unique<ScratchLog>(ScratchLog::unsynced(kSegmentBytes));
  std::uint64_t appended_bytes = 0;
  for (auto _ : state) {
    if (appended_bytes > kAppendedBytesMax) {
      state.PauseTiming();
      scratch.reset();
      scratch = std::make_unique<ScratchLog>(ScratchLog::unsynced(kSegmentBytes));
      appended_bytes = 0;
      state.ResumeTiming();
    }
    const auto placed = scratch->log().append(record);
    if (!placed) {
      state.SkipWithError(io::describe(placed.error()).c_str());
      break;
    }
    appended_bytes += text.size();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append)->Arg(100)->Arg(1024)->Arg(10240);

}  // namespace
}  // namespace wallop::bench
