// SPDX-License-Identifier: Apache-2.0
// Many appends under way in one fibre, and power lost at every point: what a ticket has said holds on every
// disk.
#include <catch2/catch.hpp>
#include <deque>

#include "scenarios/run/crash_state.h"
#include "wal/wal.h"

namespace wallop::scenarios {
namespace {

constexpr std::uint64_t kRecordCount = 12;
constexpr std::size_t kUnderWayMax = 4;
constexpr std::uint64_t kDisksOfACut = 16;

Scenario scenario_of(const std::string& model) {
  const ReadScenario read = read_scenario(
      R"({ "version": 1, "name": "tickets", "about": "A test.", "world": { "disk": "nvme-consumer", "model": ")" +
          model +
          R"(" }, "engine": { "name": "reference_wal" }, "workload": { "operations": 1, "writers": [ {} ] } })",
      known());
  REQUIRE(read.problems.empty());
  return read.scenario;
}

wal::Options options_of_log() {
  return {.directory = std::string(kLogDirectory), .segment_bytes = 64 << 10, .sync = wal::Always{}};
}

// A ticket said that its record is durable when so many entries were in the journal.
struct Said {
  std::uint64_t entry_count = 0;
  std::uint64_t lsn = 0;
};

// Never waits for one record before kUnderWayMax are under way; polls all of them meanwhile.
std::vector<Said> append_all(sim::World& world) {
  std::vector<Said> said;
  const sim::Ending ending = world.run([&] {
    auto opened = wal::Wal::open(world.io(), options_of_log());
    if (!opened) return;
    std::deque<wal::Ticket> under_way;
    const auto note_first = [&] {
      said.push_back({world.journal().count(), under_way.front().placed().lsn.value()});
      under_way.pop_front();
    };
    for (std::uint64_t i = 0; i < kRecordCount; ++i) {
      auto ticket = opened->wal.append_async(wal::Record::put(std::to_string(i), std::string(900, '.')));
      if (!ticket) return;
      under_way.push_back(std::move(*ticket));
      while (!under_way.empty() && under_way.front().poll().value_or(false)) note_first();
      if (under_way.size() < kUnderWayMax) continue;
      if (!under_way.front().wait()) return;
      note_first();
    }
    for (; !under_way.empty(); note_first())
      if (!under_way.front().wait()) return;
  });
  REQUIRE(ending == sim::Ending::finished);
  REQUIRE(said.size() == kRecordCount);  // Else one of them failed.
  return said;
}

TEST_CASE("whatever power loss leaves, a record whose ticket has said so is there, and all before it") {
  const std::string model = GENERATE("posix", "ext4-ordered");
  const Scenario scenario = scenario_of(model);
  sim::World workload(world_options(scenario, 1));
  const std::vector<Said> said = append_all(workload);
  sim::Medium medium(*sim::find_model(model), workload.start());
  base::Seeded seeded(1);
  std::uint64_t entry_count = 0, acknowledged = 0, disk_count = 0, sound_count = 0, cut_short = 0;
  for (const sim::Entry& entry : workload.journal().entries()) {
    medium.apply(entry);
    ++entry_count;
    for (const Said& each : said)
      if (each.entry_count <= entry_count) acknowledged = std::max(acknowledged, each.lsn);
    if (acknowledged == 0) continue;
    for (std::uint64_t i = 0; i < kDisksOfACut; ++i) {
      const sim::Disk disk = medium.image(sim::Crash::power_loss, seeded);
      sim::World world(recovery_options(scenario, 1, disk, 1));
      REQUIRE(world.run([&] {
        const auto found = wal::Wal::inspect(world.io(), options_of_log());
        if (!found) return;
        const bool is_sound = !found->corruption_detected() && found->valid_records >= acknowledged &&
                              found->last == wal::Lsn(found->valid_records);
        if (is_sound) ++sound_count;
        if (found->valid_records < kRecordCount) ++cut_short;
      }) == sim::Ending::finished);
      ++disk_count;
    }
  }
  REQUIRE(disk_count > 200);
  REQUIRE(sound_count == disk_count);
  REQUIRE(cut_short > 0);
}

TEST_CASE("appends under way are the same appends in every run of one seed") {
  const auto hash_of_run = [](std::uint64_t seed) {
    sim::World world(world_options(scenario_of("ext4-ordered"), seed));
    append_all(world);
    return world.journal().hash();
  };
  REQUIRE(hash_of_run(1) == hash_of_run(1));
}

}  // namespace
}  // namespace wallop::scenarios
