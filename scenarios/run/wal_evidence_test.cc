// SPDX-License-Identifier: Apache-2.0
// Two readings of one format: the oracle's own, and the log's.
#include "scenarios/run/engines/wal_evidence.h"

#include <catch2/catch.hpp>

#include "scenarios/run/crash_state.h"
#include "wal/wal.h"

namespace wallop::scenarios {
namespace {

constexpr std::uint64_t kImagesOfACut = 3;

// Every cut of a run, and a few drawn disks at each.
struct Compared {
  std::uint64_t disk_count = 0;
  std::uint64_t proof_count = 0;  // Where something was proven.
  std::string difference;         // The first.
};

std::string scenario_text(const std::string& options) {
  return R"({ "version": 1, "name": "evidence", "about": "A test.",
       "world": { "disk": "instant", "model": "ext4-ordered" },
       "engine": { "name": "reference_wal", "options": { "segment_bytes": "64KiB", )" +
         options + R"( } },
       "workload": { "operations": 30, "writers": [ { "rate": "1000/s", "value_bytes": 900 } ],
         "delete": { "keep_segments": 2, "every": "5ms" } } })";
}

Compared compare(const std::string& options) {
  const ReadScenario read = read_scenario(scenario_text(options), known());
  REQUIRE(read.problems.empty());
  const Subject subject(read.scenario, 1);
  sim::World workload(world_options(read.scenario, 1));
  REQUIRE_FALSE(run_workload(workload, read.scenario, 1).failed());
  sim::Medium medium(subject.model(), workload.start());
  base::Seeded seeded(1);
  Compared compared;
  for (const sim::Entry& entry : workload.journal().entries()) {
    medium.apply(entry);
    for (std::uint64_t i = 0; i < kImagesOfACut; ++i) {
      const sim::Disk disk = medium.image(sim::Crash::power_loss, seeded);
      sim::World world(recovery_options(read.scenario, 1, disk, 1));
      REQUIRE(world.run([&] {
        const std::string directory(kLogDirectory);
        const auto by_bytes = proven_by_bytes(world.io(), directory, read.scenario.engine.options);
        const auto by_log = wal::Wal::inspect(world.io(), {.directory = directory});
        if (!by_bytes || !by_log) {
          if (by_bytes.has_value() != by_log.has_value()) compared.difference = "one of them fails";
          return;
        }
        ++compared.disk_count;
        const std::uint64_t proven = by_log->durable_proven.value();
        if (proven > 0) ++compared.proof_count;
        if (*by_bytes != proven && compared.difference.empty())
          compared.difference = std::to_string(*by_bytes) + " by its bytes, " + std::to_string(proven) +
                                " by the log, disk " + std::to_string(compared.disk_count);
      }) == sim::Ending::finished);
    }
  }
  return compared;
}

TEST_CASE("the oracle's own reading proves what the log's does, at every cut and whatever lasts there") {
  for (const std::string options :
       {R"("sync": "always", "evidence": "lagged")", R"("sync": "always", "evidence": "synchronous")",
        R"("sync": { "batch": {} }, "evidence": "sealed_idle")",
        R"("sync": "always", "evidence": "synchronous", "recycle_segments": 2)"}) {
    INFO(options);
    const Compared compared = compare(options);
    REQUIRE(compared.difference == "");
    REQUIRE(compared.disk_count > 300);
    REQUIRE(compared.proof_count > compared.disk_count / 3);
  }
}

}  // namespace
}  // namespace wallop::scenarios
