// SPDX-License-Identifier: Apache-2.0
// The load: open-loop appends, while the device, the memory and the rotations are watched.
#include <algorithm>
#include <memory>
#include <mutex>

#include "checklist/log_setup.h"
#include "checklist/measure.h"
#include "checklist/open_loop.h"

namespace wallop::checklist {
namespace {

constexpr io::Duration kWatchEvery = std::chrono::milliseconds(250);
constexpr std::size_t kMarksMax = 1000;

// Looks at the memory and deletes old segments, as the process around a log does, until told to end.
class Watcher {
 public:
  Watcher(const Bench& bench, wal::Wal& log)
      : bench_(bench),
        log_(log),
        start_(bench.machine.clock.now()),
        mutex_(bench.machine.threads.make_mutex()),
        ended_(bench.machine.threads.make_cond_var()),
        thread_(bench.machine.threads.spawn("watcher", [this] { run(); })) {}
  ~Watcher() { end(); }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  void end() {
    {
      const std::unique_lock lock(*mutex_);
      if (ending_) return;
      ending_ = true;
      ended_->notify_all();
    }
    thread_->join();
  }

  // After end().
  std::vector<MemorySample> samples;
  io::Status trimmed;

 private:
  void run() {
    Trimmer trimmer;
    for (io::Instant next = start_ + kWatchEvery; wait_until(next); next += kWatchEvery) {
      if (const auto resident = bench_.probes.resident_bytes()) samples.push_back({next - start_, *resident});
      if (trimmed) trimmed = trimmer.trim(log_);
    }
  }
  // False once it must end.
  bool wait_until(io::Instant due) {
    std::unique_lock lock(*mutex_);
    while (!ending_ && bench_.machine.clock.now() < due) ended_->wait_until(*mutex_, due);
    return !ending_;
  }

  const Bench& bench_;
  wal::Wal& log_;
  io::Instant start_;
  std::unique_ptr<io::Mutex> mutex_;
  std::unique_ptr<io::CondVar> ended_;
  bool ending_ = false;  // Under mutex_.
  std::unique_ptr<io::Thread> thread_;
};

// The instants at which appends first came to a new segment.
class Rotations {
 public:
  Rotations(io::World& machine, wal::SegmentId first)
      : clock_(machine.clock), mutex_(machine.threads.make_mutex()), newest_(first) {}

  void saw(wal::SegmentId segment) {
    const std::unique_lock lock(*mutex_);
    if (segment <= newest_) return;
    newest_ = segment;
    if (instants_.size() < kMarksMax) instants_.push_back(clock_.now());
  }
  std::vector<reports::Mark> marks(io::Instant start) const {
    std::vector<reports::Mark> marks;
    for (const io::Instant at : instants_) {
      const io::Duration offset = std::max(at - start, io::Duration{});
      marks.push_back({"rotation", "rotation", offset, offset});
    }
    return marks;
  }

 private:
  io::Clock& clock_;
  std::unique_ptr<io::Mutex> mutex_;
  wal::SegmentId newest_;
  std::vector<io::Instant> instants_;
};

std::expected<DiskUse, std::string> use_between(const std::expected<DiskCounters, std::string>& before,
                                                const std::expected<DiskCounters, std::string>& after,
                                                io::Duration elapsed) {
  if (!before) return std::unexpected(before.error());
  if (!after) return std::unexpected(after.error());
  if (elapsed <= io::Duration{}) return std::unexpected(std::string("the load took no time"));
  return disk_use(*before, *after, elapsed);
}

}  // namespace

io::Result<LoadMeasured> measure_load(const Bench& bench) {
  const LoadPart& load = bench.profile.load;
  const wal::Options options = log_options(bench.profile.log, bench.directory + "/log");
  auto opened = wal::Wal::open(bench.machine, options);
  if (!opened) return std::unexpected(std::move(opened.error()));
  wal::Wal& log = opened->wal;
  const Values values(bench.machine.entropy);
  std::vector<Key> keys(load.writers.value, Key(load.key_bytes.value));
  Rotations rotations(bench.machine, log.current_segment_id());
  const Call append = [&](std::uint64_t writer, std::uint64_t sequence) -> io::Status {
    const auto placed = log.append(
        wal::Record::put(keys[writer].of(writer, sequence), values.of(sequence, load.value_bytes.value)));
    if (!placed) return std::unexpected(placed.error());
    rotations.saw(placed->position.segment);
    return {};
  };
  const auto disk_before = bench.probes.disk_counters();
  const io::Instant before = bench.machine.clock.now();
  Watcher watcher(bench, log);
  auto measured = run_open_loop(
      bench.machine,
      {.duration = load.duration, .writer_count = load.writers.value, .rate = load.rate.per_second}, append,
      bench.stop);
  const auto disk_after = bench.probes.disk_counters();
  const io::Duration watched = bench.machine.clock.now() - before;
  watcher.end();
  if (!measured) return std::unexpected(std::move(measured.error()));
  if (!watcher.trimmed) return std::unexpected(std::move(watcher.trimmed.error()));
  return LoadMeasured{.latency = std::move(measured->latency),
                      .over_time = std::move(measured->over_time),
                      .rotations = rotations.marks(measured->start),
                      .unanswered = measured->unanswered,
                      .elapsed = measured->elapsed,
                      .disk = use_between(disk_before, disk_after, watched),
                      .memory = std::move(watcher.samples),
                      .policy = describe(options.sync)};
}

}  // namespace wallop::checklist
