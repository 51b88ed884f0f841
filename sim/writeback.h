// SPDX-License-Identifier: Apache-2.0
// Writeback: what the kernel's flusher does with pages that nobody has synced: above a limit at once, by age
// at its next look, piece by piece, so that it competes with everybody for the device. Above the upper limit
// writers wait (Documentation/admin-guide/sysctl/vm.rst, mm/page-writeback.c).
//
// It takes time and makes pages clean, and nothing else: what lasts without a sync is the persistence model's
// matter, which allows writeback at any time. Of faults it feels those that slow the whole device; a fault
// that fails a sync is about all that was written since the sync before, what writeback has sent included.
//
// What surprises: nobody runs it. The pipeline asks before each operation what would have happened by then.
// Everything that it could meet is an operation, so nobody can tell.
#pragma once

#include <cstdint>

#include "io/time.h"
#include "sim/device.h"
#include "sim/device_spec.h"
#include "sim/page_cache.h"

namespace wallop::sim {

class Writeback {
 public:
  // `cache` and `device` outlive this. `now` is when the world begins.
  Writeback(const WritebackSpec& spec, PageCache& cache, Device& device, io::Instant now = {});

  // Does what was to be done up to `now`; to be called before anything else happens at `now`.
  void catch_up(io::Instant now) {
    if (now >= next_) [[unlikely]]
      run(now);
  }
  // Pages became dirty at `now`.
  void soiled(io::Instant now) {
    if (from_bytes_ != 0 && cache_.dirty_bytes() > from_bytes_) [[unlikely]]
      wake(now);
  }
  // Whether writers have to wait; and when to ask again, after catch_up().
  [[nodiscard]] bool holds_writers() const { return dirty_max_ != 0 && cache_.dirty_bytes() > dirty_max_; }
  [[nodiscard]] io::Instant next() const { return next_; }

 private:
  void run(io::Instant now);
  void wake(io::Instant now);
  [[nodiscard]] bool is_due(const CachedFile& file, io::Instant at) const;
  [[nodiscard]] io::Instant look_after(io::Instant at) const;

  PageCache& cache_;
  Device& device_;
  std::uint64_t from_bytes_, dirty_max_;
  io::Duration age_, every_;
  bool writing_ = false;  // A piece is under way, until next_.
  io::Instant next_;
};

}  // namespace wallop::sim
