// SPDX-License-Identifier: Apache-2.0
// The open loop: one thread and one set of histograms for each writer, merged at the end.
#include "checklist/open_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>

#include "base/ensure.h"

namespace wallop::checklist {
namespace {

using io::Duration;
using io::Instant;

constexpr Duration kHeadStart = std::chrono::milliseconds(20);  // Until all threads are there.
constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

// What the writers share.
struct Shared {
  io::World& machine;
  const OpenLoop& loop;
  const Call& call;
  const Stop& stop;
  Instant start;
  Instant give_up;
  std::unique_ptr<io::Mutex> mutex;
  std::optional<io::Error> error;  // Under mutex.

  bool failed() {
    const std::unique_lock lock(*mutex);
    return error.has_value();
  }
  void fail(io::Error with) {
    const std::unique_lock lock(*mutex);
    if (!error) error = std::move(with);
  }
};

// What one writer measured.
struct Tally {
  base::Histogram latency;
  std::vector<base::Histogram> over_time;
  std::uint64_t unanswered = 0;
  Instant last{};
};

// When a call is due. Writers are spread over one interval, so that they do not come all at once.
Instant due_time(const Shared& shared, std::uint64_t writer, std::uint64_t sequence) {
  const std::uint64_t rate = shared.loop.rate;
  const std::uint64_t whole = sequence / rate, rest = sequence % rate;
  const std::uint64_t phase = kNanosecondsPerSecond / rate * writer / shared.loop.writer_count;
  const std::uint64_t offset = whole * kNanosecondsPerSecond + rest * kNanosecondsPerSecond / rate + phase;
  return shared.start + Duration(static_cast<std::int64_t>(offset));
}

void record(const Shared& shared, Tally& tally, Instant due, Instant end) {
  tally.latency.record(end - due);
  const auto slot =
      static_cast<std::size_t>((end - shared.start) * static_cast<std::int64_t>(tally.over_time.size()) /
                               (shared.give_up - shared.start));
  tally.over_time[std::min(slot, tally.over_time.size() - 1)].record(end - due);
  tally.last = end;
}

// Everything that is still to fall due, with the wait until now.
void give_up(const Shared& shared, Tally& tally, std::uint64_t writer, std::uint64_t sequence, Instant now) {
  const Instant end = shared.start + shared.loop.duration;
  for (Instant due = due_time(shared, writer, sequence); due < end;
       due = due_time(shared, writer, ++sequence)) {
    if (due > now) return;  // Interrupted: nobody was kept waiting.
    tally.latency.record(now - due);
    ++tally.unanswered;
  }
}

void run_writer(Shared& shared, Tally& tally, std::uint64_t writer) {
  const Instant end = shared.start + shared.loop.duration;
  std::uint64_t sequence = 0;
  for (Instant due = due_time(shared, writer, 0); due < end; due = due_time(shared, writer, ++sequence)) {
    shared.stop.sleep_until(due);
    const Instant now = shared.machine.clock.now();
    if (shared.stop.interrupted() || now >= shared.give_up)
      return give_up(shared, tally, writer, sequence, now);
    if (shared.failed()) return;
    const io::Status answer = shared.call(writer, sequence);
    if (!answer) return shared.fail(answer.error());
    record(shared, tally, due, shared.machine.clock.now());
  }
}

std::vector<reports::Interval> intervals_of(const std::vector<base::Histogram>& over_time, Duration whole) {
  const auto at = [](std::uint64_t nanoseconds) { return Duration(static_cast<std::int64_t>(nanoseconds)); };
  const auto count = static_cast<std::int64_t>(over_time.size());
  std::vector<reports::Interval> intervals;
  for (std::int64_t i = 0; i < count; ++i) {
    const base::Histogram& histogram = over_time[static_cast<std::size_t>(i)];
    if (histogram.count() == 0) continue;
    intervals.push_back({.begin = whole * i / count,
                         .length = whole * (i + 1) / count - whole * i / count,
                         .count = histogram.count(),
                         .p50 = at(histogram.quantile(500'000)),
                         .p99 = at(histogram.quantile(990'000)),
                         .max = at(histogram.max())});
  }
  return intervals;
}

OpenLoopMeasured merged(const Shared& shared, const std::vector<Tally>& tallies) {
  OpenLoopMeasured measured;
  measured.start = shared.start;
  std::vector<base::Histogram> over_time(tallies.front().over_time.size());
  for (const Tally& tally : tallies) {
    measured.latency.merge(tally.latency);
    measured.unanswered += tally.unanswered;
    measured.elapsed = std::max(measured.elapsed, tally.last - shared.start);
    for (std::size_t i = 0; i < over_time.size(); ++i) over_time[i].merge(tally.over_time[i]);
  }
  measured.over_time = intervals_of(over_time, shared.give_up - shared.start);
  return measured;
}

}  // namespace

io::Result<OpenLoopMeasured> run_open_loop(io::World& machine, const OpenLoop& loop, const Call& call,
                                           const Stop& stop) {
  base::ensure(loop.writer_count > 0 && loop.rate > 0 && loop.interval_count > 0,
               "an open loop has writers, a rate and intervals");
  const Instant start = machine.clock.now() + kHeadStart;
  Shared shared{machine, loop, call, stop, start, start + 2 * loop.duration, machine.threads.make_mutex(),
                {}};
  std::vector<Tally> tallies(loop.writer_count);
  // Intervals reach to the time of giving up, twice the duration, so that late answers have a place.
  for (Tally& tally : tallies) tally.over_time.resize(2 * loop.interval_count);
  std::vector<std::unique_ptr<io::Thread>> threads;
  for (std::uint64_t writer = 0; writer < loop.writer_count; ++writer) {
    Tally& tally = tallies[writer];
    threads.push_back(machine.threads.spawn(
        fmt::format("writer {}", writer), [&shared, &tally, writer] { run_writer(shared, tally, writer); }));
  }
  for (const auto& thread : threads) thread->join();
  if (shared.error) return std::unexpected(std::move(*shared.error));
  return merged(shared, tallies);
}

}  // namespace wallop::checklist
