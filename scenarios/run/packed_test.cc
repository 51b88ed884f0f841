// SPDX-License-Identifier: Apache-2.0
// What "sectors": "packed" assumes, shown: with power-safe overwrite it loses nothing, without it the harness
// finds what it loses. "fresh" needs no such device.
#include <catch2/catch.hpp>

#include "scenarios/run/crash_state.h"

namespace wallop::scenarios {
namespace {

struct Walked {
  std::uint64_t state_count = 0;
  std::uint64_t failure_count = 0;
  std::string first;  // What was found in the first that failed.
};

// Three synced appends that share a block where they may; every cut from the first acknowledgement on, every
// disk there, kImagesMax at most.
Walked walk(const std::string& sectors, bool powersafe_overwrite) {
  constexpr std::uint64_t kImagesMax = 512;
  sim::ModelSpec model = *sim::find_model("ext4-ordered");
  model.powersafe_overwrite.value = powersafe_overwrite;
  const ReadScenario read = read_scenario(
      R"({ "version": 1, "name": "packed", "about": "A test.", "world": { "disk": "instant" },
           "engine": { "name": "reference_wal", "options": { "sync": "always", "evidence": "lagged",
             "segment_bytes": "64KiB", "spare_segments": 0, "preallocate": "zero_fill", "sectors": ")" +
          sectors +
          R"(" } }, "workload": { "operations": 3, "writers": [ { "value_bytes": 400 } ], "close": false } })",
      known());
  REQUIRE(read.problems.empty());
  sim::WorldOptions options = world_options(read.scenario, 1);
  options.model = &model;
  sim::World world(options);
  REQUIRE_FALSE(run_workload(world, read.scenario, 1).failed());
  const Subject subject(read.scenario, 1);
  sim::Medium medium(model, world.start());
  Promises promises;
  Walked walked;
  for (const sim::Entry& entry : world.journal().entries()) {
    medium.apply(entry);
    promises.apply(entry);
    if (promises.promised_lsn() == 0) continue;
    sim::EveryChoice every;
    std::uint64_t images = 0;
    do {
      const sim::Disk disk = medium.image(sim::Crash::power_loss, every);
      const Recovery after = recover(subject, disk, 1, promises, sim::JournalMode::hash);
      ++walked.state_count;
      if (!after.finding.failed()) continue;
      if (++walked.failure_count == 1) walked.first = after.finding.what;
    } while (++images < kImagesMax && every.next());
  }
  return walked;
}

TEST_CASE("packed groups survive every crash where the device leaves the neighbours of a torn write alone") {
  const Walked walked = walk("packed", true);
  INFO(walked.first);
  REQUIRE(walked.state_count > 10);
  REQUIRE(walked.failure_count == 0);
}

TEST_CASE("packed groups are lost where a torn write may spoil its neighbours, and that is found") {
  const Walked walked = walk("packed", false);
  REQUIRE(walked.failure_count > 0);
  INFO(walked.first);
  REQUIRE(walked.first.find("were acknowledged and are damaged") != std::string::npos);
}

TEST_CASE("fresh blocks survive every crash, whatever a torn write does to its neighbours") {
  const Walked walked = walk("fresh", false);
  INFO(walked.first);
  REQUIRE(walked.state_count > 10);
  REQUIRE(walked.failure_count == 0);
}

}  // namespace
}  // namespace wallop::scenarios
