// SPDX-License-Identifier: Apache-2.0
// The simulated world: operations, crash states, cycles, long runs. Each beside a floor, which does the least
// that could be called the same, and beside LevelDB on files in memory that drop what was not synced.
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

void add_states(std::vector<Row>& rows) {
  struct State {
    std::string_view id, what, workload, options;
    double limit;
  };
  for (const State& each : {State{"state/10", "crash image + read-only recovery + verify, 10 records",
                                  "states", "--count 10", 200e3},
                            State{"reopen/10", "crash image + open + verify + append + close, 10 records",
                                  "reopen", "--count 10", 100e3},
                            State{"reopen/100", "the same, 100 records", "reopen", "--count 100", 40e3}}) {
    const bool is_read_only = each.workload == "states";
    rows.push_back(
        {.id = each.id,
         .what = each.what,
         .ours = {"wallop: the reference log", "wallop", each.workload, each.options, kRate},
         .others =
             {{"floor: copy, tear, scan with CRC", "floor", "states", each.options, kRate, {}, 1, true}},
         .has_limit = true,
         .limit = each.limit});
    if (is_read_only) continue;
    rows.back().others.push_back({"LevelDB, whole cycle", "leveldb", "cycle", each.options, kRate});
    rows.back().others.push_back({"wallop, whole cycle", "wallop", "cycle", each.options, kRate});
  }
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
  return rows;
}

}  // namespace wallop::cli
