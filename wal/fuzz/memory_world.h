// SPDX-License-Identifier: Apache-2.0
// MemoryWorld: MemoryFiles with a clock that steps, numbers instead of entropy, and one thread that ever
// gets a turn. What runs in it depends on nothing outside.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/ensure.h"
#include "io/world.h"
#include "wal/fuzz/memory_files.h"
#include "wal/options.h"

namespace wallop::wal::testing {

// A microsecond passes with each look.
class SteppingClock final : public io::Clock {
 public:
  io::Instant now() override { return io::Instant(step()); }
  io::WallTime wall_now() override { return io::WallTime(std::chrono::hours(24 * 365 * 50) + step()); }
  void sleep_until(io::Instant deadline) override { since_start_ = deadline.time_since_epoch(); }
  void spend(io::Work, std::uint64_t) override {}

 private:
  io::Duration step() { return since_start_ += std::chrono::microseconds(1); }
  io::Duration since_start_{};
};

class CountingEntropy final : public io::Entropy {
 public:
  std::uint64_t next() override { return count_ += 0x9e3779b97f4a7c15; }

 private:
  std::uint64_t count_ = 0;
};

// A schedule in which no other thread ever gets a turn. Locks cost nothing; whoever waits for another thread
// would wait for ever, which is an error.
class OneThread final : public io::Threads {
 public:
  std::unique_ptr<io::Thread> spawn(std::string_view, std::function<void()>) override {
    return std::make_unique<NeverRuns>();
  }
  std::unique_ptr<io::Mutex> make_mutex() override { return std::make_unique<FreeMutex>(); }
  std::unique_ptr<io::CondVar> make_cond_var() override { return std::make_unique<NobodyElse>(); }
  void relax() override { base::ensure(false, "the one thread of a MemoryWorld would wait for another"); }

 private:
  struct NeverRuns final : io::Thread {
    void join() override {}
  };
  struct FreeMutex final : io::Mutex {
    void lock() override {}
    void unlock() override {}
  };
  struct NobodyElse final : io::CondVar {
    void wait(io::Mutex&) override { base::ensure(false, "the one thread of a MemoryWorld would wait"); }
    io::Wake wait_until(io::Mutex&, io::Instant) override { return io::Wake::timed_out; }
    void notify_one() override {}
    void notify_all() override {}
  };
};

class MemoryWorld {
 public:
  MemoryFiles& files() { return files_; }
  io::World& world() { return world_; }

 private:
  MemoryFiles files_;
  SteppingClock clock_;
  CountingEntropy entropy_;
  OneThread threads_;
  io::NoTracer tracer_;
  io::World world_{files_, clock_, entropy_, threads_, tracer_};
};

// The smallest segments: whole lives of a log in a few KiB.
inline Options memory_options() {
  Options options;
  options.directory = "log";
  options.segment_bytes = kBlocksPerSegmentMin * kSectorBytes;
  options.sync = Always{};
  options.spare_segments = 0;
  options.evidence = EvidenceLevel::lagged;
  options.unsynced_bytes_max = 4ULL * kSectorBytes;
  return options;
}

}  // namespace wallop::wal::testing
