// SPDX-License-Identifier: Apache-2.0
// What a crash state costs over the size of the file: the same few writes are pending at the end of a file of
// 64 KiB to 1 GiB. Recovery is not in it: that reads the log, and must.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ensure.h"
#include "sim/medium.h"
#include "sim/world.h"

namespace wallop::bench {
namespace {

constexpr std::uint64_t kSectorBytes = 512;
constexpr std::uint64_t kPendingWrites = 8;
// The last of them lie beyond the end, as a log's do: sizes are pending, too.
constexpr std::uint64_t kPendingBeyondEnd = 4;

const sim::ModelSpec& ext4() {
  return *sim::find_model("ext4-ordered");
}

// One file of so many bytes, none of them zero. Its pages share one piece of memory; nothing looks at that.
sim::Disk with_file(const std::string& name, std::uint64_t bytes) {
  constexpr std::uint64_t kPieceBytes = 64 << 10;
  const std::string text(kPieceBytes, 'd');
  const sim::Payload piece = sim::Payload::of(std::as_bytes(std::span(text)));
  sim::Disk disk;
  const sim::ObjectId file = disk.create(io::FileKind::file);
  disk.change(sim::kRootDirectory).names[name] = file;
  sim::Inode& inode = disk.change(file);
  for (std::uint64_t at = 0; at < bytes; at += kPieceBytes) inode.content.write(at, piece, 0, kPieceBytes);
  inode.size = bytes;
  const std::uint64_t units = bytes / ext4().write_unit_bytes.value;
  inode.allocated.add(0, units);
  inode.written.add(0, units);
  return disk;
}

// The medium at the cut behind the writes, none of which was synced.
sim::Medium with_pending_writes(const sim::Disk& start, const std::string& name, std::uint64_t end) {
  sim::World world({.model = &ext4(), .start = &start});
  auto file = std::move(*world.io().files.open(name, {}));
  const std::string sector(kSectorBytes, 'p');
  const std::uint64_t first = end - (kPendingWrites - kPendingBeyondEnd) * kSectorBytes;
  for (std::uint64_t i = 0; i < kPendingWrites; ++i) {
    const auto written = file->write_at(first + i * kSectorBytes, std::as_bytes(std::span(sector)));
    base::ensure(written.has_value(), "what no fault hits succeeds");
  }
  sim::Medium medium(ext4(), world.start());
  for (const sim::Entry& entry : world.journal().entries()) medium.apply(entry);
  return medium;
}

// Calls each(medium, chooser), which is timed, for a file of `range(0)` bytes. Each time by another seed:
// what lasts makes a difference, and one seed answers differently for each size.
template <class Each>
void over_size(benchmark::State& state, Each each) {
  const auto bytes = static_cast<std::uint64_t>(state.range(0));
  const sim::Disk start = with_file("f", bytes);
  const sim::Medium medium = with_pending_writes(start, "f", bytes);
  benchmark::DoNotOptimize(start.hash_with_extents());  // The first one reads the whole file, once.
  std::uint64_t seed = 0;
  for (auto _ : state) {
    base::Seeded chooser(++seed);
    each(medium, chooser);
  }
}

// One disk that power loss may leave.
void crash_image_over_size(benchmark::State& state) {
  over_size(state, [](const sim::Medium& medium, base::Chooser& chooser) {
    sim::Disk disk = medium.image(sim::Crash::power_loss, chooser);
    benchmark::DoNotOptimize(disk);
  });
}
BENCHMARK(crash_image_over_size)->RangeMultiplier(16)->Range(64 << 10, 256 << 20)->Arg(1 << 30);

// All that exploration does with it, but for recovery: the hash by which a state is known again, and the
// world in which the log would open.
void crash_state_over_size(benchmark::State& state) {
  over_size(state, [](const sim::Medium& medium, base::Chooser& chooser) {
    const sim::Disk disk = medium.image(sim::Crash::power_loss, chooser);
    benchmark::DoNotOptimize(disk.hash_with_extents());
    sim::World after({.model = &ext4(), .start = &disk});
    benchmark::DoNotOptimize(&after.io());
  });
}
BENCHMARK(crash_state_over_size)->RangeMultiplier(16)->Range(64 << 10, 256 << 20)->Arg(1 << 30);

}  // namespace
}  // namespace wallop::bench
