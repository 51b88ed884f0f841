// SPDX-License-Identifier: Apache-2.0
// Compaction, cut by power loss anywhere: an open finds every record, under every model that keeps its word.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "sim/explore/answers.h"
#include "sim/medium.h"
#include "sim/world.h"
#include "wal/compact.h"
#include "wal/wal.h"

namespace wallop::scenarios {
namespace {

constexpr std::uint64_t kRecords = 4;
constexpr std::uint64_t kImagesACut = 256;  // At each cut; where there are more, so many are drawn.

template <class T>
T taken(io::Result<T> result) {
  INFO((result ? std::string() : io::describe(result.error())));
  REQUIRE(result.has_value());
  return std::move(*result);
}
void check(const io::Status& status) {
  REQUIRE(status.has_value());
}

wal::Options log_options(const sim::ModelSpec& model) {
  return {.directory = "log",
          .segment_bytes = wal::kBlocksPerSegmentMin * model.write_unit_bytes.value,
          .sync = wal::Always{},
          .spare_segments = 0};
}

void run_in(sim::World& world, const std::function<void()>& body) {
  REQUIRE(world.run(body) == sim::Ending::finished);
}

// A log of two lives, closed.
sim::Disk lived(const sim::ModelSpec& model) {
  sim::World world({.model = &model});
  run_in(world, [&] {
    for (std::uint64_t i = 0; i < kRecords; i += 2) {
      auto opened = taken(wal::Wal::open(world.io(), log_options(model)));
      for (const char* key : {"a", "b"}) taken(opened.wal.append(wal::Record::put(key, "value")));
      check(opened.wal.close());
    }
  });
  sim::Medium medium(model, world.start());
  for (const sim::Entry& entry : world.journal().entries()) medium.apply(entry);
  base::Calm calm;
  return medium.image(sim::Crash::process_crash, calm);
}

// How many records an open finds; what keeps it from opening goes to `problem`.
std::uint64_t records_found(const sim::ModelSpec& model, const sim::Disk& disk, std::string& problem) {
  std::uint64_t found = 0;
  sim::World after({.model = &model, .start = &disk, .journal = sim::JournalMode::hash});
  run_in(after, [&] {
    auto opened = wal::Wal::open(after.io(), log_options(model));
    if (!opened) {
      problem = io::describe(opened.error());
      return;
    }
    auto reader = taken(opened->wal.read_from(wal::Position::start()));
    while (taken(reader.next())) ++found;
    check(opened->wal.close());
  });
  return found;
}

struct CompactionWalk {
  std::uint64_t cuts = 0, images = 0, bad = 0;
  std::string first;
};

CompactionWalk walk(const sim::ModelSpec& model) {
  const sim::Disk start = lived(model);
  sim::World world({.model = &model, .start = &start});
  run_in(world, [&] { taken(wal::compact(world.io(), {.directory = "log"})); });
  sim::Medium medium(model, world.start());
  base::Seeded seeded(1);
  CompactionWalk walked;
  for (const sim::Entry& entry : world.journal().entries()) {
    medium.apply(entry);
    ++walked.cuts;
    const auto look = [&](base::Chooser& chooser) {
      std::string problem;
      const std::uint64_t found =
          records_found(model, medium.image(sim::Crash::power_loss, chooser), problem);
      ++walked.images;
      if (found == kRecords) return;
      if (walked.bad++ > 0) return;
      walked.first =
          "cut " + std::to_string(walked.cuts) + ": " + std::to_string(found) + " records " + problem;
    };
    sim::EveryChoice every;
    std::uint64_t seen = 0;
    do {
      look(every);
    } while (++seen < kImagesACut / 2 && every.next());
    for (; seen >= kImagesACut / 2 && seen < kImagesACut; ++seen) look(seeded);
  }
  return walked;
}

TEST_CASE("a compaction that power loss cuts anywhere loses no record") {
  const std::string name =
      GENERATE("posix", "ext4-ordered", "ext4-writeback", "ext4-journal", "xfs", "btrfs", "ideal");
  const CompactionWalk walked = walk(*sim::find_model(name));
  INFO(name << ": " << walked.first);
  REQUIRE(walked.bad == 0);
  REQUIRE(walked.cuts > 100);
  REQUIRE(walked.images > walked.cuts);
}

}  // namespace
}  // namespace wallop::scenarios
