// SPDX-License-Identifier: Apache-2.0
// The page cache, the processor and the kernel's scheduler: what a log waits for besides the device.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>

#include "checklist/calibration/sample.h"
#include "checklist/log_setup.h"
#include "wal/compression.h"
#include "wal/crc32c.h"

namespace wallop::checklist {
namespace {

constexpr std::uint64_t kRoundMax = 64;  // Means that a median is taken of.
constexpr std::uint64_t kCallsPerRound = 256;
// Of the log's appends: what all writers of a round append fits into its buffer.
constexpr std::uint64_t kAppendsPerWriter = 2'048, kWriterMax = 8, kBufferBytes = 32 << 20;
static_assert(kAppendsPerWriter * kWriterMax * (1 << 10) < kBufferBytes * 3 / 4);
constexpr std::uint64_t kSleepMax = 2'000, kNotificationMax = 12'000;
constexpr io::Duration kSleep = std::chrono::microseconds(500);
constexpr io::Duration kPause = std::chrono::microseconds(50);

class MachineSampler {
 public:
  MachineSampler(const Sampling& sampling, DeviceSamples& samples)
      : sampling_(sampling),
        clock_(sampling.machine.clock),
        values_(sampling.machine.entropy),
        samples_(samples) {}

  io::Status run() {
    if (io::Status done = cached_writes(); !done) return done;
    if (io::Status done = work(); !done) return done;
    if (io::Status done = appends(); !done) return done;
    timers();
    notifications();
    return {};
  }

 private:
  [[nodiscard]] Stop for_share(std::int64_t percent) const {
    return sampling_.stop.within(sampling_.budget * percent / 100);
  }

