// SPDX-License-Identifier: Apache-2.0
// What a machine, a device and its floor are called in a line.
#include "checklist/describe.h"

#include <algorithm>

#include "base/units.h"
#include "checklist/judge.h"

namespace wallop::checklist {
namespace {

std::string quantile(const base::Histogram& histogram, std::uint64_t parts_per_million) {
  return base::humane(io::Duration(static_cast<std::int64_t>(histogram.quantile(parts_per_million))));
}

std::string size_name(std::uint64_t bytes) {
  return bytes == 0 ? "clean" : base::to_text(base::ByteCount{bytes});
}

}  // namespace

std::string describe_floor(const Profile& profile, const SyncMeasured& sync) {
  if (sync.judged.floor.count() == 0) return "";
  std::string text = fmt::format("fdatasync {} p50 {} p99 {}", size_name(profile.sync.dirty_bytes.value),
                                 quantile(sync.judged.floor, 500'000), quantile(sync.judged.floor, 990'000));
  std::string curve;
  for (const auto& [dirty, pair] : sync.curve) {
    if (pair.floor.count() == 0) continue;
    curve +=
        fmt::format("{}{} {}", curve.empty() ? "" : ", ", size_name(dirty), quantile(pair.floor, 500'000));
  }
  if (!curve.empty()) text += fmt::format(" (p50 {})", curve);
  return text + fmt::format(", sequential write {}/s", base::humane_bytes(sync.sequential_bytes_per_second));
}

std::string describe_device(const MachineFacts& facts) {
  std::string text = facts.file_system.empty() ? "unknown file system" : facts.file_system;
  if (!facts.device.empty()) text += " on " + facts.device;
  if (!facts.write_cache.empty()) text += fmt::format(" (write cache {})", facts.write_cache);
  return text;
}

std::string describe_machine(const MachineFacts& facts) {
  std::string text = facts.kernel.empty() ? "unknown kernel" : facts.kernel;
  text += fmt::format(", {} CPU{}", facts.cpu_count, facts.cpu_count == 1 ? "" : "s");
  if (!facts.governor.empty()) text += ", governor " + facts.governor;
  return text;
}

std::optional<std::uint64_t> stolen_permille(const Measurements& measured) {
  if (!measured.cpu_before || !measured.cpu_after) return std::nullopt;
  const std::uint64_t all = measured.cpu_after->all - measured.cpu_before->all;
  const std::uint64_t stolen = measured.cpu_after->stolen - measured.cpu_before->stolen;
  if (all == 0 || stolen > all) return std::nullopt;
  return stolen * 1000 / all;
}

}  // namespace wallop::checklist
