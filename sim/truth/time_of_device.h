// SPDX-License-Identifier: Apache-2.0
// The part of the proof of time that needs no world: latencies, throughput and limits of a device.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/device_spec.h"

namespace wallop::sim {

// A disk as its file has it, and as it was built.
struct TimedDisk {
  std::string name;
  DeviceSpec said, built;
  std::uint64_t seed = 1;
};

struct TimeTally {
  std::uint64_t disk_count = 0, latency_count = 0, loop_count = 0, felt_count = 0, run_count = 0;
};

// Each says what does not hold.
[[nodiscard]] std::optional<std::string> check_latencies(const TimedDisk& disk, TimeTally& tally);
[[nodiscard]] std::optional<std::string> check_tail(const TimedDisk& disk, TimeTally& tally);
[[nodiscard]] std::optional<std::string> check_depth(const TimedDisk& disk, TimeTally& tally);
[[nodiscard]] std::optional<std::string> check_bandwidth(const TimedDisk& disk, TimeTally& tally);
[[nodiscard]] std::optional<std::string> check_limits(const TimedDisk& disk, TimeTally& tally);

}  // namespace wallop::sim
