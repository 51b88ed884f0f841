// SPDX-License-Identifier: Apache-2.0
// World: a simulated machine. Files that tear, a clock that jumps, fibres for threads, one journal of it all.
//
//   World world({.model = find_model("posix"), .disk = find_disk("nvme-consumer"), .seed = 1});
//   Ending ending = world.run([&] { auto opened = wal::Wal::open(world.io(), {...}); ... });
//   world.journal().hash();
//
// Worlds share nothing: any number may run one after the other, nested, or on OS threads side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/choices.h"
#include "faults/plan.h"
#include "io/world.h"
#include "sim/clock.h"
#include "sim/device.h"
#include "sim/device_spec.h"
#include "sim/disk.h"
#include "sim/journal.h"
#include "sim/model.h"
#include "sim/scheduler.h"

namespace wallop::sim {

struct WorldOptions {
  const ModelSpec* model = nullptr;  // Outlives the world.
  const DeviceSpec* disk = nullptr;  // Outlives the world; null costs nothing.
  std::uint64_t capacity_bytes = 64ULL << 30;
  Processors processors{};
  std::uint64_t seed = 1;  // Of all draws.
  faults::Plan plan{};
  SchedulerOptions scheduling{};
  // What is on the disk at the start; null is an empty root directory.
  const Disk* start = nullptr;
  JournalMode journal = JournalMode::full;
  // Failure points of the engine are armed or counted (io::World::points).
  bool points = false;
};

class World {
 public:
  explicit World(WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // What an engine is handed.
  [[nodiscard]] io::World& io();
  // Runs `main_body` as the first fibre, and all that it spawns, to their end.
  Ending run(const std::function<void()>& main_body);

  [[nodiscard]] Scheduler& scheduler();
  [[nodiscard]] Journal& journal();
  // Adds what the workload says, stamped with the time and the fibre.
  template <class What>
  void note(What what) {
    journal().add(Entry{scheduler().now(), scheduler().current(), std::move(what)});
  }
  [[nodiscard]] const faults::Plan& plan() const;
  // What is visible now.
  [[nodiscard]] const Disk& visible() const;
  // Where the journal started.
  [[nodiscard]] const Disk& start() const;
  [[nodiscard]] DeviceUse device_use() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace wallop::sim
