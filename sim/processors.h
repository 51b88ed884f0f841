// SPDX-License-Identifier: Apache-2.0
// Processors: what the engine's own work and the copies of the kernel cost, and who works until when.
//
// Work occupies one of the world's processors; work beyond their number queues, first come first served, and
// is not interrupted.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/fields.h"
#include "base/units.h"
#include "io/time.h"

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

// By kind of work; all of it free at first.
struct WorkCosts {
  std::array<WorkCost, io::kWorkCount> by_work{};

  [[nodiscard]] const WorkCost& of(io::Work work) const { return by_work[static_cast<std::size_t>(work)]; }
  [[nodiscard]] WorkCost& of(io::Work work) { return by_work[static_cast<std::size_t>(work)]; }

  template <class Visitor>
  void fields(Visitor& v) {
    v("append", of(io::Work::append), "Taking one record in, without copying it.");
    v("copy", of(io::Work::copy), "Copying bytes in memory.");
    v("checksum", of(io::Work::checksum), "Checksumming bytes.");
    v("encode", of(io::Work::encode), "Laying out a record.");
    v("decode", of(io::Work::decode), "Reading a record back.");
    v("compress", of(io::Work::compress), "Compressing bytes.");
  }
};

// What they cost on a machine of today.
[[nodiscard]] const WorkCosts& typical_work_costs();

struct Processors {
  std::uint32_t cpus = 2;  // At least one.
  WorkCosts costs;
};

// Who works on which processor until when.
class CpuTime {
 public:
  explicit CpuTime(std::uint32_t cpus);

  // When work is done that is asked for at `now` and takes so long. `now` never goes back.
  io::Instant occupy(io::Instant now, io::Duration cost);

 private:
  std::vector<io::Instant> free_at_;  // By processor.
};

}  // namespace wallop::sim
