// SPDX-License-Identifier: Apache-2.0
// One run of the checklist: look, measure what the items ask for, judge, clean up.
#include "checklist/checklist.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/units.h"
#include "checklist/check.h"
#include "checklist/describe.h"
#include "checklist/judge.h"
#include "checklist/log_setup.h"
#include "checklist/measure.h"
#include "checklist/own_directory.h"

namespace wallop::checklist {
namespace {

using reports::Fact;

bool asks_for(const Profile& profile, Measurement measurement) {
  const bool soak_by_load = measurement == Measurement::load && profile.load.duration >= kSoakMin;
  return std::ranges::any_of(profile.items, [&](const Item& item) {
    const Check* check = find_check(item.id);
    return (check != nullptr && check->from == measurement) || (soak_by_load && item.id == "soak");
  });
}

// The most that is on the disk at once: measurements come one after the other, each in an empty directory.
std::uint64_t bytes_needed(const Profile& profile) {
  const std::uint64_t segment = log_options(profile.log, "").segment_bytes;
  const std::uint64_t spares = log_options(profile.log, "").spare_segments;
  const auto trimmed = [&](std::uint64_t segment_bytes) {
    return segment_bytes * (kSegmentsMax + spares + 1);
  };
  // Framing takes a share of what records take; a tenth is more than it does at any size above a few bytes.
  const auto framed = [](std::uint64_t bytes) { return bytes + bytes / 10; };
  const LoadPart& load = profile.load;
  const std::uint64_t record = load.key_bytes.value + load.value_bytes.value + 64;
  std::uint64_t most = 1 << 20;
  const auto take = [&](Measurement measurement, std::uint64_t bytes) {
    if (asks_for(profile, measurement)) most = std::max(most, bytes);
  };
  // Between two looks of the watcher the load may write more than the segments that are kept.
  take(Measurement::load, trimmed(segment) + load.writers.value * load.rate.per_second * record);
  take(Measurement::sync, trimmed(segment) + 2 * floor_file_bytes(profile.sync));
  take(Measurement::throughput, 3 * (framed(profile.throughput.bytes_max.value) + segment * (spares + 2)));
  take(Measurement::rotation, trimmed(profile.rotation.segment_bytes.value));
  // An open begins a segment and removes the one that the open before it had begun and left empty.
  take(Measurement::recovery, framed(profile.recovery.sizes.back().value) + segment * (spares + 3));
  return most;
}

// The directory is one, and has room.
io::Status suitable(io::World& machine, std::string_view directory, const Profile& profile) {
  const auto info = machine.files.stat(directory);
  if (!info) return std::unexpected(info.error());
  if (info->kind != io::FileKind::directory)
    return io::failure(io::Code::invalid, "check", directory, "it is not a directory");
  const auto space = machine.files.space(directory);
  if (!space) return std::unexpected(space.error());
  const std::uint64_t needed = bytes_needed(profile);
  if (space->free_bytes < needed) {
    return io::failure(io::Code::no_space, "check", directory,
                       fmt::format("needs {} free and has {}; nothing was written",
                                   base::humane_bytes(needed), base::humane_bytes(space->free_bytes)));
  }
  return {};
}

// About how long: what falls due, or the limit in time.
io::Duration expected_time(const Profile& profile, Measurement measurement) {
  switch (measurement) {
    case Measurement::sync:
      return profile.sync.time_max;
    case Measurement::load:
      return profile.load.duration;
    case Measurement::throughput:
      return 3 * profile.throughput.time_max;
    case Measurement::rotation:
      return profile.rotation.time_max;
    case Measurement::recovery: {
      // Written at 50 MB/s, recovered at 200 MB/s: a guess for the progress line alone.
      const auto megabytes = static_cast<std::int64_t>(profile.recovery.sizes.back().value / 1'000'000);
      const auto opens = static_cast<std::int64_t>(2 * profile.recovery.repeat.value);
      return std::chrono::milliseconds(megabytes * (20 + 5 * opens));
    }
    case Measurement::facts:
    case Measurement::none:
      break;
  }
  return {};
}

// One run: what it is made of, and where each measurement's result goes.
class Run {
 public:
  Run(io::World& machine, Probes& probes, const Profile& profile, const Options& options)
      : machine_(machine),
        probes_(probes),
        profile_(profile),
        options_(options),
        stop_(machine.clock, options.interrupted) {
    for (const Measurement measurement : kOrder) {
      if (asks_for(profile, measurement)) ++count_;
    }
  }

  Measurements measure_in(const OwnDirectory& own) {
    Measurements measured;
    measured.facts = probes_.facts();
    measured.cpu_before = probes_.cpu_counters();
    one(own, Measurement::sync, "sync", measure_sync, measured.sync);
    one(own, Measurement::load, "load", measure_load, measured.load);
    one(own, Measurement::throughput, "throughput", measure_throughput, measured.throughput);
    one(own, Measurement::rotation, "rotation", measure_rotation, measured.rotation);
    one(own, Measurement::recovery, "recovery", measure_recovery, measured.recovery);
    measured.cpu_after = probes_.cpu_counters();
    measured.interrupted = stop_.interrupted();
    return measured;
  }

