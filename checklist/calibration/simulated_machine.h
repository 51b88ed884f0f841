// SPDX-License-Identifier: Apache-2.0
// A simulated machine as the checklist and the calibration look at one: a world on a disk's file, and probes
// that ask that world.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "checklist/probe.h"
#include "sim/world.h"

namespace wallop::checklist {

class SimulatedMachine final : public Probes {
 public:
  // `disk` outlives this; `disk_name` is what it is called. The persistence model is a file system's own,
  // where there is one of that name ("ext4", "xfs"), else ext4's.
  SimulatedMachine(const sim::DeviceSpec& disk, std::string disk_name, std::string_view file_system,
                   std::uint32_t cpus);

  [[nodiscard]] io::World& io() { return world_.io(); }

  MachineFacts facts() override;
  std::expected<DiskCounters, std::string> disk_counters() override;
  // Nobody else runs here.
  std::optional<CpuCounters> cpu_counters() override { return std::nullopt; }
  // The world's memory is this process's.
  std::optional<std::uint64_t> resident_bytes() override { return std::nullopt; }
  io::Status drop_cached(std::string_view path) override;

 private:
  const sim::DeviceSpec& disk_;
  std::string disk_name_, model_name_;
  const sim::ModelSpec& model_;
  std::uint32_t cpus_;
  sim::World world_;
};

}  // namespace wallop::checklist
