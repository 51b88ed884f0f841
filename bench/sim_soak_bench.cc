// SPDX-License-Identifier: Apache-2.0
// Long runs: what an append costs in a world that runs for hours, and that ten times as many cost ten times
// as much: the slope of time over workload, both as logarithms, is to be 0.95 to 1.05. Given twice, by wall
// time and by the processor's time, which a busy machine stretches less. Small workloads are run many times.
//
//   wallop_bench --benchmark_filter=soak
//
// Appends of 116 bytes fall due 1,000 times a virtual second; batch policy, segments of 4 MiB, of which four
// are kept, a slow disk for five seconds in each ten minutes. The journal keeps its hash alone.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "base/ensure.h"
#include "faults/fault.h"
#include "sim/device_spec.h"
#include "sim/world.h"
#include "wal/wal.h"

namespace wallop::bench {
namespace {

using namespace std::chrono_literals;

constexpr io::Duration kBetweenAppends = 1ms;
constexpr std::int64_t kAppendsPerDeletion = 10'000;

faults::Plan slow_now_and_then(std::int64_t append_count) {
  std::string times;
  for (io::Duration at = 2min; at < kBetweenAppends * append_count; at += 10min)
    times += fmt::format("{}\"{}s\"", times.empty() ? "" : ", ", at / 1s);
  if (times.empty()) return {};
  faults::Fault fault;
  const auto problems = base::read_document(
      fmt::format(R"({{ "kind": "slow_disk", "factor": 10, "for": "5s", "when": {{ "at": [{}] }} }})", times),
      fault);
  base::ensure(problems.empty(), "the slow periods can be read");
  return faults::Plan({fault}, 1);
}

void append_for_long(sim::World& world, wal::Wal& log, std::int64_t append_count) {
  const std::string text(100, 'v');
  const auto record = wal::Record::put("0123456789abcdef", text);
  io::Clock& clock = world.io().clock;
  const io::Instant begin = clock.now();
  for (std::int64_t i = 0; i < append_count; ++i) {
    clock.sleep_until(begin + kBetweenAppends * i);
    const auto placed = log.append(record);
    base::ensure(placed.has_value(), "a slow disk refuses nothing");
    if (i % kAppendsPerDeletion != 0 || placed->position.segment.value() <= 4) continue;
    const auto kept =
        log.delete_segments_before(wal::Position{wal::SegmentId(placed->position.segment.value() - 3), 0});
    base::ensure(kept.has_value(), "old segments can be deleted");
  }
}

// The least-squares slope of log(time) over log(count).
double slope_of(const std::map<std::int64_t, double>& times) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& [count, seconds] : times) {
    const double log_count = std::log(static_cast<double>(count)), log_time = std::log(seconds);
    n += 1, x += log_count, y += log_time, xx += log_count * log_count, xy += log_count * log_time;
  }
  return n < 2 ? 0 : (n * xy - x * y) / (n * xx - x * x);
}

// Of one run after the log is open.
struct Took {
  double wall = 0, cpu = 0;
};

Took soak(std::int64_t append_count) {
  sim::World world({.model = sim::find_model("ext4-ordered"),
                    .disk = sim::find_disk("nvme-consumer"),
                    .capacity_bytes = 1ULL << 30,
                    .processors = {.cpus = 2, .costs = sim::typical_work_costs()},
                    .plan = slow_now_and_then(append_count),
                    .scheduling = {.step_max = ~std::uint64_t{0} >> 1},
                    .journal = sim::JournalMode::hash});
  Took took;
  world.run([&] {
    auto log = wal::Wal::open(world.io(), {.directory = "log", .segment_bytes = 4ULL << 20});
    base::ensure(log.has_value(), "a new log opens");
    const auto begin = std::chrono::steady_clock::now();
    const std::clock_t begin_cpu = std::clock();
    append_for_long(world, log->wal, append_count);
    took.cpu = static_cast<double>(std::clock() - begin_cpu) / CLOCKS_PER_SEC;
    took.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    base::ensure(log->wal.close().has_value(), "the log closes");
  });
  return took;
}

void simulated_soak(benchmark::State& state) {
  constexpr std::int64_t kAppendsMin = 1'000'000;
  static std::map<std::int64_t, double> wall_times, cpu_times;
  const std::int64_t append_count = state.range(0);
  const std::int64_t run_count = std::max<std::int64_t>(kAppendsMin / append_count, 1);
  for (auto _ : state) {
    Took sum;
    for (std::int64_t i = 0; i < run_count; ++i) {
      const Took took = soak(append_count);
      sum.wall += took.wall;
      sum.cpu += took.cpu;
    }
    const auto count = static_cast<double>(run_count);
    state.SetIterationTime(sum.wall / count);
    wall_times[append_count] = sum.wall / count;
    cpu_times[append_count] = sum.cpu / count;
  }
  state.counters["cpu_ns_per_append"] = cpu_times[append_count] * 1e9 / static_cast<double>(append_count);
  state.counters["slope_so_far"] = slope_of(wall_times);
  state.counters["slope_of_cpu"] = slope_of(cpu_times);
}
BENCHMARK(simulated_soak)
    ->RangeMultiplier(10)
    ->Range(1'000, 10'000'000)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wallop::bench
