// SPDX-License-Identifier: Apache-2.0
// Appending by one thread or many: how many a second, and how long one takes.
//
// What surprises: where an append takes no system call, reading the clock twice costs a quarter of it, so
// only every sixteenth is timed; the rate is of all of them. Records, files and zeros are ready before it
// begins.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <thread>

#include "base/histogram.h"
#include "bench/peers/counted_allocations.h"
#include "bench/peers/stopwatch.h"
#include "bench/peers/workload.h"

namespace wallop::bench {
namespace {

constexpr std::uint64_t kTimedEvery = 16;
constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr double kNsPerSecond = 1e9;
constexpr std::uint64_t kWarmUpNumber = 1ULL << 62;

struct Writer {
  base::Histogram latency;
  std::uint64_t count = 0;
};

// Appends until the bytes or the time are used up.
void write(Peer& peer, const Task& task, const Records& records, unsigned number, const Stopwatch& watch,
           Writer& writer) {
  const bool is_quick = task.promise == Promise::buffered || task.promise == Promise::batched;
  const std::uint64_t every = is_quick ? kTimedEvery : 1;
  const std::uint64_t count_max = task.total_bytes / task.record_bytes / task.writers;
  const std::uint64_t first = number * count_max;
  while (writer.count < count_max) {
    const std::uint64_t before = watch.ns();
    if (before > task.milliseconds * kNsPerMs) break;
    peer.append(number, first + writer.count, records.at(first + writer.count));
    writer.latency.record(watch.ns() - before);
    ++writer.count;
    for (std::uint64_t i = 1; i < every && writer.count < count_max; ++i, ++writer.count)
      peer.append(number, first + writer.count, records.at(first + writer.count));
  }
}

void add_latency(Numbers& numbers, std::string_view prefix, const base::Histogram& latency) {
  const std::string start(prefix);
  numbers.emplace_back(start + "p50_ns", static_cast<double>(latency.quantile(500'000)));
  numbers.emplace_back(start + "p99_ns", static_cast<double>(latency.quantile(990'000)));
  numbers.emplace_back(start + "p999_ns", static_cast<double>(latency.quantile(999'000)));
  numbers.emplace_back(start + "max_ns", static_cast<double>(latency.max()));
}

}  // namespace

Records::Records(std::uint64_t bytes) : bytes_(bytes), text_(kSpread + bytes, '\0') {
  std::uint64_t state = 88172645463325252ULL;  // xorshift64 (Marsaglia, 2003).
  for (char& byte : text_) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>(state);
  }
}

PeerSetup setup_of(const Task& task) {
  return {.directory = task.directory,
          .promise = task.promise,
          .writers = task.writers,
          .capacity_bytes = task.total_bytes + task.total_bytes / task.record_bytes * 16,
          .segment_bytes = task.segment_bytes};
}

Numbers run_append(const EngineKind& engine, const Task& task) {
  const Records records(task.record_bytes);
  const auto peer = engine.open(setup_of(task));
  // What the engine makes ready behind its first append is made ready.
  peer->append(0, kWarmUpNumber, records.at(kWarmUpNumber));
  std::vector<Writer> writers(task.writers);
  std::barrier<> start(static_cast<std::ptrdiff_t>(task.writers));
  std::atomic<std::uint64_t> took_ns{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < task.writers; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      const Stopwatch watch;
      write(*peer, task, records, i, watch, writers[i]);
      const std::uint64_t took = watch.ns();
      for (std::uint64_t seen = took_ns.load(); seen < took && !took_ns.compare_exchange_weak(seen, took);) {
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Writer all;
  for (const Writer& writer : writers) {
    all.latency.merge(writer.latency);
    all.count += writer.count;
  }
  require(all.count > 0, "no record was appended in the time that there is");
  Numbers numbers{
      {"per_second", static_cast<double>(all.count) * kNsPerSecond / static_cast<double>(took_ns)}};
  add_latency(numbers, "", all.latency);
  return numbers;
}

// After the first third, by when every buffer has its size.
Numbers run_allocations(const EngineKind& engine, const Task& task) {
  const Records records(task.record_bytes);
  const auto peer = engine.open(setup_of(task));
  std::uint64_t first_segment = 0, last_segment = 0;
  std::uint64_t here = 0, all = 0;
  for (std::uint64_t i = 0; i < task.count; ++i) {
    if (i == task.count / 3) {
      first_segment = last_segment;
      here = counted_allocations_here();
      all = counted_allocations();
    }
    last_segment = peer->append(0, i, records.at(i));
  }
  here = counted_allocations_here() - here;
  all = counted_allocations() - all;
  const std::uint64_t rotations = last_segment - first_segment;
  const std::uint64_t counted = task.count - task.count / 3;
  return {{"allocations", static_cast<double>(here)},
          {"allocations_per_append", static_cast<double>(here) / static_cast<double>(counted)},
          {"others_per_rotation",
           static_cast<double>(all - here) / static_cast<double>(std::max<std::uint64_t>(1, rotations))},
          {"appends", static_cast<double>(counted)},
          {"rotations", static_cast<double>(rotations)}};
}

Numbers run_rotation(const EngineKind& engine, const Task& task) {
  const Records records(task.record_bytes);
  const auto peer = engine.open(setup_of(task));
  base::Histogram rotating, ordinary;
  const Stopwatch all;
  // A disk that syncs slowly gets fewer rotations, but one at least.
  const auto goes_on = [&] {
    return rotating.count() == 0 ||
           (rotating.count() < task.count && all.ns() < task.milliseconds * kNsPerMs);
  };
  std::uint64_t segment = peer->append(0, 0, records.at(0));
  for (std::uint64_t i = 1; goes_on(); ++i) {
    const Stopwatch watch;
    const std::uint64_t now = peer->append(0, i, records.at(i));
    (now == segment ? ordinary : rotating).record(watch.ns());
    segment = now;
    require(i < task.count * 10'000, "the engine does not say that it rotates");
  }
  Numbers numbers;
  add_latency(numbers, "rotating_", rotating);
  add_latency(numbers, "ordinary_", ordinary);
  numbers.emplace_back("rotations", static_cast<double>(rotating.count()));
  return numbers;
}

// So many times: append what makes `dirty_bytes`, then sync, which is timed.
Numbers run_sync(const EngineKind& engine, const Task& task) {
  const std::uint64_t per_sync = (task.dirty_bytes + task.record_bytes - 1) / task.record_bytes;
  Task all = task;
  all.total_bytes = task.count * (per_sync + 1) * task.record_bytes + (1 << 20);
  const Records records(task.record_bytes);
  const auto peer = engine.open(setup_of(all));
  peer->sync();
  base::Histogram latency;
  std::uint64_t number = 0;
  for (std::uint64_t i = 0; i < task.count; ++i) {
    for (std::uint64_t n = 0; n < per_sync; ++n, ++number) peer->append(0, number, records.at(number));
    const Stopwatch watch;
    peer->sync();
    latency.record(watch.ns());
  }
  Numbers numbers;
  add_latency(numbers, "", latency);
  return numbers;
}

}  // namespace wallop::bench
