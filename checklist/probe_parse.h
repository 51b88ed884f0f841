// SPDX-License-Identifier: Apache-2.0
// Linux's text files, read. Each takes the text and gives nothing where it does not say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "checklist/probe.h"

namespace wallop::checklist {

struct DeviceNumber {
  std::uint64_t major = 0, minor = 0;
  bool operator==(const DeviceNumber&) const = default;
};

// A mount of /proc/self/mountinfo (proc_pid_mountinfo(5)).
struct Mount {
  DeviceNumber device;
  std::string point;        // Where: "/var/lib".
  std::string options;      // Of the mount and of the file system, commas between.
  std::string file_system;  // "ext4".
  std::string source;       // "/dev/nvme0n1p2", "overlay".
};

// The mount that holds `path`, which is absolute and real: the longest mount point above it, the last of
// equals.
[[nodiscard]] std::optional<Mount> find_mount(std::string_view mountinfo, std::string_view path);
// The line of that device in /proc/diskstats.
[[nodiscard]] std::optional<DiskCounters> find_disk(std::string_view diskstats, DeviceNumber device);
// The first line of /proc/stat.
[[nodiscard]] std::optional<CpuCounters> parse_cpu_counters(std::string_view stat);
// The first figure of /proc/loadavg, times 100.
[[nodiscard]] std::optional<std::uint64_t> parse_load(std::string_view loadavg);
// The value behind the first "name<tabs>: " of /proc/cpuinfo or /proc/meminfo, "" where there is none.
[[nodiscard]] std::string value_of(std::string_view text, std::string_view name);
// The word in brackets: "mq-deadline" of "none [mq-deadline] kyber"; else all of it.
[[nodiscard]] std::string chosen_word(std::string_view text);

}  // namespace wallop::checklist
