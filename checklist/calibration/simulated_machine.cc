// SPDX-License-Identifier: Apache-2.0
// The world answers what Linux is asked elsewhere.
#include "checklist/calibration/simulated_machine.h"

#include <fmt/format.h>

#include <utility>

namespace wallop::checklist {
namespace {

std::string_view model_for(std::string_view file_system) {
  return sim::find_model(file_system) != nullptr ? file_system : "ext4-ordered";
}

sim::WorldOptions options_of(const sim::DeviceSpec& disk, const sim::ModelSpec& model, std::uint32_t cpus) {
  sim::WorldOptions options;
  options.model = &model;
  options.disk = &disk;
  options.processors = {cpus, disk.cpu.work.value_or(sim::typical_work_costs())};
  options.journal = sim::JournalMode::hash;  // Nobody asks what happened: the memory is needed no more.
  return options;
}

std::uint64_t milliseconds(io::Duration time) {
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(time).count());
}

}  // namespace

SimulatedMachine::SimulatedMachine(const sim::DeviceSpec& disk, std::string disk_name,
                                   std::string_view file_system, std::uint32_t cpus)
    : disk_(disk),
      disk_name_(std::move(disk_name)),
      model_name_(model_for(file_system)),
      model_(*sim::find_model(model_name_)),
      cpus_(cpus),
      world_(options_of(disk_, model_, cpus)) {}

MachineFacts SimulatedMachine::facts() {
  MachineFacts facts;
  facts.cpu = "simulated";
  facts.cpu_count = cpus_;
  facts.kernel = "simulated world";
  facts.file_system = model_name_;
  facts.mount_options = "simulated";
  facts.device = disk_name_;
  facts.dirty_from_bytes = disk_.writeback.from.value;
  facts.dirty_max_bytes = disk_.writeback.dirty_max.value;
  facts.dirty_age = disk_.writeback.age;
  facts.dirty_every = disk_.writeback.every;
  return facts;
}

// Waits are not counted apart there: the time in which the device was busy stands for each kind's.
std::expected<DiskCounters, std::string> SimulatedMachine::disk_counters() {
  const sim::DeviceUse use = world_.device_use();
  DiskCounters counters;
  counters.reads = use.read_count;
  counters.sectors_read = use.read_bytes / kDiskstatsSectorBytes;
  counters.writes = use.write_count;
  counters.sectors_written = use.write_bytes / kDiskstatsSectorBytes;
  counters.busy_ms = milliseconds(use.busy);
  counters.flushes = use.flush_count;
  return counters;
}

io::Status SimulatedMachine::drop_cached(std::string_view path) {
  world_.evict(path);
  return {};
}

}  // namespace wallop::checklist
