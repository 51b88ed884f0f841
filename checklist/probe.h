// SPDX-License-Identifier: Apache-2.0
// What the checklist must know of a machine and the seam cannot tell: what lies under a directory, counters
// of the device and the CPUs, the memory of this process, and a way to empty the page cache.
//
// An interface, so that the judgements can be tested on made-up machines. SystemProbes (probe_system.h) asks
// Linux.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/result.h"

namespace wallop::checklist {

// As /proc/diskstats counts them since the machine started (Linux, Documentation/admin-guide/iostats.rst).
struct DiskCounters {
  std::uint64_t reads = 0, sectors_read = 0, read_ms = 0;
  std::uint64_t writes = 0, sectors_written = 0, write_ms = 0;
  std::uint64_t busy_ms = 0;
  std::uint64_t flushes = 0, flush_ms = 0;  // 0 before Linux 5.5.
};
inline constexpr std::uint64_t kDiskstatsSectorBytes = 512;  // Whatever the device's own sectors are.

// As the first line of /proc/stat counts them, in ticks over all CPUs.
struct CpuCounters {
  std::uint64_t all = 0, idle = 0, stolen = 0;
};

// What does not change while the checklist runs. "" where the machine does not say.
struct MachineFacts {
  std::string cpu;  // "AMD EPYC 9R14".
  std::uint64_t cpu_count = 0;
  std::string governor;  // "performance".
  bool virtual_machine = false;
  std::uint64_t memory_bytes = 0;
  std::uint64_t load_hundredths = 0;  // Processes that ran or waited in the last minute, times 100.
  std::string kernel;                 // "Linux 6.18.2".
  std::string file_system;            // "ext4".
  std::string mount_options;
  std::string device;       // "nvme0n1".
  std::string write_cache;  // "on", "off".
  std::string scheduler;    // "none".
  // When the kernel writes what nobody has synced, of the memory that is to be had now; 0 where it does not
  // say.
  std::uint64_t dirty_from_bytes = 0, dirty_max_bytes = 0;
  std::chrono::nanoseconds dirty_age{}, dirty_every{};
};

class Probes {
 public:
  virtual ~Probes() = default;
  virtual MachineFacts facts() = 0;
  // Of the device under the directory, or why there is none: a sentence.
  virtual std::expected<DiskCounters, std::string> disk_counters() = 0;
  virtual std::optional<CpuCounters> cpu_counters() = 0;
  virtual std::optional<std::uint64_t> resident_bytes() = 0;
  // Drops `path`'s clean pages from the page cache; a path of the machine's io::FileSystem.
  virtual io::Status drop_cached(std::string_view path) = 0;
};

}  // namespace wallop::checklist
