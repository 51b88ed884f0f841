// SPDX-License-Identifier: Apache-2.0
// pipelined DIR: one thread keeps 64 appends under way, each acknowledged once it is durable; then what the
// log measured meanwhile, as a scrape would find it.
//
// What to copy: a ticket for each request that waits for its answer, waited for in order; and metrics that
// outlive the log.
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <string_view>

#include "io/posix_world.h"
#include "wal/metrics.h"
#include "wal/wal.h"

namespace {

using namespace wallop;

constexpr std::uint64_t kRecordCount = 2'000;
constexpr std::size_t kUnderWayMax = 64;

// Answers whoever waits for this record.
io::Status acknowledge(wal::Ticket ticket) {
  const auto placed = ticket.wait();
  return placed ? io::Status() : io::Failure(placed.error());
}

io::Status append_all(wal::Wal& log) {
  std::deque<wal::Ticket> under_way;
  for (std::uint64_t i = 0; i < kRecordCount; ++i) {
    if (under_way.size() == kUnderWayMax) {
      if (auto done = acknowledge(std::move(under_way.front())); !done) return done;
      under_way.pop_front();
    }
    const std::string key = fmt::format("key {}", i);
    auto ticket = log.append_async(wal::Record::put(key, std::string_view("value")));
    if (!ticket) return io::Failure(ticket.error());
    under_way.push_back(std::move(*ticket));
  }
  for (wal::Ticket& ticket : under_way) {
    if (auto done = acknowledge(std::move(ticket)); !done) return done;
  }
  return {};
}

io::Status run(io::World& world, const std::string& directory, wal::Metrics& metrics) {
  auto opened = wal::Wal::open(world, {.directory = directory, .sync = wal::Always{}, .observer = &metrics});
  if (!opened) return io::Failure(opened.error());
  if (auto appended = append_all(opened->wal); !appended) return appended;
  const wal::Stats stats = opened->wal.stats();
  fmt::print("# {} records durable by {} syncs\n", stats.record_count, stats.sync_count);
  return opened->wal.close();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    fmt::print(stderr, "pipelined: say where the log shall be: pipelined DIR\n");
    return 2;
  }
  io::PosixWorld machine(".");
  wal::Metrics metrics;
  const auto done = run(machine.world(), arguments[1], metrics);
  if (!done) {
    fmt::print(stderr, "pipelined: {}\n", io::describe(done.error()));
    return 1;
  }
  fmt::print("{}", metrics.text());
  return 0;
}
