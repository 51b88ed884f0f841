// SPDX-License-Identifier: Apache-2.0
// wallop_sim_peer ENGINE WORKLOAD DIR [--option N]...: one measurement of the simulated world, or of what
// stands beside it, as one JSON line. DIR is not used: everything is in memory. `wallop bench sim` calls it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/sim_peers/sim_task.h"

namespace wallop::bench {

void end_with(std::string_view why) {
  std::fprintf(stderr, "wallop_sim_peer: %.*s\n", static_cast<int>(why.size()), why.data());
  std::_Exit(1);
}

namespace {

struct Measure {
  std::string_view engine, workload;
  Numbers (*run)(const SimTask& task);
};

constexpr Measure kMeasures[] = {
    {"wallop", "pwrite", simulated_pwrite}, {"wallop", "states", simulated_states},
    {"wallop", "reopen", simulated_reopen}, {"wallop", "cycle", simulated_cycle},
    {"wallop", "growth", simulated_growth}, {"floor", "pwrite", floor_pwrite},
    {"floor", "states", floor_states},
#ifdef WALLOP_HAVE_LEVELDB
    {"leveldb", "cycle", leveldb_cycle},
#endif
};

constexpr Option<SimTask> kOptions[] = {
    {"--count", [](SimTask& task, std::uint64_t value) { task.count = std::max<std::uint64_t>(value, 2); }},
    {"--record-bytes",
     [](SimTask& task, std::uint64_t value) { task.record_bytes = std::max<std::uint64_t>(value, 1); }},
    {"--milliseconds", [](SimTask& task, std::uint64_t value) { task.milliseconds = value; }},
};

int list() {
  const std::vector<std::pair<std::string_view, std::string_view>> there{
      {"wallop", "the simulated world, and the reference log in it"},
      {"floor", "copying, tearing and checking alone"},
#ifdef WALLOP_HAVE_LEVELDB
      {"leveldb", "LevelDB on files in memory that drop what was not synced"},
#endif
  };
  const std::vector<std::pair<std::string_view, std::string_view>> lacking{
#ifndef WALLOP_HAVE_LEVELDB
      {"leveldb", "libleveldb-dev"},
#endif
  };
  print(listing(there, lacking));
  return 0;
}

int usage(std::string_view what) {
  std::string text =
      fmt::format("wallop_sim_peer: {}\n  wallop_sim_peer ENGINE WORKLOAD DIR [OPTION N]...\n", what);
  for (const Measure& measure : kMeasures)
    text += fmt::format("    {} {}\n", measure.engine, measure.workload);
  text += "  options:";
  for (const Option<SimTask>& option : kOptions) text += fmt::format(" {}", option.name);
  std::fputs((text + "\n").c_str(), stderr);
  return 2;
}

int run(std::span<const std::string_view> words) {
  if (words.size() == 1 && words[0] == "list") return list();
  if (words.size() < 3) return usage("say which engine and which workload");
  const auto* const measure = std::ranges::find_if(
      kMeasures, [&](const Measure& each) { return each.engine == words[0] && each.workload == words[1]; });
  if (measure == std::end(kMeasures))
    return usage(fmt::format("no \"{} {}\" in this build", words[0], words[1]));
  SimTask task;
  if (!read_options(words.subspan(3), std::span<const Option<SimTask>>(kOptions), task))
    return usage("an option and its number");
  print(line_of(measure->engine, measure->workload, measure->run(task)));
  return 0;
}

}  // namespace
}  // namespace wallop::bench

int main(int count, char** arguments) {
  const std::vector<std::string_view> words(arguments + 1, arguments + count);
  return wallop::bench::run(words);
}
