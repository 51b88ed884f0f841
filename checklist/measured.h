// SPDX-License-Identifier: Apache-2.0
// What was measured, as plain data: judge.h judges it, measure.h fills it.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "checklist/probe.h"
#include "io/time.h"
#include "reports/result.h"

namespace wallop::checklist {

// `amount` in `elapsed`, as so much in each `span`. No time at all counts as a nanosecond.
[[nodiscard]] std::uint64_t rate(std::uint64_t amount, io::Duration span, io::Duration elapsed);

// Of the device over a stretch of time, as iostat -x computes them.
struct DiskUse {
  std::uint64_t busy_millionths = 0;  // Percent: 12,500,000 is 12.5 %.
  io::Duration await{};               // Mean time of a request, queue included.
  std::uint64_t writes_per_second = 0;
  std::uint64_t write_bytes_per_second = 0;
  // Apart, because neither busy time nor await counts them: the device answers no request of ours meanwhile.
  std::uint64_t flushes_per_second = 0;
  io::Duration flush_await{};
};

// From two readings.
[[nodiscard]] DiskUse disk_use(const DiskCounters& before, const DiskCounters& after, io::Duration elapsed);

struct MemorySample {
  io::Duration at{};  // From the start of the load.
  std::uint64_t resident_bytes = 0;
};

struct LoadMeasured {
  base::Histogram latency;  // From due time to answer.
  std::vector<reports::Interval> over_time;
  std::vector<reports::Mark> rotations;
  std::uint64_t unanswered = 0;
  io::Duration elapsed{};
  std::expected<DiskUse, std::string> disk;  // Or why not.
  std::vector<MemorySample> memory;
  std::string policy;  // "batch 5ms".
};

// Syncs of the log and of a plain file in turns, at one number of unsynced bytes.
struct SyncPair {
  base::Histogram log, floor;
};

struct SyncMeasured {
  SyncPair judged;
  std::map<std::uint64_t, SyncPair> curve;        // By unsynced bytes.
  std::uint64_t sequential_bytes_per_second = 0;  // Of one long write to the plain file with its sync.
};

struct PolicyThroughput {
  std::string policy;
  bool judged = false;  // It is the profile's own.
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // Of keys and values.
  io::Duration elapsed{};
};

struct ThroughputMeasured {
  std::vector<PolicyThroughput> policies;
};

struct RotationMeasured {
  base::Histogram rotating;  // Appends that began a segment.
  base::Histogram ordinary;
};

struct RecoveryMeasured {
  std::vector<reports::RecoveryPoint> points;  // Every open.
  std::size_t judged_from = 0;                 // The first one of the last size.
  std::string why_no_cold;                     // Where the page cache could not be emptied.
};

// How one measurement ended. An error says what stopped it; there is nothing to judge then.
template <class Measured>
using Attempt =
    std::optional<io::Result<Measured>>;  // Absent: not asked for, or interrupted before its turn.

struct Measurements {
  MachineFacts facts;
  std::optional<CpuCounters> cpu_before, cpu_after;
  Attempt<LoadMeasured> load;
  Attempt<SyncMeasured> sync;
  Attempt<ThroughputMeasured> throughput;
  Attempt<RotationMeasured> rotation;
  Attempt<RecoveryMeasured> recovery;
  bool interrupted = false;
};

}  // namespace wallop::checklist
