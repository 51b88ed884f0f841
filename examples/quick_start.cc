// SPDX-License-Identifier: Apache-2.0
// quick_start DIR: opens a log there, measures one append and then 10,000 of them, reads one back, closes it.
//
// What to copy: errors are values, and each is looked at; a log is closed, so that its end is proven durable.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "io/posix_world.h"
#include "wal/wal.h"

namespace {

using namespace wallop;
using wal::Record;

constexpr std::uint64_t kRecordCount = 10'000;

// The number as eight bytes, little-endian: a key need not be text.
std::array<std::byte, 8> key_of(std::uint64_t number) {
  std::array<std::byte, 8> key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(number >> (8 * i));
  return key;
}

io::Status append(wal::Wal& log, std::uint64_t number) {
  const auto placed = log.append(Record::put(key_of(number), wal::bytes_of("value")));
  return placed ? io::Status() : io::Failure(placed.error());
}

io::Status run(io::World& world, const std::string& directory) {
  // Batch: append returns at once, and a sync that covers it begins 5 ms later at most.
  auto opened =
      wal::Wal::open(world, {.directory = directory, .segment_bytes = 4U << 20, .sync = wal::Batch{}});
  if (!opened) return io::Failure(opened.error());
  wal::Wal& log = opened->wal;
  fmt::print("opened {}: {} records were there\n", directory, opened->info.valid_records);

  // Measure write latency.
  io::Instant start = world.clock.now();
  if (auto appended = append(log, 0); !appended) return appended;
  fmt::print("write latency: {} us\n",
             std::chrono::duration<double, std::micro>(world.clock.now() - start).count());

  // Measure throughput, up to where all of it is durable.
  start = world.clock.now();
  for (std::uint64_t i = 1; i < kRecordCount; ++i) {
    if (auto appended = append(log, i); !appended) return appended;
  }
  const auto durable = log.sync();
  if (!durable) return io::Failure(durable.error());
  const double seconds = std::chrono::duration<double>(world.clock.now() - start).count();
  fmt::print("throughput: {:.0f} writes/s, durable up to LSN {}\n",
             static_cast<double>(kRecordCount - 1) / seconds, durable->value());

  auto reader = log.read_from(*durable);
  if (!reader) return io::Failure(reader.error());
  const auto last = reader->next();
  if (!last) return io::Failure(last.error());
  fmt::print("the last record's value: {}\n", *last ? wal::text_of((*last)->record.value) : "none");
  return log.close();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    fmt::print(stderr, "quick_start: say where the log shall be: quick_start DIR\n");
    return 2;
  }
  io::PosixWorld machine(".");
  const auto done = run(machine.world(), arguments[1]);
  if (done) return 0;
  fmt::print(stderr, "quick_start: {}\n", io::describe(done.error()));
  return 1;
}