 private:
  static constexpr std::array kOrder{Measurement::sync, Measurement::load, Measurement::throughput,
                                     Measurement::rotation, Measurement::recovery};

  // In a directory of its own, removed before the next one begins. What an interrupt cut short is not kept:
  // half a measurement says nothing about the limit.
  template <class Measured>
  void one(const OwnDirectory& own, Measurement measurement, std::string_view name,
           io::Result<Measured> (*measure)(const Bench&), Attempt<Measured>& into) {
    if (!asks_for(profile_, measurement) || stop_.interrupted()) return;
    options_.step({name, ++number_, count_, expected_time(profile_, measurement)});
    const std::string directory = own.path(name);
    if (io::Status made = machine_.files.make_directory(directory); !made) {
      into.emplace(std::unexpected(std::move(made.error())));
      return;
    }
    auto measured = measure(Bench{machine_, probes_, profile_, directory, stop_});
    const io::Status removed = remove_tree(machine_.files, directory);
    if (stop_.interrupted()) return;
    if (measured && !removed) measured = std::unexpected(removed.error());
    into.emplace(std::move(measured));
  }

  io::World& machine_;
  Probes& probes_;
  const Profile& profile_;
  const Options& options_;
  Stop stop_;
  std::size_t number_ = 0, count_ = 0;
};

void add_latencies(reports::ChecklistResult& result, const Measurements& measured) {
  const auto add = [&](std::string metric, const base::Histogram& histogram) {
    if (histogram.count() > 0) result.latencies.push_back({std::move(metric), histogram});
  };
  if (measured.load && *measured.load) add("append.latency", (*measured.load)->latency);
  if (measured.sync && *measured.sync) {
    const SyncMeasured& sync = **measured.sync;
    add("sync.latency", sync.judged.log);
    add("sync.floor", sync.judged.floor);
    for (const auto& [dirty, pair] : sync.curve) {
      const std::string size = dirty == 0 ? "clean" : base::to_text(base::ByteCount{dirty});
      add("sync.latency " + size, pair.log);
      add("sync.floor " + size, pair.floor);
    }
  }
  if (measured.rotation && *measured.rotation) add("rotation.latency", (*measured.rotation)->rotating);
}

std::vector<Fact> environment_of(const Measurements& measured) {
  const MachineFacts& facts = measured.facts;
  std::vector<Fact> environment;
  const auto add = [&](std::string name, std::string value) {
    if (!value.empty()) environment.push_back({std::move(name), std::move(value)});
  };
  std::string cpu = facts.cpu.empty() ? "" : fmt::format("{} × {}", facts.cpu_count, facts.cpu);
  if (!cpu.empty() && !facts.governor.empty()) cpu += ", governor " + facts.governor;
  add("CPU", std::move(cpu));
  add("Memory", facts.memory_bytes == 0 ? "" : base::humane_bytes(facts.memory_bytes));
  add("Kernel", facts.kernel);
  add("Machine", facts.virtual_machine ? "virtual" : "");
  add("File system",
      facts.file_system.empty() ? "" : fmt::format("{}, {}", facts.file_system, facts.mount_options));
  add("Device", facts.device);
  add("Write cache", facts.write_cache);
  add("Scheduler", facts.scheduler);
  const auto stolen = stolen_permille(measured);
  std::string noise = stolen ? fmt::format("steal {}, ", percent(*stolen)) : "";
  add("Noise", noise + fmt::format("load {} before the start", hundredths(facts.load_hundredths)));
  return environment;
}

reports::ChecklistResult result_of(const Profile& profile, std::string_view directory,
                                   const Measurements& measured) {
  reports::ChecklistResult result;
  result.profile = profile.name;
  result.directory = std::string(directory);
  result.device = describe_device(measured.facts);
  if (measured.sync && *measured.sync) result.floor = describe_floor(profile, **measured.sync);
  result.checks = judge(profile, measured);
  add_latencies(result, measured);
  if (measured.load && *measured.load) {
    result.over_time = (*measured.load)->over_time;
    result.marks = (*measured.load)->rotations;
  }
  if (measured.recovery && *measured.recovery) result.recovery = (*measured.recovery)->points;
  return result;
}

}  // namespace

io::Result<Outcome> run_checklist(io::World& machine, Probes& probes, std::string_view directory,
                                  const Profile& profile, const Options& options) {
  if (io::Status fit = suitable(machine, directory, profile); !fit)
    return std::unexpected(std::move(fit.error()));
  auto own = OwnDirectory::make(machine, directory, "wallop-check-");
  if (!own) return std::unexpected(std::move(own.error()));
  const std::string path = own->path();
  const Measurements measured = Run(machine, probes, profile, options).measure_in(*own);
  Outcome outcome;
  if (const io::Status removed = own->remove(); !removed)
    outcome.left_behind = fmt::format("{}: {}", path, io::describe(removed.error()));
  outcome.result = result_of(profile, directory, measured);
  outcome.environment = environment_of(measured);
  outcome.machine = describe_machine(measured.facts);
  outcome.interrupted = measured.interrupted;
  return outcome;
}

}  // namespace wallop::checklist
