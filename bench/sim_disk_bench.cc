// SPDX-License-Identifier: Apache-2.0
// What the simulated disk costs: a world, an operation with its journal entries, a fault plan that is asked,
// a crash image, and all that exploration does for one crash state.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "base/ensure.h"
#include "faults/fault.h"
#include "sim/medium.h"
#include "sim/world.h"
#include "wal/wal.h"

namespace wallop::bench {
namespace {

const sim::ModelSpec& model() {
  return *sim::find_model("posix");
}

void world(benchmark::State& state) {
  for (auto _ : state) {
    sim::World fresh({.model = &model()});
    benchmark::DoNotOptimize(&fresh.io());
  }
}
BENCHMARK(world);

// A world with one file. Its journal keeps every byte written, so it is made anew from time to time.
struct OneFile {
  explicit OneFile(faults::Plan plan)
      : world({.model = &model(), .plan = std::move(plan)}),
        file(std::move(*world.io().files.open("f", {.create = true}))) {}
  sim::World world;
  std::unique_ptr<io::File> file;
};

constexpr std::uint64_t kRoundsPerWorld = 8192;

// Calls round(file, its number) again and again, on a new world every kRoundsPerWorld rounds.
template <class Round>
void run_rounds(benchmark::State& state, const faults::Plan& plan, Round round) {
  auto one = std::make_unique<OneFile>(plan);
  std::uint64_t count = 0;
  for (auto _ : state) {
    if (count == kRoundsPerWorld) {
      state.PauseTiming();
      one = std::make_unique<OneFile>(plan);
      count = 0;
      state.ResumeTiming();
    }
    base::ensure(round(*one->file, count).has_value(), "what no fault hits succeeds");
    ++count;
  }
}

// Writes of `range(0)` bytes, one behind the other, as a log does them.
void write_under(benchmark::State& state, const faults::Plan& plan) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'w');
  const io::Bytes bytes = std::as_bytes(std::span(text));
  run_rounds(state, plan,
             [&](io::File& file, std::uint64_t count) { return file.write_at(count * bytes.size(), bytes); });
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void simulated_write(benchmark::State& state) {
  write_under(state, {});
}
BENCHMARK(simulated_write)->Arg(512)->Arg(4096);

// The same past a libfiu point and a fault that looks at each write and never strikes.
void simulated_write_with_plan(benchmark::State& state) {
  faults::Fault fault;
  const auto problems =
      base::read_document(R"({ "kind": "torn_write", "when": { "path": "f", "nth": 1000000000 } })", fault);
  base::ensure(problems.empty());
  write_under(state, faults::Plan({fault}, 1));
}
BENCHMARK(simulated_write_with_plan)->Arg(512);

// Of a file with nothing to write.
void simulated_sync(benchmark::State& state) {
  run_rounds(state, {}, [](io::File& file, std::uint64_t) { return file.sync(); });
}
BENCHMARK(simulated_sync);

// What power loss leaves of a file of 64 KiB with `range(0)` writes of 512 bytes pending.
void crash_image(benchmark::State& state) {
  OneFile one({});
  const std::string whole(65536, 'd');
  const std::string sector(512, 'p');
  base::ensure(one.file->write_at(0, std::as_bytes(std::span(whole))).has_value());
  base::ensure(one.file->sync().has_value());
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const auto offset = static_cast<std::uint64_t>(i) * sector.size() % whole.size();
    base::ensure(one.file->write_at(offset, std::as_bytes(std::span(sector))).has_value());
  }
  sim::Medium medium(model(), one.world.start());
  for (const sim::Entry& entry : one.world.journal().entries()) medium.apply(entry);
  base::Seeded chooser(1);
  for (auto _ : state) {
    sim::Disk disk = medium.image(sim::Crash::power_loss, chooser);
    benchmark::DoNotOptimize(disk);
  }
}
BENCHMARK(crash_image)->Arg(1)->Arg(16)->Arg(128);

// An image, a world, and the log opening on it. Power is lost
// while the last of 20 appends is being synced.
void crash_state(benchmark::State& state) {
  const wal::Options options{
      .directory = "log", .segment_bytes = 64 << 10, .sync = wal::Always{}, .spare_segments = 0};
  sim::World before({.model = &model()});
  {
    auto opened = wal::Wal::open(before.io(), options);
    base::ensure(opened.has_value(), "a log opens on an empty disk");
    for (int i = 0; i < 20; ++i)
      base::ensure(opened->wal.append(wal::Record::put("key", "value")).has_value());
  }
  sim::Medium medium(model(), before.start());
  const sim::Entries& entries = before.journal().entries();
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) medium.apply(entries[i]);
  base::Seeded chooser(1);
  for (auto _ : state) {
    const sim::Disk disk = medium.image(sim::Crash::power_loss, chooser);
    sim::World after({.model = &model(), .start = &disk});
    const auto opened = wal::Wal::open(after.io(), options);
    base::ensure(opened && opened->info.valid_records >= 19, "what was acknowledged is recovered");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(crash_state);

}  // namespace
}  // namespace wallop::bench
