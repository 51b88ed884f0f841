// SPDX-License-Identifier: Apache-2.0
// wallop_peer ENGINE WORKLOAD DIR [--option N]...: one measurement, one JSON line on standard output.
// wallop_peer list: what this build has and lacks, as one JSON line.
//
// A program of its own, so that `wallop` links no other engine, and each measurement starts from the same
// state. `wallop bench --peers` calls it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "bench/peers/workload.h"

namespace wallop::bench {
namespace {

constexpr Workload kWorkloads[] = {
    {"append", "records a second, and the time of one", run_append},
    {"allocations", "calls of operator new by the appending thread at steady state, and by others",
     run_allocations},
    {"rotation", "the append that rotates, and the others", run_rotation},
    {"sync", "a sync over so many dirty bytes", run_sync},
    {"fill", "makes a log for scan and recovery", run_fill},
    {"scan", "reads every record", run_scan},
    {"recovery", "opens what is there", run_recovery},
    {"bandwidth", "what the device takes in a row", run_bandwidth},
    {"deletion", "deletes segments (wallop)", run_deletion},
    {"checksum", "the checksum's share of an append (wallop)", run_checksum_share},
    {"codec", "the codec's share of an append (wallop)", run_codec_share},
};

constexpr Option<Task> kOptions[] = {
    {"--promise",
     [](Task& task, std::uint64_t value) {
       task.promise = static_cast<Promise>(std::min<std::uint64_t>(value, 3));
     }},
    {"--writers",
     [](Task& task, std::uint64_t value) {
       task.writers = static_cast<unsigned>(std::clamp<std::uint64_t>(value, 1, 1024));
     }},
    {"--record-bytes",
     [](Task& task, std::uint64_t value) {
       task.record_bytes = std::max<std::uint64_t>(value, kNumberBytes);
     }},
    {"--total-bytes", [](Task& task, std::uint64_t value) { task.total_bytes = value; }},
    {"--milliseconds", [](Task& task, std::uint64_t value) { task.milliseconds = value; }},
    {"--segment-bytes", [](Task& task, std::uint64_t value) { task.segment_bytes = value; }},
    {"--dirty-bytes", [](Task& task, std::uint64_t value) { task.dirty_bytes = value; }},
    {"--count", [](Task& task, std::uint64_t value) { task.count = value; }},
    {"--threads",
     [](Task& task, std::uint64_t value) {
       task.threads = static_cast<unsigned>(std::clamp<std::uint64_t>(value, 1, 64));
     }},
};

int usage(std::string_view what) {
  std::string text =
      fmt::format("wallop_peer: {}\n  wallop_peer ENGINE WORKLOAD DIR [OPTION N]...\n  engines:", what);
  for (const EngineKind& engine : engines()) text += fmt::format(" {}", engine.name);
  text += "\n  workloads:\n";
  for (const Workload& workload : kWorkloads)
    text += fmt::format("    {:12} {}\n", workload.name, workload.about);
  text += "  options:";
  for (const Option<Task>& option : kOptions) text += fmt::format(" {}", option.name);
  text += "\n  --promise: 0 buffered, 1 batched, 2 handed over, 3 durable\n";
  std::fputs(text.c_str(), stderr);
  return 2;
}

int list() {
  std::vector<std::pair<std::string_view, std::string_view>> there, lacking;
  for (const EngineKind& engine : engines()) there.emplace_back(engine.name, engine.about);
  for (const MissingEngine& engine : missing_engines()) lacking.emplace_back(engine.name, engine.package);
  print(listing(there, lacking));
  return 0;
}

int run(std::span<const std::string_view> words) {
  if (words.size() == 1 && words[0] == "list") return list();
  if (words.size() < 3) return usage("say which engine, which workload and where");
  const auto engine = std::ranges::find(engines(), words[0], &EngineKind::name);
  if (engine == engines().end()) return usage(fmt::format("no engine \"{}\" in this build", words[0]));
  const auto* const workload = std::ranges::find(kWorkloads, words[1], &Workload::name);
  if (workload == std::end(kWorkloads)) return usage(fmt::format("no workload \"{}\"", words[1]));
  Task task;
  task.directory = words[2];
  if (!read_options(words.subspan(3), std::span<const Option<Task>>(kOptions), task))
    return usage("an option and its number");
  print(line_of(engine->name, workload->name, workload->run(*engine, task))
            .set("peer_crc32c", peers_checksum_in_hardware()));
  return 0;
}

}  // namespace
}  // namespace wallop::bench

int main(int count, char** arguments) {
  const std::vector<std::string_view> words(arguments + 1, arguments + count);
  return wallop::bench::run(words);
}
