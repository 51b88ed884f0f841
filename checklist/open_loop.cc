// SPDX-License-Identifier: Apache-2.0
// The open loop: a thread for each writer, one record of what they felt.
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

// What all writers record, as it comes. One histogram for the stretch that is under way and none for those
// that are over: the memory check watches this process, so what the harness holds must not grow with the
// load.
class Recorder {
 public:
  Recorder(io::Threads& threads, Duration stretch) : mutex_(threads.make_mutex()), stretch_(stretch) {}

  // A call that returned `at` after the start of the load.
  void answered(Duration at, Duration latency) {
    const std::unique_lock lock(*mutex_);
    measured_.latency.record(latency);
    measured_.elapsed = std::max(measured_.elapsed, at);
    // A writer that was overtaken on its way here may come after its stretch: the present one takes its call.
    if (at >= begin_ + stretch_) {
      close_stretch();
      begin_ = at / stretch_ * stretch_;
    }
    now_.record(latency);
  }
  void waiting(Duration wait) {
    const std::unique_lock lock(*mutex_);
    measured_.latency.record(wait);
    ++measured_.unanswered;
  }
  // Once all writers have ended.
  OpenLoopMeasured take() {
    close_stretch();
    return std::move(measured_);
  }

 private:
  void close_stretch() {
    if (now_.count() == 0) return;
    const auto at = [&](std::uint64_t nanoseconds) {
      return Duration(static_cast<std::int64_t>(nanoseconds));
    };
    measured_.over_time.push_back({.begin = begin_,
                                   .length = stretch_,
                                   .count = now_.count(),
                                   .p50 = at(now_.quantile(500'000)),
                                   .p99 = at(now_.quantile(990'000)),
                                   .max = at(now_.max())});
    now_ = base::Histogram();
  }

  std::unique_ptr<io::Mutex> mutex_;
  Duration stretch_;
  Duration begin_{};  // Of the stretch under way. Under mutex_, with the rest.
  base::Histogram now_;
  OpenLoopMeasured measured_;
};

// What the writers share.
struct Shared {
  io::World& machine;
  const OpenLoop& loop;
  const Call& call;
  const Stop& stop;
  Instant start;
  Instant give_up;
  Recorder recorder;
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

// When a call is due. Writers are spread over one interval, so that they do not come all at once.
Instant due_time(const Shared& shared, std::uint64_t writer, std::uint64_t sequence) {
  const std::uint64_t rate = shared.loop.rate;
  const std::uint64_t whole = sequence / rate, rest = sequence % rate;
  const std::uint64_t phase = kNanosecondsPerSecond / rate * writer / shared.loop.writer_count;
  const std::uint64_t offset = whole * kNanosecondsPerSecond + rest * kNanosecondsPerSecond / rate + phase;
  return shared.start + Duration(static_cast<std::int64_t>(offset));
}

// Everything that has fallen due and was not called, with the wait until now.
void give_up(Shared& shared, std::uint64_t writer, std::uint64_t sequence, Instant now) {
  const Instant end = shared.start + shared.loop.duration;
  for (Instant due = due_time(shared, writer, sequence); due < end && due <= now;
       due = due_time(shared, writer, ++sequence))
    shared.recorder.waiting(now - due);
}

void run_writer(Shared& shared, std::uint64_t writer) {
  const Instant end = shared.start + shared.loop.duration;
  std::uint64_t sequence = 0;
  for (Instant due = due_time(shared, writer, 0); due < end; due = due_time(shared, writer, ++sequence)) {
    shared.stop.sleep_until(due);
    const Instant now = shared.machine.clock.now();
    if (shared.stop.interrupted() || now >= shared.give_up) return give_up(shared, writer, sequence, now);
    if (shared.failed()) return;
    const io::Status answer = shared.call(writer, sequence);
    if (!answer) return shared.fail(answer.error());
    const Instant returned = shared.machine.clock.now();
    shared.recorder.answered(returned - shared.start, returned - due);
  }
}

}  // namespace

io::Result<OpenLoopMeasured> run_open_loop(io::World& machine, const OpenLoop& loop, const Call& call,
                                           const Stop& stop) {
  base::ensure(loop.writer_count > 0 && loop.rate > 0 && loop.interval_count > 0,
               "an open loop has writers, a rate and intervals");
  const Instant start = machine.clock.now() + kHeadStart;
  const auto intervals = static_cast<std::int64_t>(loop.interval_count);
  Shared shared{machine,
                loop,
                call,
                stop,
                start,
                start + 2 * loop.duration,
                Recorder(machine.threads, std::max(loop.duration / intervals, Duration(1))),
                machine.threads.make_mutex(),
                {}};
  std::vector<std::unique_ptr<io::Thread>> threads;
  for (std::uint64_t writer = 0; writer < loop.writer_count; ++writer) {
    threads.push_back(machine.threads.spawn(fmt::format("writer {}", writer),
                                            [&shared, writer] { run_writer(shared, writer); }));
  }
  for (const auto& thread : threads) thread->join();
  if (shared.error) return std::unexpected(std::move(*shared.error));
  OpenLoopMeasured measured = shared.recorder.take();
  measured.start = start;
  return measured;
}

}  // namespace wallop::checklist
