// SPDX-License-Identifier: Apache-2.0
// CRC32C: as the log computes it, by each implementation, and combined without the bytes. wal/crc32c.h's
// kLongRun rests on where the instruction and the folding cross.
#include <benchmark/benchmark.h>

#include <string>

#include "wal/crc32c.h"
#include "wal/record.h"

namespace wallop::bench {
namespace {

using Checksum = std::uint32_t(std::uint32_t, io::Bytes);

void run(benchmark::State& state, Checksum* checksum) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'c');
  std::uint32_t crc = 0;
  for (auto _ : state) {
    crc = checksum(crc, wal::bytes_of(text));
    benchmark::DoNotOptimize(crc);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void crc32c(benchmark::State& state) {
  run(state, wal::crc32c_extend);
}
BENCHMARK(crc32c)->Arg(16)->Arg(64)->Arg(256)->Arg(1024)->Arg(4096)->Arg(65536)->Arg(1 << 20);

void crc32c_instruction(benchmark::State& state) {
  run(state, wal::crc32c_by::instruction);
}
BENCHMARK(crc32c_instruction)->Arg(64)->Arg(128)->Arg(256)->Arg(512)->Arg(1024);

void crc32c_folding(benchmark::State& state) {
  run(state, wal::crc32c_by::folding);
}
BENCHMARK(crc32c_folding)->Arg(64)->Arg(128)->Arg(256)->Arg(512)->Arg(1024);

void crc32c_table(benchmark::State& state) {
  run(state, wal::crc32c_by::table);
}
BENCHMARK(crc32c_table)->Arg(1024);

// The second half has `range(0)` bytes.
void crc32c_combine(benchmark::State& state) {
  std::uint32_t crc = 1;
  for (auto _ : state) {
    crc = wal::crc32c_combine(crc, 0xe3069283, static_cast<std::uint64_t>(state.range(0)));
    benchmark::DoNotOptimize(crc);
  }
}
BENCHMARK(crc32c_combine)->Arg(100)->Arg(1024)->Arg(65536);

}  // namespace
}  // namespace wallop::bench
