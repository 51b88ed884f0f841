// SPDX-License-Identifier: Apache-2.0
// Dirty curves, legality, and the disks that are shipped.
#include "sim/device_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ensure.h"
#include "base/units.h"
#include "sim/embedded.h"
#include "sim/scaled.h"

namespace wallop::sim {
namespace {

using base::literals::operator""_MiB;

constexpr std::uint32_t kChannelMax = 1024;

struct ShippedDisk {
  std::string_view name;
  DeviceSpec spec;
};

std::vector<ShippedDisk> load_disks() {
  std::vector<ShippedDisk> disks{{"instant", {}}};
  disks.front().spec.about = "Costs nothing: for correctness alone.";
  for (const EmbeddedFile& file : disk_files()) {
    ShippedDisk disk{file.name, {}};
    const base::json::Problems problems = base::read_document(file.text, disk.spec);
    base::ensure(problems.empty() && !problem_of(disk.spec), "a disk that is shipped is legal");
    disks.push_back(std::move(disk));
  }
  std::ranges::sort(disks, {}, &ShippedDisk::name);
  return disks;
}

const std::vector<ShippedDisk>& disks() {
  static const std::vector<ShippedDisk> loaded = load_disks();
  return loaded;
}

std::vector<std::string_view> load_names() {
  std::vector<std::string_view> names;
  for (const ShippedDisk& disk : disks()) names.push_back(disk.name);
  return names;
}

}  // namespace

io::Duration DirtyCurve::at(std::uint64_t dirty_bytes) const {
  std::uint64_t below = 0;
  io::Duration added{};
  for (const DirtyCost& point : points_) {
    if (dirty_bytes <= point.dirty.value)
      return added + scaled(dirty_bytes - below, point.adds - added, point.dirty.value - below);
    below = point.dirty.value;
    added = point.adds;
  }
  return added + scaled(dirty_bytes - below, per_mib_, 1_MiB);
}

bool DirtyCurve::rises() const {
  DirtyCost below;
  for (const DirtyCost& point : points_) {
    if (point.dirty.value <= below.dirty.value || point.adds < below.adds) return false;
    below = point;
  }
  return per_mib_ >= io::Duration::zero();
}

namespace {

std::optional<std::string> problem_of(const WritebackSpec& spec) {
  if (spec.age > io::Duration::zero() && spec.every <= io::Duration::zero())
    return "writeback by age needs \"every\": how often it looks";
  if (spec.dirty_max.value != 0 && (spec.from.value == 0 || spec.from.value > spec.dirty_max.value))
    return "writers would wait for writeback that never starts: \"from\" is not between 1B and \"dirty_max\"";
  return std::nullopt;
}

std::optional<std::string> problem_of(const LimitSpec& spec) {
  if (spec.operations_burst != 0 && spec.operations_per_second == 0)
    return "\"operations_burst\" without \"operations_per_second\" limits nothing";
  if (spec.bytes_burst.value != 0 && spec.bytes_per_second.value == 0)
    return "\"bytes_burst\" without \"bytes_per_second\" limits nothing";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> problem_of(const DeviceSpec& spec) {
  if (spec.channels < 1 || spec.channels > kChannelMax)
    return fmt::format("{} channels are not between 1 and {}", spec.channels, kChannelMax);
  struct Named {
    std::string_view name;
    const LatencySpec& latency;
  };
  const LatencySpec timer = spec.wakeups.timer.value_or(LatencySpec{});
  const LatencySpec notified = spec.wakeups.notified.value_or(LatencySpec{});
  for (const Named& verb :
       {Named{"read", spec.read.latency}, Named{"write", spec.write.latency},
        Named{"flush", spec.flush.latency}, Named{"timer", timer}, Named{"notified", notified}}) {
    if (!LatencyCurve(verb.latency).rises())
      return fmt::format("the latencies of {} do not rise from best to worst", verb.name);
  }
  if (!DirtyCurve(spec.flush).rises()) return "what dirty bytes add to a flush does not rise";
  if (auto problem = problem_of(spec.limits)) return problem;
  return problem_of(spec.writeback);
}

const DeviceSpec* find_disk(std::string_view name) {
  const auto found = std::ranges::find(disks(), name, &ShippedDisk::name);
  return found == disks().end() ? nullptr : &found->spec;
}

const std::vector<std::string_view>& disk_names() {
  static const std::vector<std::string_view> names = load_names();
  return names;
}

}  // namespace wallop::sim