  // Rounds of so many calls: what one of them takes, by the median round. `after` each round is not timed.
  template <class Call, class After>
  io::Status median_call(std::int64_t percent, Call call, After after, io::Duration& into,
                         std::uint64_t& count) {
    base::Histogram rounds;  // Of whole rounds: a call alone may be quicker than the clock can tell.
    const Stop stop = for_share(percent);
    for (std::uint64_t round = 0; round < kRoundMax && !stop.now(); ++round) {
      const io::Instant begin = clock_.now();
      for (std::uint64_t i = 0; i < kCallsPerRound; ++i) {
        if (io::Status done = call(i); !done) return done;
      }
      rounds.record(clock_.now() - begin);
      if (io::Status done = after(); !done) return done;
    }
    count += rounds.count() * kCallsPerRound;
    into = io::Duration(static_cast<std::int64_t>(rounds.quantile(500'000) / kCallsPerRound));
    return {};
  }

  // Both sizes of one kind of call, which is handed the bytes.
  template <class Call, class After>
  io::Status both_sizes(std::uint64_t small, std::uint64_t large, Call call, After after, CallCost& into) {
    into.small_bytes = small;
    into.large_bytes = large;
    const auto with = [&](std::uint64_t bytes) {
      return [&, bytes](std::uint64_t i) { return call(i, bytes); };
    };
    if (io::Status done = median_call(1, with(small), after, into.small, into.count); !done) return done;
    return median_call(1, with(large), after, into.large, into.count);
  }
  static io::Status nothing_after() { return {}; }

  // A file with reserved blocks is written from its start; after each round it begins anew.
  io::Status cached_writes() {
    const std::string path = sampling_.directory + "/cached";
    std::unique_ptr<io::File> file;
    std::uint64_t offset = 0;
    const auto begin_anew = [&]() -> io::Status {
      file.reset();
      offset = 0;
      const io::Status removed = sampling_.machine.files.remove(path);
      if (!removed && removed.error().code != io::Code::not_found) return removed;
      auto made = sampling_.machine.files.open(path, {.create = true, .exclusive = true});
      if (!made) return std::unexpected(std::move(made.error()));
      file = std::move(*made);
      const io::Status reserved = file->allocate(0, kCallsPerRound * (64 << 10), io::KeepSize::no);
      return !reserved && reserved.error().code != io::Code::unsupported ? reserved : io::Status{};
    };
    if (io::Status begun = begin_anew(); !begun) return begun;
    const auto write = [&](std::uint64_t i, std::uint64_t bytes) {
      const io::Status written = file->write_at(offset, values_.of(i, bytes));
      offset += bytes;
      return written;
    };
    return both_sizes(1 << 10, 64 << 10, write, begin_anew, samples_.cached_write);
  }

  // Done, for the real machine, and told to the clock, for the simulated one.
  io::Status work() {
    std::uint32_t crc = 0;
    const auto copy = [&](std::uint64_t i, std::uint64_t bytes) -> io::Status {
      std::memcpy(copied_.data(), values_.of(i, bytes).data(), bytes);
      clock_.spend(io::Work::copy, bytes);
      return {};
    };
    const auto checksum = [&](std::uint64_t i, std::uint64_t bytes) -> io::Status {
      crc = wal::crc32c_extend(crc, values_.of(i, bytes));
      clock_.spend(io::Work::checksum, bytes);
      return {};
    };
    const auto compress = [&](std::uint64_t i, std::uint64_t bytes) -> io::Status {
      if (wal::compress(wal::Compression::lz4, values_.of(i, bytes))) ++seen_;
      clock_.spend(io::Work::compress, bytes);
      return {};
    };
    if (io::Status done = both_sizes(1 << 10, 32 << 10, copy, nothing_after, samples_.copy); !done)
      return done;
    if (io::Status done = both_sizes(1 << 10, 32 << 10, checksum, nothing_after, samples_.checksum); !done)
      return done;
    if (io::Status done = both_sizes(1 << 10, 32 << 10, compress, nothing_after, samples_.compress); !done)
      return done;
    // Kept, so that they must be computed.
    seen_ += crc + std::to_integer<std::uint64_t>(copied_.front());
    return {};
  }

  // Of the log, by as many threads as there are processors, while it keeps all of a round in memory: what
  // they cost each other is in it. Between rounds it hands over.
  io::Status appends() {
    wal::Options options;
    options.directory = sampling_.directory + "/log";
    options.sync = wal::Os{.buffer_bytes = kBufferBytes, .buffer_time = std::chrono::seconds(10)};
    options.segment_bytes = kBufferBytes / 2;
    auto opened = wal::Wal::open(sampling_.machine, options);
    if (!opened) return std::unexpected(std::move(opened.error()));
    samples_.append.small_bytes = 64;
    samples_.append.large_bytes = 1 << 10;
    io::Status done = append_rounds(opened->wal, samples_.append.small_bytes, samples_.append.small);
    if (done) done = append_rounds(opened->wal, samples_.append.large_bytes, samples_.append.large);
    return done;
  }

  io::Status append_rounds(wal::Wal& log, std::uint64_t bytes, io::Duration& into) {
    const std::uint64_t writer_count =
        std::clamp<std::uint64_t>(sampling_.probes.facts().cpu_count, 1, kWriterMax);
    base::Histogram appends;  // Each the mean of a round.
    Trimmer trimmer;
    const Stop stop = for_share(1);
    for (std::uint64_t round = 0; round < kRoundMax && !stop.now(); ++round) {
      const io::Instant begin = clock_.now();
      if (io::Status done = append_side_by_side(log, writer_count, bytes); !done) return done;
      appends.record((clock_.now() - begin) / static_cast<std::int64_t>(kAppendsPerWriter));
      if (const auto synced = log.sync(); !synced) return std::unexpected(synced.error());
      if (io::Status trimmed = trimmer.trim(log); !trimmed) return trimmed;
    }
    samples_.append.count += appends.count() * kAppendsPerWriter * writer_count;
    into = io::Duration(static_cast<std::int64_t>(appends.quantile(500'000)));
    return {};
  }

  io::Status append_side_by_side(wal::Wal& log, std::uint64_t writer_count, std::uint64_t bytes) {
    const auto mutex = sampling_.machine.threads.make_mutex();
    io::Status failed;
    const auto write = [&](std::uint64_t writer) {
      Key key(16);
      io::Status done;
      for (std::uint64_t i = 0; i < kAppendsPerWriter && done; ++i) {
        const auto placed = log.append(wal::Record::put(key.of(writer, i), values_.of(i, bytes)));
        if (!placed) done = std::unexpected(placed.error());
      }
      const std::unique_lock lock(*mutex);
      if (failed && !done) failed = std::move(done);
    };
    std::vector<std::unique_ptr<io::Thread>> threads;
    for (std::uint64_t writer = 0; writer < writer_count; ++writer)
      threads.push_back(sampling_.machine.threads.spawn("writer", [&write, writer] { write(writer); }));
    for (const auto& thread : threads) thread->join();
    return failed;
  }

  void timers() {
    const Stop stop = for_share(4);
    for (std::uint64_t i = 0; i < kSleepMax && !stop.now(); ++i) {
      const io::Instant due = clock_.now() + kSleep;
      clock_.sleep_until(due);
      samples_.timer.record(clock_.now() - due);
    }
  }

  // One thread waits, the other notifies it and tells when. In between the waiter has time to fall asleep.
  void notifications() {
    const auto mutex = sampling_.machine.threads.make_mutex();
    const auto told = sampling_.machine.threads.make_cond_var();
    std::optional<io::Instant> sent;  // Under mutex, with the rest.
    bool ended = false;
    const auto waiter = sampling_.machine.threads.spawn("waiter", [&] {
      std::unique_lock lock(*mutex);
      while (!ended) {
        while (!sent && !ended) told->wait(*mutex);
        if (sent) samples_.notified.record(clock_.now() - *sent);
        sent.reset();
      }
    });
    const Stop stop = for_share(3);
    for (std::uint64_t i = 0; i < kNotificationMax && !stop.now(); ++i) {
      clock_.sleep_until(clock_.now() + kPause);
      {
        const std::unique_lock lock(*mutex);
        if (sent) continue;  // Not awake yet: this one would count from the wrong time.
        sent = clock_.now();
      }
      told->notify_one();
    }
    {
      const std::unique_lock lock(*mutex);
      ended = true;
      told->notify_all();
    }
    waiter->join();
  }

  const Sampling& sampling_;
  io::Clock& clock_;
  Values values_;
  DeviceSamples& samples_;
  std::vector<std::byte> copied_ = std::vector<std::byte>(64 << 10);
  std::uint64_t seen_ = 0;
};

}  // namespace

io::Status sample_machine(const Sampling& sampling, DeviceSamples& samples) {
  return MachineSampler(sampling, samples).run();
}

}  // namespace wallop::checklist
