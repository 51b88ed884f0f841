// SPDX-License-Identifier: Apache-2.0
// The simulated world with the reference log in it, its pointed build: what `wallop run` and `explore` use.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/choices.h"
#include "bench/sim_peers/sim_task.h"
#include "io/result.h"
#include "sim/medium.h"
#include "sim/world.h"
#include "wal/wal.h"

namespace wallop::bench {
namespace {

constexpr std::uint64_t kOpsPerWorld = 8192;
constexpr std::string_view kModel = "posix";

template <class T>
T taken(io::Result<T> result) {
  if (!result) end_with(io::describe(result.error()));
  return std::move(*result);
}
void check(const io::Status& status) {
  if (!status) end_with(io::describe(status.error()));
}

const sim::ModelSpec& model() {
  return *sim::find_model(kModel);
}

// A recovery that is not itself cut needs no journal but its hash, as in an exploration's last level.
sim::WorldOptions recovery_of(const sim::Disk& disk) {
  return {.model = &model(), .start = &disk, .journal = sim::JournalMode::hash};
}

// A segment holds the run: each append is a frame of its own.
wal::Options options_of(const SimTask& task) {
  constexpr std::uint64_t kFrameBytes = 512, kSegmentMin = 8 << 10;
  return {.directory = "log",
          .segment_bytes = std::max(kSegmentMin, 2 * task.count * kFrameBytes),
          .sync = wal::Os{},
          .spare_segments = 0};
}

const std::string& value() {
  static const std::string text(kRecordBytes - sizeof(std::uint64_t), 'v');
  return text;
}

void run_in(sim::World& world, const std::function<void()>& body) {
  if (world.run(body) != sim::Ending::finished)
    end_with("the world ended early: " + world.scheduler().describe_waits());
}

// W records, the middle one synced; the log is left as a crash finds it.
void write_run(sim::World& world, const SimTask& task) {
  run_in(world, [&] {
    auto opened = taken(wal::Wal::open(world.io(), options_of(task)));
    for (std::uint64_t i = 0; i < task.count; ++i) {
      taken(opened.wal.append(wal::Record::put("12345678", value())));
      if (i + 1 == synced_of(task.count)) taken(opened.wal.sync());
    }
  });
}

// The media at every cut from the sync's end on.
std::vector<sim::Medium> media_of(const sim::World& before, const sim::Entries& entries,
                                  const SimTask& task) {
  std::vector<sim::Medium> media;
  sim::Medium medium(model(), before.start());
  std::uint64_t syncs_left = 0;
  const auto ends_sync = [](const sim::Entry& entry) {
    const auto* end = entry.get<sim::OpEnd>();
    return end != nullptr && end->verb == faults::Verb::sync;
  };
  for (const sim::Entry& entry : entries) syncs_left += ends_sync(entry) ? 1U : 0U;
  for (const sim::Entry& entry : entries) {
    medium.apply(entry);
    if (ends_sync(entry)) --syncs_left;
    if (syncs_left == 0) media.push_back(medium);
  }
  demand(!media.empty() && task.count > 0, "the run syncs");
  return media;
}

// Calls each(disk) with one crash image after the other.
template <class Each>
Numbers over_images(const SimTask& task, Each each) {
  sim::World before({.model = &model()});
  write_run(before, task);
  const std::vector<sim::Medium> media = media_of(before, before.journal().entries(), task);
  base::Seeded chooser(1);
  std::uint64_t turn = 0;
  return rate_of(task, [&]() -> std::uint64_t {
    const sim::Disk disk = media[turn++ % media.size()].image(sim::Crash::power_loss, chooser);
    each(disk);
    return 1;
  });
}

void verify(wal::Wal& log, const SimTask& task) {
  auto reader = taken(log.read_from(wal::Position::start()));
  std::uint64_t found = 0;
  for (auto next = taken(reader.next()); next; next = taken(reader.next())) {
    ++found;
    demand(wal::text_of(next->record.value) == value(), "a record is not the one that was appended");
  }
  demand(found >= synced_of(task.count), "a synced record is gone");
}

}  // namespace

Numbers simulated_pwrite(const SimTask& task) {
  const std::string text(task.record_bytes, 'w');
  const io::Bytes bytes = std::as_bytes(std::span(text));
  return rate_of(task, [&] {
    sim::World world({.model = &model()});
    const auto file = taken(world.io().files.open("f", {.create = true}));
    for (std::uint64_t i = 0; i < kOpsPerWorld; ++i) check(file->write_at(i * bytes.size(), bytes));
    return kOpsPerWorld;
  });
}

// Recovery by inspection: reads all that an open would read, and changes nothing.
Numbers simulated_states(const SimTask& task) {
  const wal::Options options = options_of(task);
  return over_images(task, [&](const sim::Disk& disk) {
    sim::World after(recovery_of(disk));
    const auto info = taken(wal::Wal::inspect(after.io(), options));
    demand(!info.corruption_detected() && info.valid_records >= synced_of(task.count),
           "a synced record is gone");
  });
}

Numbers simulated_reopen(const SimTask& task) {
  const wal::Options options = options_of(task);
  return over_images(task, [&](const sim::Disk& disk) {
    sim::World after(recovery_of(disk));
    run_in(after, [&] {
      auto opened = taken(wal::Wal::open(after.io(), options));
      verify(opened.wal, task);
      taken(opened.wal.append(wal::Record::put("12345678", value())));
      check(opened.wal.close());
    });
  });
}

// From an empty disk: what LevelDB's cycle does.
Numbers simulated_cycle(const SimTask& task) {
  const wal::Options options = options_of(task);
  base::Seeded chooser(1);
  return rate_of(task, [&]() -> std::uint64_t {
    sim::World before({.model = &model()});
    write_run(before, task);
    sim::Medium medium(model(), before.start());
    for (const sim::Entry& entry : before.journal().entries()) medium.apply(entry);
    const sim::Disk disk = medium.image(sim::Crash::power_loss, chooser);
    sim::World after(recovery_of(disk));
    run_in(after, [&] {
      auto opened = taken(wal::Wal::open(after.io(), options));
      verify(opened.wal, task);
      check(opened.wal.close());
    });
    return 1;
  });
}

// So many appends in one world on a disk that takes time, the journal bounded, old segments deleted. A task
// that is over at once is done again, and the mean counts.
Numbers simulated_growth(const SimTask& task) {
  constexpr std::uint64_t kDeleteEvery = 16384, kLongEnoughNs = 200'000'000;
  const Stopwatch watch;
  std::uint64_t runs = 0;
  do {
    sim::World world({.model = sim::find_model("ext4-ordered"),
                      .disk = sim::find_disk("nvme-plp"),
                      .scheduling = {.step_max = ~0ULL},
                      .journal = sim::JournalMode::tail});
    run_in(world, [&] {
      auto opened = taken(
          wal::Wal::open(world.io(), {.directory = "log", .segment_bytes = 4 << 20, .sync = wal::Batch{}}));
      for (std::uint64_t i = 0; i < task.count; ++i) {
        taken(opened.wal.append(wal::Record::put("12345678", value())));
        if (i % kDeleteEvery == kDeleteEvery - 1)
          taken(opened.wal.delete_segments_before(opened.wal.current_segment_id()));
      }
      check(opened.wal.close());
    });
    ++runs;
  } while (watch.ns() < kLongEnoughNs);
  const double seconds = static_cast<double>(watch.ns()) / 1e9 / static_cast<double>(runs);
  return {{"seconds", seconds}, {"per_second", static_cast<double>(task.count) / seconds}};
}

}  // namespace wallop::bench
