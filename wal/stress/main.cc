// SPDX-License-Identifier: Apache-2.0
// wallop_wal_stress_tests [SECONDS [SEED]]: many threads on one log of the real machine, life after life.
//
// Each life opens the log that the one before has left, under the next sync policy, with and without recycled
// segments, and ends it by close() under full load or as if the process had ended. Prints what was done and
// what did not hold, and ends 1 if anything did not. The seed gives the plans and what each thread asks for;
// the order among them is the machine's.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string_view>

#include "base/testing/scratch_directory.h"
#include "io/posix_world.h"
#include "wal/stress/life.h"

namespace wallop::wal::stress {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPolicyCount = 4;
constexpr int kLifeKinds = 2 * static_cast<int>(kPolicyCount);  // Each policy without and with recycling.
constexpr io::Duration kLifeMax = 2s;
constexpr int kShortLife = 50;  // Of a life's length, where it ends as soon as it has begun.
constexpr std::uint64_t kSmallestSegment = kBlocksPerSegmentMin * 4096;
constexpr std::size_t kShownFindingsMax = 20;

SyncPolicy policy_of(std::uint64_t life) {
  switch (life % kPolicyCount) {
    case 0:
      return Always{};
    case 1:
      return Batch{.window = 1ms, .bytes = 50'000, .stall_max = 5ms};
    case 2:
      return Os{};
    default:
      return Os{.buffer_bytes = 10'000, .buffer_time = 1ms};
  }
}

LifePlan plan_of(std::uint64_t life, io::Duration length, std::uint64_t seed) {
  LifePlan plan;
  plan.seed = seed * 1'000'003 + life;
  Dice dice(plan.seed);
  plan.length = dice.one_in(4) ? length / kShortLife : length;
  plan.ending = dice.one_in(2) ? Ending::closed : Ending::abandoned;
  plan.options.directory = "log";
  plan.options.sync = policy_of(life);
  plan.options.segment_bytes = kSmallestSegment << dice.below(3);
  plan.options.recycle_segments = life / kPolicyCount % 2 == 0 ? 0 : 4;
  plan.options.spare_segments = static_cast<unsigned>(dice.below(3));
  plan.options.recovery_threads = 1 + static_cast<unsigned>(dice.below(3));
  plan.options.preallocate = static_cast<Preallocate>(dice.below(3));
  plan.options.evidence = static_cast<EvidenceLevel>(dice.below(3));
  plan.options.sectors = static_cast<Sectors>(dice.below(2));
  plan.options.idle_interval = 2ms;
  return plan;
}

void print(const Figures& figures) {
  fmt::print(
      "stress: {} lives, {} records by {} writers, {} rotations, {} segments deleted, {} records read, {} "
      "followed, "
      "{} verifications, {} checkpoints opened\n",
      figures.lives, figures.records.load(), kWriterCount, figures.rotations, figures.deletions.load(),
      figures.reads.load(), figures.followed.load(), figures.verifications.load(),
      figures.checkpoints.load());
}

int stress(std::uint64_t seconds, std::uint64_t seed) {
  const base::testing::ScratchDirectory scratch;
  io::PosixWorld posix(scratch.path());
  io::World& world = posix.world();
  Findings findings(world.threads);
  Figures figures{};
  std::vector<WriterState> writers(kWriterCount);
  const io::Instant until = world.clock.now() + std::chrono::seconds(seconds);
  const io::Duration length = std::min(kLifeMax, io::Duration(std::chrono::seconds(seconds)) / kLifeKinds);
  for (std::uint64_t life = 0;
       (life < std::uint64_t{kLifeKinds} || world.clock.now() < until) && findings.all().empty(); ++life)
    Life(world, plan_of(life, length, seed), writers, figures, findings).run();

  print(figures);
  const std::vector<std::string> found = findings.all();
  for (std::size_t i = 0; i < found.size() && i < kShownFindingsMax; ++i)
    fmt::print("does not hold: {}\n", found[i]);
  fmt::print("{} findings\n", found.size());
  if (!found.empty()) fmt::print("again: wallop_wal_stress_tests {} {}\n", seconds, seed);
  return found.empty() ? 0 : 1;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace
}  // namespace wallop::wal::stress

int main(int argc, char** argv) {
  std::array<std::uint64_t, 2> numbers{2, 1};
  for (int i = 1; i < argc; ++i) {
    const auto number = i <= 2 ? wallop::wal::stress::number_of(argv[i]) : std::nullopt;
    if (!number) {
      fmt::print(stderr, "usage: wallop_wal_stress_tests [SECONDS [SEED]]\n");
      return 2;
    }
    numbers[static_cast<std::size_t>(i - 1)] = *number;
  }
  return wallop::wal::stress::stress(numbers[0], numbers[1]);
}
