// SPDX-License-Identifier: Apache-2.0
// Reading a log that is in the page cache: every record by a reader, and recovery with and without opening.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/scratch_log.h"

namespace wallop::bench {
namespace {

constexpr std::size_t kRecordBytes = 1024;
constexpr std::uint64_t kRecordCount = 1024_MiB / kRecordBytes;

// 1 GiB of 1 KiB records, closed. Made once: recovery leaves it as it was but for an empty
// segment.
ScratchLog& recorded() {
  static ScratchLog scratch(ScratchLog::unsynced(64_MiB));
  static const bool filled = [] {
    const std::string text(kRecordBytes, 'r');
    for (std::uint64_t i = 0; i < kRecordCount; ++i) {
      base::ensure(scratch.log().append(record_of(text)).has_value(), "a scratch log takes records");
    }
    scratch.close();
    return true;
  }();
  base::ensure(filled);
  return scratch;
}

// One iteration is the whole log.
void count_iterations(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRecordCount));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kRecordCount * kRecordBytes));
}

void scan(benchmark::State& state) {
  ScratchLog& scratch = recorded();
  scratch.reopen();
  for (auto _ : state) {
    auto reader = scratch.log().read_from(wal::Position::start());
    std::uint64_t count = 0;
    for (auto next = reader->next(); next && *next; next = reader->next()) ++count;
    if (count != kRecordCount) state.SkipWithError("the scan did not find every record");
  }
  scratch.close();
  count_iterations(state);
}
BENCHMARK(scan)->Unit(benchmark::kMillisecond);

void check(benchmark::State& state, const wal::RecoveryInfo& info) {
  if (info.valid_records != kRecordCount) state.SkipWithError("recovery did not find every record");
}

// From a closed log to one that takes appends, its new segment made and synced. Argument: threads that read.
void recover(benchmark::State& state) {
  ScratchLog& scratch = recorded();
  scratch.read_with(static_cast<unsigned>(state.range(0)));
  for (auto _ : state) {
    const wal::RecoveryInfo info = scratch.reopen();
    state.PauseTiming();
    scratch.close();
    check(state, info);
    state.ResumeTiming();
  }
  count_iterations(state);
}
BENCHMARK(recover)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

// The same look without a change to the directory.
void inspect(benchmark::State& state) {
  ScratchLog& scratch = recorded();
  scratch.read_with(static_cast<unsigned>(state.range(0)));
  for (auto _ : state) {
    const auto info = wal::Wal::inspect(scratch.world(), scratch.options());
    if (!info) {
      state.SkipWithError(io::describe(info.error()).c_str());
      break;
    }
    check(state, *info);
  }
  count_iterations(state);
}
BENCHMARK(inspect)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace wallop::bench
