// SPDX-License-Identifier: Apache-2.0
// The simulated world: operations, crash states, cycles, long runs. Each beside a floor, which does the least
// that could be called the same, and beside LevelDB on files in memory that drop what was not synced.
#include "cli/bench/long_run.h"
#include "cli/bench/row.h"

namespace wallop::cli {
namespace {

constexpr std::string_view kRate = "per_second";

void add_operations(std::vector<Row>& rows) {
  struct Write {
    std::string_view id, what, options;
    double limit;
  };
  for (const Write& each : {Write{"pwrite/512", "simulated pwrite of 512 B, full journal (a file, no log)",
                                  "--record-bytes 512", 3e6},
                            Write{"pwrite/4096", "of 4 KiB", "--record-bytes 4096", 1e6}}) {
    rows.push_back(
        {.id = each.id,
         .what = each.what,
         .ours = {"wallop", "wallop", "pwrite", each.options, kRate},
         .others = {{"floor: copy, hash, list", "floor", "pwrite", each.options, kRate, {}, 1, true}},
         .has_limit = true,
         .limit = each.limit});
  }
}

// The bounds were set as figures of one machine (200 K, 100 K and 40 K a second), where the floor made 8.4 M
// and LevelDB 37 K and 8 K.
void add_states(std::vector<Row>& rows) {
  constexpr std::string_view kTen = "--count 10", kHundred = "--count 100";
  const auto floor = [](std::string_view options) {
    return Contestant{"floor: copy, tear, scan with CRC", "floor", "states", options, kRate, {}, 1, true};
  };
  const auto level = [](std::string_view options) {
    return Contestant{"LevelDB, whole cycle", "leveldb", "cycle", options, kRate};
  };
  const auto add = [&](std::string_view id, std::string_view what, std::string_view workload,
                       std::string_view options, std::vector<Contestant> others, std::vector<Bound> reach) {
    rows.push_back({.id = id,
                    .what = what,
                    .ours = {"wallop: the reference log", "wallop", workload, options, kRate},
                    .others = std::move(others),
                    .reach = std::move(reach)});
  };
  add("state/10", "crash image + read-only recovery + verify, 10 records", "states", kTen, {floor(kTen)},
      {{0, 200e3 / 8.4e6}});
  add("reopen/10", "crash image + open + verify + append + close, 10 records", "reopen", kTen,
      {level(kTen), floor(kTen)}, {{0, 100.0 / 37}});
  add("reopen/100", "the same, 100 records", "reopen", kHundred, {level(kHundred), floor(kHundred)},
      {{0, 40.0 / 8}});
  add("cycle/10", "whole cycle: open, append 10, crash, open, verify, close", "cycle", kTen, {level(kTen)},
      {});
  add("cycle/100", "the same, 100 records", "cycle", kHundred, {level(kHundred)}, {});
}

void add_growth(std::vector<Row>& rows) {
  constexpr std::string_view kNumber = "seconds";
  rows.push_back({.id = "growth",
                  .what = "wall time of 1,000 appends, batch, bounded journal",
                  .unit = Unit::seconds,
                  .better = Better::less,
                  .ours = {"1,000", "wallop", "growth", "--count 1000", kNumber},
                  .others = {{"10,000", "wallop", "growth", "--count 10000", kNumber},
                             {"100,000", "wallop", "growth", "--count 100000", kNumber},
                             {"1,000,000", "wallop", "growth", "--count 1000000", kNumber},
                             {"10,000,000", "wallop", "growth", "--count 10000000", kNumber}},
                  .sizes = {1e3, 1e4, 1e5, 1e6, 1e7},
                  .rounds_max = 3});
}

}  // namespace

std::vector<Row> sim_rows() {
  std::vector<Row> rows;
  add_operations(rows);
  add_states(rows);
  add_growth(rows);
  rows.push_back(
      {.id = "soak/day",
       .what = "24 virtual hours: scenarios/soak/one-day.json",
       .unit = Unit::seconds,
       .better = Better::less,
       .ours = {"wallop: the reference log", kScenarioEngine, "scenarios/soak/one-day.json", "", "seconds"},
       .has_limit = true,
       .limit = 60,
       .rounds_max = 1});
  return rows;
}

}  // namespace wallop::cli
