// SPDX-License-Identifier: Apache-2.0
// Throughput: closed loops of all writers, under each sync policy in turn.
//
// What is counted is appends that returned. What that promises is the policy's word: under os nothing is
// durable yet.
#include <fmt/format.h>

#include <array>
#include <memory>
#include <mutex>

#include "checklist/log_setup.h"
#include "checklist/measure.h"

namespace wallop::checklist {
namespace {

// What the writers of one turn share.
struct Turn {
  const Bench& bench;
  wal::Wal& log;
  const Values& values;
  Stop stop;
  std::uint64_t records_per_writer;
  std::unique_ptr<io::Mutex> mutex;
  std::uint64_t record_count = 0;  // Under mutex, with the rest.
  io::Status failed;
};

void write_all(Turn& turn, std::uint64_t writer) {
  const LoadPart& load = turn.bench.profile.load;
  Key key(load.key_bytes.value);
  std::uint64_t done = 0;
  io::Status status;
  while (status && done < turn.records_per_writer && !turn.stop.now()) {
    const auto placed =
        turn.log.append(wal::Record::put(key.of(writer, done), turn.values.of(done, load.value_bytes.value)));
    if (placed) ++done;
    if (!placed) status = std::unexpected(placed.error());
  }
  const std::unique_lock lock(*turn.mutex);
  turn.record_count += done;
  if (turn.failed && !status) turn.failed = std::move(status);
}

// A log of its own for each policy, in a directory that is left to the caller.
io::Result<PolicyThroughput> run_policy(const Bench& bench, const Values& values,
                                        const wal::Options& options) {
  auto opened = wal::Wal::open(bench.machine, options);
  if (!opened) return std::unexpected(std::move(opened.error()));
  const LoadPart& load = bench.profile.load;
  const ThroughputPart& part = bench.profile.throughput;
  const std::uint64_t record_bytes = load.key_bytes.value + load.value_bytes.value;
  const std::uint64_t share = part.bytes_max.value / load.writers.value / record_bytes;
  Turn turn{bench,     opened->wal,
            values,    bench.stop.within(part.time_max),
            share + 1, bench.machine.threads.make_mutex(),
            0,         {}};
  const io::Instant begin = bench.machine.clock.now();
  std::vector<std::unique_ptr<io::Thread>> threads;
  for (std::uint64_t writer = 0; writer < load.writers.value; ++writer) {
    threads.push_back(bench.machine.threads.spawn(fmt::format("writer {}", writer),
                                                  [&turn, writer] { write_all(turn, writer); }));
  }
  for (const auto& thread : threads) thread->join();
  const io::Duration elapsed = bench.machine.clock.now() - begin;
  if (!turn.failed) return std::unexpected(std::move(turn.failed.error()));
  return PolicyThroughput{.policy = describe(options.sync),
                          .judged = false,
                          .records = turn.record_count,
                          .bytes = turn.record_count * record_bytes,
                          .elapsed = elapsed};
}

}  // namespace

io::Result<ThroughputMeasured> measure_throughput(const Bench& bench) {
  const Values values(bench.machine.entropy);
  wal::Options options = log_options(bench.profile.log, "");
  const wal::SyncPolicy own = options.sync;
  ThroughputMeasured measured;
  for (const wal::SyncPolicy& policy :
       {wal::SyncPolicy(wal::Always{}), wal::SyncPolicy(wal::Batch{}), wal::SyncPolicy(wal::Os{})}) {
    if (bench.stop.interrupted()) break;
    const bool judged = policy.index() == own.index();
    options.sync = judged ? own : policy;
    options.directory = fmt::format("{}/{}", bench.directory, policy.index());
    auto turn = run_policy(bench, values, options);
    if (!turn) return std::unexpected(std::move(turn.error()));
    turn->judged = judged;
    measured.policies.push_back(std::move(*turn));
  }
  return measured;
}

}  // namespace wallop::checklist
