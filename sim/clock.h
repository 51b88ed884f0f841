// SPDX-License-Identifier: Apache-2.0
// Clock of the simulated world: virtual time, and a price for the engine's own CPU work.
//
// Work occupies one of the world's processors; work beyond their number queues, first come first served, and
// is not interrupted. With the default prices, all zero, spending returns at once and never switches.
#pragma once

#include <array>
#include <vector>

#include "base/fields.h"
#include "io/time.h"
#include "sim/scheduler.h"

namespace wallop::sim {

// What one call of a kind of work costs.
struct WorkCost {
  base::Duration per_call{};
  base::Duration per_kib{};  // For each started KiB in proportion, rounded down to a nanosecond.

  template <class Visitor>
  void fields(Visitor& v) {
    v("per_call", per_call, "What one call costs, however small.");
    v("per_kib", per_kib, "What 1024 bytes cost on top.");
  }
  [[nodiscard]] base::Duration of(std::uint64_t bytes) const;
};

struct Processors {
  std::uint32_t cpus = 2;
  std::array<WorkCost, io::kWorkCount> costs{};  // By io::Work.

  [[nodiscard]] const WorkCost& cost(io::Work work) const { return costs[static_cast<std::size_t>(work)]; }
  [[nodiscard]] WorkCost& cost(io::Work work) { return costs[static_cast<std::size_t>(work)]; }

  template <class Visitor>
  void fields(Visitor& v) {
    v("cpus", cpus, "How many fibres can work at the same time.");
    v("append", cost(io::Work::append), "Taking one record in, without copying it.");
    v("copy", cost(io::Work::copy), "Copying bytes in memory.");
    v("checksum", cost(io::Work::checksum), "Checksumming bytes.");
    v("encode", cost(io::Work::encode), "Laying out a record.");
    v("decode", cost(io::Work::decode), "Reading a record back.");
    v("compress", cost(io::Work::compress), "Compressing bytes.");
  }
};

class Clock final : public io::Clock {
 public:
  // 2024-01-01T00:00:00Z, when the virtual clock stands at 0.
  static constexpr io::WallTime kWallStart{std::chrono::seconds(1'704'067'200)};

  // `scheduler` outlives this. At least one cpu.
  explicit Clock(Scheduler& scheduler, const Processors& processors = {});

  // Counts a step, so that a loop that watches the clock runs into the step bound and not on for ever.
  io::Instant now() override {
    scheduler_.step();
    return scheduler_.now();
  }
  io::WallTime wall_now() override;
  void sleep_until(io::Instant deadline) override { scheduler_.sleep_until(deadline); }
  void spend(io::Work work, std::uint64_t bytes) override;

 private:
  Scheduler& scheduler_;
  std::array<WorkCost, io::kWorkCount> costs_;
  std::vector<io::Instant> free_at_;  // By processor.
};

}  // namespace wallop::sim
