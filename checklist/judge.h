// SPDX-License-Identifier: Apache-2.0
// From what was measured to verdicts. Pure: same measurements and profile, same verdicts.
#pragma once

#include <string>
#include <vector>

#include "checklist/measured.h"
#include "checklist/profile.h"
#include "reports/result.h"
#include "scenarios/run/metric.h"

namespace wallop::checklist {

// A load that lasts at least so long is evidence for soak.
inline constexpr io::Duration kSoakMin = std::chrono::hours(24);

// One verdict for each item of the profile, in its order.
[[nodiscard]] std::vector<reports::Verdict> judge(const Profile& profile, const Measurements& measured);

// What the device's floor says about a verdict on the log's syncs: "device floor 7.6 ms", and behind it
//   "-> the disk, not the log"   where the floor itself breaks the limit, so that no log could keep it;
//   "-> the log, not the disk"   where the floor keeps it and the log takes at least twice as long;
// nothing more where the verdict is no failure, where neither holds, or where either has too few samples.
[[nodiscard]] std::string floor_remark(const scenarios::MetricLimit& limit, const SyncPair& pair);

// "fdatasync 64 KiB p50 3.4 ms p99 7.6 ms (4 KiB 3.1 / 6.1 ms), sequential write 400 MB/s".
[[nodiscard]] std::string describe_floor(const Profile& profile, const SyncMeasured& sync);
// "ext4 on nvme0n1 (write cache on)".
[[nodiscard]] std::string describe_device(const MachineFacts& facts);
// "Linux 6.18, 2 CPUs, governor performance".
[[nodiscard]] std::string describe_machine(const MachineFacts& facts);
// Of all the CPUs' time, in parts per thousand; nothing where the machine does not count it.
[[nodiscard]] std::optional<std::uint64_t> stolen_permille(const Measurements& measured);

}  // namespace wallop::checklist
