// SPDX-License-Identifier: Apache-2.0
// The log beside its peers: appends under each policy, many writers, scans, recovery, rotation, and what the
// log alone is asked.
//
// Bounds are ratios of numbers taken in the same minute: an absolute one is a figure of one machine. Where a
// row was set as such a figure, its ratio is the figure over what the peer did on the machine where it was
// set.
#include "cli/bench/row.h"

namespace wallop::cli {
namespace {

constexpr std::string_view kRate = "per_second";
// A record of 100 bytes with its encoding and its part of a frame.
constexpr double kStoredBytesOf100 = 108, kStoredBytesOf1024 = 1034;

void add_buffered(std::vector<Row>& rows) {
  constexpr std::string_view kOs100 = "--promise 0 --record-bytes 100 --total-bytes 300000000";
  constexpr std::string_view kBatch100 = "--promise 1 --record-bytes 100 --total-bytes 300000000";
  constexpr std::string_view kOs1024 = "--promise 0 --record-bytes 1024 --total-bytes 300000000";
  constexpr std::string_view kBatch1024 = "--promise 1 --record-bytes 1024 --total-bytes 300000000";
  constexpr std::string_view kOs10240 = "--promise 0 --record-bytes 10240 --total-bytes 300000000";
  constexpr std::string_view kDevice = "--total-bytes 268435456";
  const auto naive = [](std::string_view options) {
    return Contestant{"naive, 64 KiB buffer", "naive", "append", options, kRate};
  };
  const auto rocks = [](std::string_view options) {
    return Contestant{"RocksDB, log data, manual flush", "rocksdb-log", "append", options, kRate};
  };
  const auto device = [&](double bytes) {
    return Contestant{"device, written in a row", "naive", "bandwidth", kDevice,
                      "bytes_per_second",         {},      bytes,       true};
  };
  const auto add = [&](std::string_view id, std::string_view what, std::string_view ours,
                       std::vector<Contestant> others, std::vector<Bound> reach) {
    rows.push_back({.id = id,
                    .what = what,
                    .ours = {"wallop", "wallop", "append", ours, kRate},
                    .others = std::move(others),
                    .reach = std::move(reach)});
  };
  add("append/100/os", "append 100 B, os{64 KiB}, 1 writer", kOs100, {naive(kOs100), rocks(kOs100)},
      {{0, 0.667}});
  add("append/100/batch", "append 100 B, batch{5 ms}, 1 writer", kBatch100,
      {naive(kOs100), rocks(kOs100), device(kStoredBytesOf100)},
      {{.other = 0, .ratio = 0.667, .floor = 2, .floor_ratio = 0.8}});
  add("append/1024/os", "append 1 KiB, os{64 KiB}, 1 writer", kOs1024, {naive(kOs1024), rocks(kOs1024)},
      {{0, 1.0}});
  add("append/1024/batch", "append 1 KiB, batch{5 ms}, 1 writer", kBatch1024,
      {naive(kOs1024), rocks(kOs1024), device(kStoredBytesOf1024)},
      {{.other = 0, .ratio = 1.0, .floor = 2, .floor_ratio = 0.8}});
  add("append/10240/os", "append 10 KiB, os{64 KiB}, 1 writer", kOs10240, {naive(kOs10240), rocks(kOs10240)},
      {});
  rows.push_back({.id = "append/100/p50",
                  .what = "append 100 B, os{64 KiB}: p50, the clock's two readings included",
                  .unit = Unit::nanoseconds,
                  .better = Better::less,
                  .ours = {"wallop", "wallop", "append", kOs100, "p50_ns"},
                  .others = {{"naive, 64 KiB buffer", "naive", "append", kOs100, "p50_ns"}},
                  .has_limit = true,
                  .limit = 130});
  constexpr std::string_view kThrough = "--promise 2 --record-bytes 100 --total-bytes 100000000";
  add("append/100/os0", "append 100 B, os{0}: written through each time", kThrough,
      {{"naive, written through", "naive", "append", kThrough, kRate},
       {"LevelDB", "leveldb", "append", kThrough, kRate},
       {"RocksDB, log data", "rocksdb-log", "append", kThrough, kRate},
       {"SQLite, NORMAL", "sqlite", "append", kThrough, kRate}},
      {{0, 0.96}});
}

void add_always(std::vector<Row>& rows) {
  struct Writers {
    std::string_view id, what, options;
  };
  constexpr Writers kWriters[] = {
      {"always/1", "always, 1 KiB, 1 writer", "--promise 3 --record-bytes 1024 --writers 1"},
      {"always/2", "always, 1 KiB, 2 writers", "--promise 3 --record-bytes 1024 --writers 2"},
      {"always/8", "always, 1 KiB, 8 writers", "--promise 3 --record-bytes 1024 --writers 8"},
      {"always/64", "always, 1 KiB, 64 writers", "--promise 3 --record-bytes 1024 --writers 64"}};
  const std::vector<Bound> reach[] = {{{0, 1.1}}, {{4, 1.4}}, {{Bound::kBest, 1.25}}, {{Bound::kBest, 1.1}}};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string_view options = kWriters[i].options;
    std::vector<Contestant> others{{"naive, zero-filled, O_DSYNC", "naive-zeroed", "append", options, kRate},
                                   {"LevelDB", "leveldb", "append", options, kRate},
                                   {"RocksDB, log data", "rocksdb-log", "append", options, kRate},
                                   {"naive, growing, fdatasync", "naive", "append", options, kRate}};
    if (i == 1)
      others.push_back({"wallop, 1 writer", "wallop", "append", kWriters[0].options, kRate, {}, 1, true});
    if (i == 0) others.push_back({"SQLite, FULL", "sqlite", "append", options, kRate});
    rows.push_back({.id = kWriters[i].id,
                    .what = kWriters[i].what,
                    .ours = {"wallop", "wallop", "append", options, kRate},
                    .others = std::move(others),
                    .reach = reach[i]});
  }
}

void add_reading(std::vector<Row>& rows) {
  constexpr std::string_view kFill =
      "--promise 0 --record-bytes 1000 --total-bytes 900000000 --segment-bytes 67108864";
  constexpr std::string_view kFillPeer = "--promise 0 --record-bytes 1000 --total-bytes 900000000";
  constexpr std::string_view kFillLevel = "--promise 2 --record-bytes 1000 --total-bytes 700000000";
  constexpr std::string_view kRead = "--record-bytes 1000 --total-bytes 900000000 --threads 1";
  // LevelDB's memtable takes no more: beyond it recovery would write a table, and be slower.
  constexpr std::string_view kReadLevel = "--record-bytes 1000 --total-bytes 700000000 --threads 1";
  constexpr std::string_view kRead2 = "--record-bytes 1000 --total-bytes 900000000 --threads 2";
  rows.push_back(
      {.id = "scan",
       .what = "scan of 1 KB records, cached, 1 core, checksums on",
       .unit = Unit::bytes_per_second,
       .ours = {"wallop", "wallop", "scan", kRead, "bytes_per_second", kFill},
       .others = {{"naive, ISA-L", "naive", "scan", kRead, "bytes_per_second", kFillPeer},
                  {"RocksDB, GetUpdatesSince", "rocksdb", "scan", kRead, "bytes_per_second", kFillPeer}},
       .reach = {{0, 0.94}}});
  struct Recovery {
    std::string_view id, what, read;
    double rocks, level;
  };
  for (const Recovery& each :
       {Recovery{"recovery/1", "recovery, cached, after a clean close, 1 thread; s/GB", kRead, 2.0 / 0.15,
                 1.3 / 0.15},
        Recovery{"recovery/2", "the same, 2 threads; s/GB", kRead2, 2.0 / 0.09, 1.3 / 0.09}}) {
    rows.push_back(
        {.id = each.id,
         .what = each.what,
         .unit = Unit::seconds,
         .better = Better::less,
         .ours = {"wallop", "wallop", "recovery", each.read, "seconds_per_gb", kFill},
         .others = {{"LevelDB, reuse_logs", "leveldb", "recovery", kReadLevel, "seconds_per_gb", kFillLevel},
                    {"RocksDB, no flush", "rocksdb", "recovery", kRead, "seconds_per_gb", kFillPeer},
                    {"naive, scan alone", "naive", "recovery", kRead, "seconds_per_gb", kFillPeer}},
         .reach = {{0, each.level}, {1, each.rocks}},
         .rounds_max = 10});
  }
  struct Small {
    std::string_view id, what, fill, read;
  };
  for (const Small& each : {Small{"recovery/10MB", "recovery of 10 MB",
                                  "--record-bytes 1000 --total-bytes 10000000 --segment-bytes 67108864",
                                  "--record-bytes 1000 --total-bytes 10000000"},
                            Small{"recovery/100MB", "recovery of 100 MB",
                                  "--record-bytes 1000 --total-bytes 100000000 --segment-bytes 67108864",
                                  "--record-bytes 1000 --total-bytes 100000000"}}) {
    rows.push_back({.id = each.id,
                    .what = each.what,
                    .unit = Unit::seconds,
                    .better = Better::less,
                    .ours = {"wallop", "wallop", "recovery", each.read, "seconds", each.fill}});
  }
}

void add_rotation(std::vector<Row>& rows) {
  constexpr std::string_view kRotating =
      "--promise 3 --record-bytes 1024 --segment-bytes 131072 --count 1000 --milliseconds 8000";
  rows.push_back(
      {.id = "rotation",
       .what = "always, 1 KiB: p99 of an append that rotates",
       .unit = Unit::nanoseconds,
       .better = Better::less,
       .ours = {"wallop", "wallop", "rotation", kRotating, "rotating_p99_ns"},
       .others = {{"wallop, an append that does not",
                   "wallop",
                   "rotation",
                   kRotating,
                   "ordinary_p99_ns",
                   {},
                   1,
                   true},
                  {"naive, create + allocate + sync", "naive", "rotation", kRotating, "rotating_p99_ns"}},
       .reach = {{0, 1 / 1.2}}});
  rows.push_back(
      {.id = "allocations/os",
       .what =
           "calls of operator new by the thread that appends 666,667 times 100 B, os{64 KiB}, and rotates",
       .unit = Unit::count,
       .better = Better::less,
       .ours = {"wallop", "wallop", "allocations",
                "--promise 0 --record-bytes 100 --count 1000000 --segment-bytes 16777216", "allocations"},
       .has_limit = true});
  rows.push_back(
      {.id = "allocations/always",
       .what = "by the thread that appends 1,000 times 100 B, always, and rotates",
       .unit = Unit::count,
       .better = Better::less,
       .ours = {"wallop", "wallop", "allocations",
                "--promise 3 --record-bytes 100 --count 1500 --segment-bytes 1048576", "allocations"},
       .has_limit = true});
  rows.push_back({.id = "allocations/preparing",
                  .what = "by the thread that prepares segments meanwhile, for each of them, os{64 KiB}",
                  .unit = Unit::count,
                  .better = Better::less,
                  .ours = {"wallop", "wallop", "allocations",
                           "--promise 0 --record-bytes 100 --count 1000000 --segment-bytes 16777216",
                           "others_per_rotation"}});
}

void add_seed(std::vector<Row>& rows) {
  struct Dirty {
    std::string_view id, what, options;
  };
  for (const Dirty& each :
       {Dirty{"sync/0", "sync over nothing", "--dirty-bytes 0 --record-bytes 1024 --count 100"},
        Dirty{"sync/4K", "sync over 4 KiB", "--dirty-bytes 4096 --record-bytes 1024 --count 100"},
        Dirty{"sync/64K", "sync over 64 KiB", "--dirty-bytes 65536 --record-bytes 1024 --count 100"},
        Dirty{"sync/1M", "sync over 1 MiB", "--dirty-bytes 1048576 --record-bytes 1024 --count 50"},
        Dirty{"sync/10M", "sync over 10 MiB", "--dirty-bytes 10485760 --record-bytes 1024 --count 20"}}) {
    rows.push_back(
        {.id = each.id,
         .what = each.what,
         .unit = Unit::nanoseconds,
         .better = Better::less,
         .ours = {"wallop", "wallop", "sync", each.options, "p50_ns"},
         .others = {
             {"device: write + fdatasync", "naive-zeroed", "sync", each.options, "p50_ns", {}, 1, true}}});
  }
  rows.push_back({.id = "deletion",
                  .what = "deleting a segment, 63 of 1 MiB in one call",
                  .unit = Unit::nanoseconds,
                  .better = Better::less,
                  .ours = {"wallop", "wallop", "deletion",
                           "--record-bytes 1024 --segment-bytes 1048576 --count 64", "ns_per_segment"}});
  struct Share {
    std::string_view id, what, workload, options, number;
  };
  constexpr std::string_view kShare1024 = "--record-bytes 1024 --total-bytes 104857600";
  for (const Share& each :
       {Share{"checksum/100", "checksum's share of an append of 100 B", "checksum",
              "--record-bytes 100 --total-bytes 104857600", "share_percent"},
        Share{"checksum/1024", "of 1 KiB", "checksum", kShare1024, "share_percent"},
        Share{"checksum/10240", "of 10 KiB", "checksum", "--record-bytes 10240 --total-bytes 104857600",
              "share_percent"},
        Share{"codec/lz4", "LZ4's share of an append of 1 KiB of words", "codec", kShare1024,
              "lz4_share_percent"},
        Share{"codec/zstd", "Zstandard's share of it", "codec", kShare1024, "zstd_share_percent"}}) {
    rows.push_back({.id = each.id,
                    .what = each.what,
                    .unit = Unit::percent,
                    .better = Better::less,
                    .ours = {"wallop", "wallop", each.workload, each.options, each.number}});
  }
}

}  // namespace

std::vector<Row> log_rows() {
  std::vector<Row> rows;
  add_buffered(rows);
  add_always(rows);
  add_reading(rows);
  add_rotation(rows);
  add_seed(rows);
  return rows;
}

}  // namespace wallop::cli
