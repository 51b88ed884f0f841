// SPDX-License-Identifier: Apache-2.0
// Prices, and the queue in front of the processors.
#include "sim/processors.h"

#include <algorithm>

#include "base/ensure.h"
#include "sim/scaled.h"

namespace wallop::sim {

base::Duration WorkCost::of(std::uint64_t bytes) const {
  return per_call + scaled(bytes, per_kib, 1024);
}

// Copies and checksums: measured on a 2-core EPYC virtual machine (memcpy of 256 MiB at 12.7 GB/s, CRC32C in
// three streams at 27 GB/s). Compression: nori-wal's documentation, LZ4 of 1 KiB in 2.1 us. What has no bytes
// is of the order of magnitude of a few cache misses: an estimate.
const WorkCosts& typical_work_costs() {
  using namespace std::chrono_literals;
  static const WorkCosts kTypical = [] {
    WorkCosts costs;
    costs.of(io::Work::append) = {50ns, 0ns};
    costs.of(io::Work::copy) = {0ns, 80ns};
    costs.of(io::Work::checksum) = {0ns, 38ns};
    costs.of(io::Work::encode) = {20ns, 0ns};
    costs.of(io::Work::decode) = {20ns, 0ns};
    costs.of(io::Work::compress) = {0ns, 2100ns};
    return costs;
  }();
  return kTypical;
}

CpuTime::CpuTime(std::uint32_t cpus) : free_at_(cpus) {
  base::ensure(!free_at_.empty(), "a world has at least one cpu");
}

io::Instant CpuTime::occupy(io::Instant now, io::Duration cost) {
  if (cost == io::Duration::zero()) return now;
  const auto cpu = std::min_element(free_at_.begin(), free_at_.end());
  *cpu = std::max(*cpu, now) + cost;
  return *cpu;
}

}  // namespace wallop::sim
