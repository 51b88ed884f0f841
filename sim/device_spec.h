// SPDX-License-Identifier: Apache-2.0
// DeviceSpec: what a disk costs, as data (sim/disks/*.json), each figure with its source.
//
//   { "about": "...", "channels": 16, "channels_source": "...",
//     "read":  { "latency": { "p50": "80us", "p99": "190us" }, "bytes_per_second": "3GB", "source": "..." },
//     "write": { "latency": { ... }, "bytes_per_second": "2GB", "source": "..." },
//     "flush": { "latency": { ... }, "per_dirty_mib": "400us", "source": "..." },
//     "commit": { "bytes": "12KiB", "adds": "40us", "source": "..." },
//     "limits": { "operations_per_second": 3000, "bytes_per_second": "125MiB", ..., "source": "..." },
//     "page_cache": { "per_call": "600ns", "per_kib": "200ns", "source": "..." },
//     "writeback": { "from": "800MiB", "dirty_max": "1600MiB", "age": "30s", ..., "source": "..." },
//     "cpu": { "work": { "append": { "per_call": "50ns" }, ... }, "source": "..." },
//     "wakeups": { "timer": { "p50": "55us", ... }, "notified": { ... }, "source": "..." } }
//
// The default is the disk that costs nothing. The last two are about the machine around the disk; a file that
// `wallop calibrate` wrote has them, those that are shipped leave them to the world.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/latency.h"
#include "base/units.h"
#include "io/time.h"
#include "sim/processors.h"

namespace wallop::sim {

using base::LatencyCurve;
using base::LatencySpec;

struct CommandSpec {
  LatencySpec latency;
  base::ByteCount bytes_per_second;
  std::string source;

  template <class Visitor>
  void fields(Visitor& v) {
    v("latency", latency, "From command to completion, without the transfer and without queueing.");
    v("bytes_per_second", bytes_per_second, "Bandwidth of the whole device; 0B is without limit.");
    v("source", source, "Where the figures come from.");
  }
};

// What a flush takes longer by what it has to write out.
struct DirtyCost {
  base::ByteCount dirty;
  base::Duration adds{};

  template <class Visitor>
  void fields(Visitor& v) {
    v("dirty", dirty, "So many bytes in the device's cache.", base::Need::required);
    v("adds", adds, "What they add.", base::Need::required);
  }
};

struct FlushSpec {
  LatencySpec latency;
  std::vector<DirtyCost> by_dirty;
  base::Duration per_dirty_mib{};
  std::string source;

  template <class Visitor>
  void fields(Visitor& v) {
    v("latency", latency, "A flush with nothing to write.");
    v("by_dirty", by_dirty,
      "What dirty bytes add, by rising bytes; straight lines between them, from nothing on.");
    v("per_dirty_mib", per_dirty_mib, "What each MiB in the device's cache adds, beyond by_dirty.");
    v("source", source, "Where the figures come from.");
  }
};

// The file system's own journal.
struct CommitSpec {
  base::ByteCount bytes;
  base::Duration adds{};
  std::string source;

  template <class Visitor>
  void fields(Visitor& v) {
    v("bytes", bytes, "What a commit of changed sizes, blocks and names writes; 0B: it writes nothing.");
    v("adds", adds,
      "What it takes beside writing them: waking its thread, waiting for one part before the next.");
    v("source", source, "Where the figures come from.");
  }
};

// Limits that a provider sets, each with a bucket of credit, full at first. 0 is without limit.
struct LimitSpec {
  std::uint64_t operations_per_second = 0, operations_burst = 0;
  base::ByteCount operation_bytes;
  base::ByteCount bytes_per_second, bytes_burst;
  std::string source;

  template <class Visitor>
  void fields(Visitor& v) {
    v("operations_per_second", operations_per_second, "Reads and writes; a flush is none.");
    v("operations_burst", operations_burst, "Credit for so many at once.");
    v("operation_bytes", operation_bytes, "A larger command counts as several; 0B: as one.");
    v("bytes_per_second", bytes_per_second, "Read and written together.");
    v("bytes_burst", bytes_burst, "Credit for so many at once.");
    v("source", source, "Where the figures come from.");
  }
};

// When the kernel writes what nobody has synced. All zero: never.
struct WritebackSpec {
  base::ByteCount from;
  base::ByteCount dirty_max;
  base::Duration age{};
  base::Duration every{};
  std::string source;

