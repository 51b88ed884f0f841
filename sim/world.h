// SPDX-License-Identifier: Apache-2.0
// World: a simulated machine. Files that tear, a clock that jumps, fibres for threads, one journal of it all.
//
//   World world({.model = find_model("posix"), .disk = find_disk("nvme-consumer"), .seed = 1});
//   Ending ending = world.run([&] { auto opened = wal::Wal::open(world.io(), {...}); ... });
//   world.journal().hash();
//
// Worlds share nothing: any number may run one after the other, nested, or on OS threads side by side.
#pragma once

#include <concepts>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/choices.h"
#include "faults/plan.h"
#include "io/world.h"
#include "sim/clock.h"
#include "sim/device.h"
#include "sim/device_spec.h"
#include "sim/disk.h"
#include "sim/journal.h"
#include "sim/machine.h"
#include "sim/medium.h"
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
  // What is on the disk at the start, all of it durable; null is an empty root directory.
  const Disk* start = nullptr;
  // Or what a process left whose machine goes on: what is pending there stays pending.
  const Medium* left = nullptr;
  // Goes on where that one was, with its plan instead of the one above. Else the clock shows Instant{}.
  std::optional<Machine> machine = std::nullopt;
  JournalMode journal = JournalMode::full;
  std::size_t tail_entries = kTailEntries;  // Of JournalMode::tail.
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
  // Is told of every entry once it stands in the journal; may add none. One listener.
  void when_added(Journal::Listener listener);
  // Adds what the workload says, stamped with the time and the fibre.
  template <class What>
  void note(What what) {
    if constexpr (std::same_as<What, Mark>) tell_plan(what.what);
    journal().add(Entry{scheduler().now(), scheduler().current(), std::move(what)});
  }
  [[nodiscard]] const faults::Plan& plan() const;
  // What is visible now.
  [[nodiscard]] const Disk& visible() const;
  // Where the journal started; not of a tail.
  [[nodiscard]] const Disk& start() const;
  // What the medium is at a cut of the journal. Where the journal does not reach back that far, or not on to
  // there: why not.
  [[nodiscard]] std::expected<Medium, std::string> medium_at(std::uint64_t cut) const;

  // Memory is short, on request: clean pages of a file go, and of one that nobody has open its inode, with an
  // error of writeback that nobody was told of. Reads then come from the device. Journalled where there was
  // something to drop; nothing where there is no such file, the model has no eviction, or the world has
  // ended.
  void evict(std::string_view path);
  // The same of every file.
  void drop_caches();
  [[nodiscard]] DeviceUse device_use() const;
  // As it is now.
  [[nodiscard]] Machine machine() const;
  // The most of the disk that was ever in use.
  [[nodiscard]] std::uint64_t peak_bytes() const;

 private:
  // Faults may wait for this mark.
  void tell_plan(std::string_view mark);

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace wallop::sim
