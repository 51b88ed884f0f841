// SPDX-License-Identifier: Apache-2.0
// Device: what the disk's commands cost in virtual time. It holds no bytes and blocks nobody: it is asked
// when a command would complete, and remembers what is queued.
//
//   command --> [ queue ] --> one of `channels` (latency) --> the one transfer path (bandwidth) --> done
//
// Commands are served in the order of asking. Channels overlap latencies, the transfer path is shared by all,
// so n commands at once give n / latency up to the bandwidth (Little's law). A provider's limits hold a
// command up as well, in its channel. A flush occupies a channel, and flushes that wait while one runs share
// the next one, as Linux does it (block/blk-flush.c).
//
// The file system's journal is here too, as far as it takes time: a sync of what changed sizes, blocks or
// names has a *commit* written in front of its flush. One commit holds the changes of all files up to its
// begin, so the others' syncs share it, wait for it, or find it done (fs/jbd2/commit.c).
//
// What surprises: a stall also holds commands whose completion was told before it began. Whoever slept until
// then asks held() and sleeps on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/choices.h"
#include "faults/effect.h"
#include "sim/device_spec.h"
#include "sim/token_bucket.h"

namespace wallop::sim {

// What faults do to the time of one command.
struct Slowness {
  static Slowness of(const faults::Effect& effect) {
    return {.extra_wait = effect.extra_wait,
            .slowdown = effect.slowdown,
            .stalled_until = effect.stalled_until.value_or(io::Instant{}),
            .bytes_per_second = effect.bytes_per_second,
            .commands_per_second = effect.commands_per_second};
  }
  [[nodiscard]] bool has_limit() const { return bytes_per_second != 0 || commands_per_second != 0; }

  io::Duration extra_wait{};    // It completes this much later; the device serves others meanwhile.
  std::uint64_t slowdown = 1;   // The device takes this many times as long for it. At least 1.
  io::Instant stalled_until{};  // The device works on nothing before this instant.
  std::uint64_t bytes_per_second = 0, commands_per_second = 0;  // What it does at most; 0: no limit.
  bool operator==(const Slowness&) const = default;
};

// What faults have done to a device, and a restart of the process does not end.
struct Disturbance {
  io::Instant stalled_until{};
  Slowness slowness;  // Of all of it, until then.
  io::Instant slow_until{};
  io::Instant limit_free_at{};  // When a fault's limit lets the next command pass.
};

// What a sync needs of the device.
struct Flushing {
  std::uint64_t dirty_bytes = 0;
  // When what the sync is about last changed a size, blocks or a name.
  io::Instant changed = io::Instant::min();
  // When what writeback has sent of it before is there.
  io::Instant sent_until = io::Instant::min();
};

// What a device did, for metrics.
struct DeviceUse {
  io::Duration busy{};  // Virtual time in which at least one command was out.
  std::uint64_t read_count = 0, write_count = 0, flush_count = 0, commit_count = 0;
  std::uint64_t read_bytes = 0, write_bytes = 0;
  bool operator==(const DeviceUse&) const = default;

  void add(const DeviceUse& other);
};

class Device {
 public:
  // `draws` outlives this. The spec is legal (problem_of()).
  Device(const DeviceSpec& spec, base::Draws& draws, const Disturbance& disturbance = {});

  // When a command that is issued at `now` completes. `now` never goes back from call to call.
  io::Instant read(io::Instant now, std::uint64_t bytes, const Slowness& slowness = {});
  // What writeback or O_DSYNC sends.
  io::Instant write(io::Instant now, std::uint64_t bytes, const Slowness& slowness = {});
  // Writes the dirty bytes, if any, then the file system's commit, if there is one to write, then flushes the
  // device's cache.
  io::Instant flush(io::Instant now, const Flushing& asked, const Slowness& slowness = {});

  // For whoever woke at `due`, when its command should have completed: the same instant, or a later one where
  // a stall holds the device.
  [[nodiscard]] io::Instant held(io::Instant due) const { return std::max(due, disturbance_.stalled_until); }

  // A fault stalls it by an operation that is no command: nothing completes before `until`.
  void stall(io::Instant until) { disturbance_.stalled_until = std::max(disturbance_.stalled_until, until); }

  // A fault makes all of it slow: also what no operation asks for.
  void slow_down(const Slowness& slowness, io::Instant until) {
    disturbance_.slowness = slowness;
    disturbance_.slow_until = until;
  }
  // Of what is sent at `now` without an operation.
  [[nodiscard]] Slowness slowness_at(io::Instant now) const {
    return now < disturbance_.slow_until ? disturbance_.slowness : Slowness{};
  }
  [[nodiscard]] const Disturbance& disturbance() const { return disturbance_; }
  // How much longer the last command took for a fault's limit.
  [[nodiscard]] io::Duration throttled() const { return throttled_; }

  [[nodiscard]] const DeviceUse& use() const { return use_; }

  // What copying into or out of the page cache costs the caller.
  [[nodiscard]] io::Duration copy_cost(std::uint64_t bytes) const;

 private:
  struct Verb {
    LatencyCurve latency;
    std::uint64_t bytes_per_second;  // 0: no limit.
    std::uint64_t site;              // Of its draws.
    std::uint64_t count = 0;
  };

  [[nodiscard]] bool costs_nothing(io::Instant now, const Slowness& slowness) const;
  io::Instant occupy(io::Instant now, io::Instant done);
  io::Duration draw_latency(Verb& verb);
  io::Instant serve(Verb& verb, io::Instant now, std::uint64_t bytes, const Slowness& slowness);
  io::Instant flush_cache(io::Instant ready, io::Duration cost, const Slowness& slowness);
  [[nodiscard]] bool needs_commit(const Flushing& asked) const;
  io::Duration commit_cost();
  [[nodiscard]] bool finds_commit_under_way(io::Instant now, const Flushing& asked) const;
  io::Instant granted(io::Instant now, std::uint64_t bytes);
  io::Instant throttle(io::Instant now, io::Instant due, std::uint64_t bytes, const Slowness& slowness);
  io::Instant& next_free_channel();

  base::Draws& draws_;
  bool instant_;
  Verb read_, write_, flush_;
  DirtyCurve destage_;
  std::uint64_t commit_bytes_;
  io::Duration commit_adds_;
  std::uint64_t operation_bytes_;
  TokenBucket operations_, bytes_;
  io::Duration copy_per_call_, copy_per_kib_;
  std::vector<io::Instant> channel_free_at_;
  io::Instant path_free_at_{};
  // Of the last flush that was scheduled; at first none.
  io::Instant flush_begin_ = io::Instant::min(), flush_end_ = io::Instant::min();
  // Of the last one that has a commit: what changed before its begin is in it, or in one before.
  io::Instant commit_begin_ = io::Instant::min(), commit_end_ = io::Instant::min();
  Disturbance disturbance_;
  io::Duration throttled_{};
  DeviceUse use_;
  io::Instant busy_until_{};
};

}  // namespace wallop::sim