  template <class Visitor>
  void fields(Visitor& v) {
    v("from", from, "With more dirty bytes than this it writes; 0B: however many there are, it does not.");
    v("dirty_max", dirty_max, "With more than this writers wait until there is less; 0B: they never do.");
    v("age", age, "What has been dirty for so long is written; 0ns: however long.");
    v("every", every, "How often it looks for that.");
    v("source", source, "Where the figures come from.");
  }
};

struct CacheSpec {
  base::Duration per_call{};
  base::Duration per_kib{};
  std::string source;

  template <class Visitor>
  void fields(Visitor& v) {
    v("per_call", per_call, "What a read or write of cached bytes costs, however small.");
    v("per_kib", per_kib, "What 1024 bytes cost on top.");
    v("source", source, "Where the figures come from.");
  }
};

// What the engine's own work costs.
struct CpuSpec {
  std::optional<WorkCosts> work;
  std::string source;

  template <class Visitor>
  void fields(Visitor& v) {
    v("work", work, "By kind; without it that of a machine of today.");
    v("source", source, "Where the figures come from.");
  }
};

// What it takes until a thread runs again that slept or waited; nothing where it is left out.
struct WakeSpec {
  std::optional<LatencySpec> timer, notified;
  std::string source;

  template <class Visitor>
  void fields(Visitor& v) {
    v("timer", timer, "From the end of a sleep, or of a wait with a deadline, until the thread runs.");
    v("notified", notified, "From the notification of a waiting thread until it runs.");
    v("source", source, "Where the figures come from.");
  }
};

struct DeviceSpec {
  std::string about;
  std::uint32_t channels = 1;
  std::string channels_source;
  CommandSpec read, write;
  FlushSpec flush;
  CommitSpec commit;
  LimitSpec limits;
  CacheSpec page_cache;
  WritebackSpec writeback;
  CpuSpec cpu;
  WakeSpec wakeups;

  template <class Visitor>
  void fields(Visitor& v) {
    v("about", about, "Which disk this is.");
    v("channels", channels, "Commands that the device works on at the same time; more wait in order.");
    v("channels_source", channels_source, "Where that figure comes from.");
    v("read", read, "Reading from the medium.");
    v("write", write, "Writing to the device, its cache included.");
    v("flush", flush, "Making what was written durable.");
    v("commit", commit, "What a change of sizes, blocks and names adds to the next flush; files share it.");
    v("limits", limits, "What a provider allows, with credit for bursts.");
    v("page_cache", page_cache, "Copies between the engine and the page cache.");
    v("writeback", writeback, "Writing in the background what nobody has synced.");
    v("cpu", cpu, "The engine's own work on this machine.");
    v("wakeups", wakeups, "How soon this machine runs a thread again.");
  }
};

// What is wrong with a spec that could be parsed, in a sentence; nothing where it is legal.
[[nodiscard]] std::optional<std::string> problem_of(const DeviceSpec& spec);

// FlushSpec's cost of dirty bytes ready for use.
class DirtyCurve {
 public:
  explicit DirtyCurve(const FlushSpec& spec) : points_(spec.by_dirty), per_mib_(spec.per_dirty_mib) {}

  // What so many bytes add; exact at the given points, rounded down to a nanosecond.
  [[nodiscard]] io::Duration at(std::uint64_t dirty_bytes) const;
  [[nodiscard]] bool free() const { return points_.empty() && per_mib_ == io::Duration::zero(); }
  [[nodiscard]] bool rises() const;

 private:
  std::vector<DirtyCost> points_;
  io::Duration per_mib_;
};

// A disk that is shipped: "nvme-plp". Null where there is none of that name; "instant" costs nothing.
[[nodiscard]] const DeviceSpec* find_disk(std::string_view name);
// All of them, by name.
[[nodiscard]] const std::vector<std::string_view>& disk_names();

}  // namespace wallop::sim
