// SPDX-License-Identifier: Apache-2.0
// What the simulated threads cost: a switch, a sleep, a lock, a whole world.
#include <benchmark/benchmark.h>

#include "sim/device.h"
#include "sim/threads.h"

namespace wallop::sim {
namespace {

// There and back between two fibres, without a scheduler's decision.
void switch_pair(benchmark::State& state) {
  struct Partner {
    Fibre bench;
    Stack stack;
    bool stop = false;
    std::optional<Fibre> fibre;
    static void body(void* argument) {
      Partner& me = *static_cast<Partner*>(argument);
      while (!me.stop) me.fibre->switch_to(me.bench);
      me.fibre->leave_for(me.bench);
    }
  };
  StackPool stacks;
  Partner partner;
  partner.stack = stacks.take();
  partner.fibre.emplace(partner.stack, &Partner::body, &partner);
  for (auto _ : state) partner.bench.switch_to(*partner.fibre);
  partner.stop = true;
  partner.bench.switch_to(*partner.fibre);
  partner.fibre.reset();
  stacks.give(partner.stack);
}
BENCHMARK(switch_pair);

// Sleeps of `range(0)` fibres, one after the other's; the items are sleeps.
void sleep(benchmark::State& state) {
  Scheduler world({.step_max = ~0ULL});
  bool stop = false;
  for (std::int64_t i = 1; i < state.range(0); ++i) {
    world.spawn("sleeper", [&world, &stop, i] {
      while (!stop) world.sleep_until(world.now() + io::Duration(1000 + 17 * i));
    });
  }
  const std::uint64_t before = world.step_count();
  for (auto _ : state) world.sleep_until(world.now() + io::Duration(1000));
  state.SetItemsProcessed(static_cast<std::int64_t>(world.step_count() - before));
  stop = true;
  world.run([] {});
}
BENCHMARK(sleep)->Arg(1)->Arg(2)->Arg(10)->Arg(64);

void point(benchmark::State& state) {
  Scheduler world({.step_max = ~0ULL});
  for (auto _ : state) {
    world.point();
    benchmark::ClobberMemory();
  }
}
BENCHMARK(point);

void lock_unlock(benchmark::State& state) {
  Scheduler world({.step_max = ~0ULL});
  Threads threads(world);
  const auto mutex = threads.make_mutex();
  for (auto _ : state) {
    mutex->lock();
    mutex->unlock();
  }
}
BENCHMARK(lock_unlock);

// A condition variable handed to and fro between two fibres.
void ping_pong(benchmark::State& state) {
  Scheduler world({.step_max = ~0ULL});
  Threads threads(world);
  const auto mutex = threads.make_mutex();
  const auto changed = threads.make_cond_var();
  bool my_turn = true;
  bool stop = false;
  const auto partner = threads.spawn("partner", [&] {
    mutex->lock();
    while (!stop) {
      while (my_turn && !stop) changed->wait(*mutex);
      my_turn = true;
      changed->notify_one();
    }
    mutex->unlock();
  });
  mutex->lock();
  for (auto _ : state) {
    my_turn = false;
    changed->notify_one();
    while (!my_turn) changed->wait(*mutex);
  }
  stop = true;
  changed->notify_one();
  mutex->unlock();
  partner->join();
}
BENCHMARK(ping_pong);

void world_without_fibres(benchmark::State& state) {
  for (auto _ : state) {
    Scheduler world;
    world.sleep_until(world.now() + io::Duration(1000));
    benchmark::DoNotOptimize(world.now());
  }
}
BENCHMARK(world_without_fibres);

void world_with_one_fibre(benchmark::State& state) {
  StackPool stacks;
  for (auto _ : state) {
    Scheduler world({.stacks = &stacks});
    world.run([&] { world.spawn("fibre", [&] { world.point(); }); });
    benchmark::DoNotOptimize(world.step_count());
  }
}
BENCHMARK(world_with_one_fibre);

void device_write(benchmark::State& state) {
  base::Seeded draws(1);
  Device device(*find_disk("nvme-plp"), draws);
  io::Instant now{};
  for (auto _ : state) now = device.write(now, 4096);
  benchmark::DoNotOptimize(now);
}
BENCHMARK(device_write);

void device_instant(benchmark::State& state) {
  base::Seeded draws(1);
  Device device(DeviceSpec{}, draws);
  io::Instant now{};
  for (auto _ : state) {
    now = device.write(now, 4096);
    benchmark::DoNotOptimize(now);
  }
}
BENCHMARK(device_instant);

}  // namespace
}  // namespace wallop::sim
