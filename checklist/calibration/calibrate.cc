// SPDX-License-Identifier: Apache-2.0
// The order of a calibration, and what it refuses.
#include "checklist/calibration/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/units.h"
#include "checklist/calibration/fit.h"
#include "checklist/calibration/sample.h"
#include "checklist/calibration/simulated_machine.h"
#include "checklist/judge.h"
#include "checklist/own_directory.h"

namespace wallop::checklist {
namespace {

io::Status suitable(io::World& machine, const MachineFacts& facts, std::string_view directory) {
  const auto info = machine.files.stat(directory);
  if (!info) return std::unexpected(info.error());
  if (info->kind != io::FileKind::directory)
    return io::failure(io::Code::invalid, "calibrate", directory, "it is not a directory");
  constexpr std::array<std::string_view, 2> kInMemory{"tmpfs", "ramfs"};
  if (std::ranges::find(kInMemory, facts.file_system) != kInMemory.end()) {
    return io::failure(io::Code::unsupported, "calibrate", directory,
                       fmt::format("{} has no device: its files are in memory; name a directory on a disk",
                                   facts.file_system));
  }
  const auto space = machine.files.space(directory);
  if (!space) return std::unexpected(space.error());
  constexpr std::uint64_t kNeeded = std::max(kSamplingBytes, kObservationBytes);
  if (space->free_bytes < kNeeded) {
    return io::failure(io::Code::no_space, "calibrate", directory,
                       fmt::format("needs {} free and has {}; nothing was written",
                                   base::humane_bytes(kNeeded), base::humane_bytes(space->free_bytes)));
  }
  return {};
}

// A quarter of what one writer alone could do that waits for a sync each time: a load that outgrows the
// device would measure the length of the queue.
std::uint64_t synced_rate(const sim::DeviceSpec& disk) {
  const io::Duration commit =
      disk.commit.bytes.value == 0 ? io::Duration{} : disk.write.latency.p50 + disk.commit.adds;
  const io::Duration sync =
      disk.write.latency.p50 + disk.flush.latency.p50 + sim::DirtyCurve(disk.flush).at(kSmallBytes) + commit;
  const auto quarter = std::chrono::seconds(1) / (4 * std::max(sync, io::Duration(1)));
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(quarter), 1, kRateMax);
}

class Run {
 public:
  Run(io::World& machine, Probes& probes, const CalibrationOptions& options)
      : machine_(machine), probes_(probes), options_(options), facts_(probes.facts()) {}

  [[nodiscard]] const MachineFacts& facts() const { return facts_; }

  io::Status run_in(const OwnDirectory& own, Calibration& calibration) {
    const Stop stop(machine_.clock, options_.interrupted);
    const io::Duration half = options_.budget / 2;
    const std::string sampled = own.path("samples");
    if (io::Status made = machine_.files.make_directory(sampled); !made) return made;
    auto samples = sample_device({machine_, probes_, sampled, stop, half, options_.step});
    if (!samples) return std::unexpected(std::move(samples.error()));
    if (stop.interrupted()) return {};
    if (io::Status removed = remove_tree(machine_.files, sampled); !removed) return removed;
    calibration.disk = fit(*samples, facts_, about(), where_and_when());
    const std::string observed = own.path("log");
    if (io::Status made = machine_.files.make_directory(observed); !made) return made;
    const std::uint64_t rate = synced_rate(calibration.disk);
    auto measured = observe({machine_, probes_, observed, stop, half, rate, options_.step});
    if (!measured) return std::unexpected(std::move(measured.error()));
    if (stop.interrupted()) return {};
    auto predicted = predict(calibration.disk, half, rate);
    if (!predicted) return std::unexpected(std::move(predicted.error()));
    calibration.twin = compare(*predicted, *measured);
    return {};
  }

 private:
  io::Result<std::vector<Figure>> predict(const sim::DeviceSpec& disk, io::Duration budget,
                                          std::uint64_t rate) {
    SimulatedMachine twin(disk, "twin", facts_.file_system,
                          static_cast<std::uint32_t>(std::clamp<std::uint64_t>(facts_.cpu_count, 1, 256)));
    const auto step = [this](std::string_view what) { options_.step(fmt::format("the twin's {}", what)); };
    return observe({twin.io(), twin, ".", Stop(twin.io().clock, options_.interrupted), budget, rate, step});
  }
  [[nodiscard]] std::string about() const {
    return fmt::format("Calibrated on {}: {}, {}.", options_.date, describe_device(facts_),
                       describe_machine(facts_));
  }
  [[nodiscard]] std::string where_and_when() const {
    return fmt::format("{}, {}, {}{}:", options_.date, describe_machine(facts_),
                       facts_.cpu.empty() ? "" : facts_.cpu + ", ", describe_device(facts_));
  }

  io::World& machine_;
  Probes& probes_;
  const CalibrationOptions& options_;
  MachineFacts facts_;
};

}  // namespace

io::Result<Calibration> calibrate(io::World& machine, Probes& probes, std::string_view directory,
                                  const CalibrationOptions& options) {
  Run run(machine, probes, options);
  if (io::Status fit = suitable(machine, run.facts(), directory); !fit)
    return std::unexpected(std::move(fit.error()));
  auto own = OwnDirectory::make(machine, directory, "wallop-calibrate-");
  if (!own) return std::unexpected(std::move(own.error()));
  const std::string path = own->path();
  Calibration calibration;
  const io::Status done = run.run_in(*own, calibration);
  const io::Status removed = own->remove();
  if (!removed) calibration.left_behind = fmt::format("{}: {}", path, io::describe(removed.error()));
  if (!done) {
    io::Error error = done.error();
    if (!removed) error.detail += "; left behind " + calibration.left_behind;
    return std::unexpected(std::move(error));
  }
  calibration.device = describe_device(run.facts());
  calibration.machine = describe_machine(run.facts());
  calibration.interrupted = options.interrupted();
  return calibration;
}

}  // namespace wallop::checklist
