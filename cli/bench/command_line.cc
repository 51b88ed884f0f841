// SPDX-License-Identifier: Apache-2.0
// What the options of `wallop bench` are, and mean.
#include "cli/bench/command_line.h"

#include <CLI/CLI.hpp>

namespace wallop::cli {
namespace {
constexpr std::uint64_t kRoundsMax = 1000;
}

CLI::App* add_bench_command(CLI::App& app, BenchArguments& into) {
  CLI::App* const bench =
      app.add_subcommand("bench", "The standard measurements, beside other logs")->group("Commands");
  bench->footer(
      "Examples:\n"
      "  wallop bench                               the log on this disk\n"
      "  wallop bench --peers --quick               beside RocksDB, LevelDB, SQLite, three rounds\n"
      "  wallop bench sim --peers                   the simulated world\n"
      "  wallop bench all --peers --write docs/performance.md\n"
      "  wallop bench --peers --only always,scan    rows whose names begin so\n"
      "\n"
      "A ratio is of two runs of one round, and the median of the rounds counts.");
  bench->add_option("WHAT", into.what, "log, sim (the simulated world) or all")
      ->type_name("")
      ->check(CLI::IsMember({"log", "sim", "all"}).description(""));
  bench->add_flag("--peers", into.peers, "Also other logs under the same tasks, in the same rounds");
  bench->add_flag("--quick", into.quick, "Three rounds instead of ten");
  bench->add_option("--rounds", into.rounds, "So many rounds")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, kRoundsMax).description(""));
  bench->add_option("--only", into.only, "Only rows whose names begin so")
      ->type_name("ID,...")
      ->delimiter(',');
  bench->add_option("--dir", into.directory, "Where a scratch directory may be made; here without it")
      ->type_name("DIR");
  bench->add_option("--write", into.write, "Put the tables into this Markdown file, between their marks")
      ->type_name("FILE");
  return bench;
}

std::expected<BenchRequest, UsageError> bench_request(const BenchArguments& arguments) {
  if (arguments.quick && arguments.rounds != 0)
    return std::unexpected(UsageError{"--quick and --rounds contradict each other"});
  BenchRequest request;
  request.what = arguments.what == "sim"   ? BenchWhat::sim
                 : arguments.what == "all" ? BenchWhat::all
                                           : BenchWhat::log;
  request.beside_peers = arguments.peers;
  request.round_count = arguments.rounds != 0 ? arguments.rounds : arguments.quick ? 3 : 10;
  request.only = arguments.only;
  request.directory = arguments.directory;
  if (!arguments.write.empty()) request.write = arguments.write;
  return request;
}

}  // namespace wallop::cli
