// SPDX-License-Identifier: Apache-2.0
// Reads, writes, syncs and commits, in turns.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <utility>

#include "checklist/calibration/sample.h"
#include "checklist/log_setup.h"
#include "io/aligned_bytes.h"

namespace wallop::checklist {
namespace {

constexpr std::uint64_t kFileBytes = 64ULL << 20;
constexpr std::int64_t kTurns = 4;
constexpr std::uint64_t kSamplesMax = 120'000 / kTurns;  // In each turn: with all, ten beyond p99.99.
constexpr std::array<std::uint64_t, 4> kDirtyBytes{4 << 10, 64 << 10, 1 << 20, 10 << 20};
constexpr std::array<std::uint64_t, 7> kThreadCounts{1, 2, 4, 8, 16, 32, 64};

// In memory that a direct file takes.
io::AlignedBytes aligned(io::Bytes content) {
  io::AlignedBytes memory = io::aligned_bytes(content.size());
  std::ranges::copy(content, memory.get());
  return memory;
}

class Sampler {
 public:
  explicit Sampler(const Sampling& sampling)
      : sampling_(sampling), clock_(sampling.machine.clock), values_(sampling.machine.entropy) {}

  // All kinds in turns: what disturbs the device for a while then falls on each alike, and not on a write's
  // table alone where the flush behind it is told by the difference.
  io::Result<DeviceSamples> run() {
    using Part = io::Status (Sampler::*)();
    struct Named {
      std::string_view what;
      Part part;
    };
    constexpr std::array kParts{
        Named{"reads", &Sampler::reads},     Named{"writes", &Sampler::writes},
        Named{"syncs", &Sampler::syncs},     Named{"reads in order", &Sampler::large_reads},
        Named{"commits", &Sampler::commits}, Named{"directory syncs", &Sampler::directory_syncs},
    };
    io::Status done = step("the files", &Sampler::make_files);
    for (std::int64_t turn = 0; turn < kTurns; ++turn) {
      for (const Named& each : kParts) {
        if (done) done = step(each.what, each.part);
      }
    }
    if (done) done = step("reads side by side", &Sampler::parallel_reads);
    if (!done) return std::unexpected(std::move(done.error()));
    return std::move(samples_);
  }

 private:
  [[nodiscard]] Stop for_share(std::int64_t percent) const {
    return sampling_.stop.within(sampling_.budget * percent / 100);
  }
  [[nodiscard]] Stop for_turn(std::int64_t percent) const {
    return sampling_.stop.within(sampling_.budget * percent / (100 * kTurns));
  }
  io::Status step(std::string_view what, io::Status (Sampler::*part)()) {
    if (sampling_.stop.now()) return {};
    sampling_.step(what);
    return (this->*part)();
  }
  [[nodiscard]] std::string path(std::string_view name) const {
    return fmt::format("{}/{}", sampling_.directory, name);
  }
  std::uint64_t random_offset() {
    state_ = state_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    return (state_ >> 33) % (kFileBytes / kSmallBytes) * kSmallBytes;
  }

  // `call` again and again, each one timed, until `stop` or kSamplesMax; `before` is not timed.
  template <class Before, class Timed>
  io::Status repeat(const Stop& stop, std::uint64_t count_max, base::Histogram& into, Before before,
                    Timed call) {
    for (std::uint64_t i = 0; i < count_max && !stop.now(); ++i) {
      if (io::Status done = before(i); !done) return done;
      const io::Instant begin = clock_.now();
      const auto done = call(i);
      const io::Instant end = clock_.now();
      if (!done) return std::unexpected(done.error());
      into.record(end - begin);
    }
    return {};
  }
  static io::Status nothing_before(std::uint64_t /*i*/) { return {}; }

  io::Status make_files() {
    auto file = sampling_.machine.files.open(path("device"), {.create = true, .exclusive = true});
    if (!file) return std::unexpected(std::move(file.error()));
    file_ = std::move(*file);
    for (std::uint64_t at = 0; at < kFileBytes && !sampling_.stop.now(); at += kLargeBytes) {
      if (io::Status written = file_->write_at(at, values_.of(at, kLargeBytes)); !written) return written;
    }
    if (io::Status synced = file_->sync_all(); !synced) return synced;
    auto direct = sampling_.machine.files.open(path("device"), {.direct = true});
    if (!direct) return std::unexpected(std::move(direct.error()));
    direct_ = std::move(*direct);
    auto reserved = sampling_.machine.files.open(path("reserved"), {.create = true, .exclusive = true});
    if (!reserved) return std::unexpected(std::move(reserved.error()));
    reserved_ = std::move(*reserved);
    // Where nothing can be reserved, each write makes the file longer.
    const io::Status made = reserved_->allocate(0, kFileBytes, io::KeepSize::no);
    if (!made && made.error().code != io::Code::unsupported) return made;
    if (io::Status synced = reserved_->sync_all(); !synced) return synced;
    return sampling_.machine.files.make_directory(path("names"));
  }

  io::Status reads() {
    std::vector<std::byte> into(kSmallBytes);
    return repeat(for_turn(8), kSamplesMax, samples_.read, nothing_before,
                  [&](std::uint64_t) { return file_->read_stored_at(random_offset(), into); });
  }

  io::Status writes() {
    const io::AlignedBytes small_memory = aligned(values_.of(1, kSmallBytes));
    const io::AlignedBytes large_memory = aligned(values_.of(2, kLargeBytes));
    const io::Bytes small(small_memory.get(), kSmallBytes), large(large_memory.get(), kLargeBytes);
    io::Status done = repeat(for_turn(8), kSamplesMax, samples_.write, nothing_before,
                             [&](std::uint64_t) { return direct_->write_at(random_offset(), small); });
    if (!done) return done;
    done = repeat(for_turn(4), kSamplesMax, samples_.large_write, nothing_before,
                  [&](std::uint64_t i) { return direct_->write_at(i * kLargeBytes % kFileBytes, large); });
    if (!done) return done;
    return repeat(
        for_turn(8), kSamplesMax, samples_.clean_sync,
        [&](std::uint64_t) { return direct_->write_at(random_offset(), small); },
        [&](std::uint64_t) { return file_->sync(); });
  }

  // Blocks that are written already are written over, from the file's start to its end and again.
  io::Status dirty(std::uint64_t bytes) {
    for (std::uint64_t done = 0; done < bytes;) {
      const std::uint64_t some = std::min({bytes - done, Values::kBytesMax, kFileBytes - dirty_offset_});
      if (io::Status written = file_->write_at(dirty_offset_, values_.of(++sequence_, some)); !written)
        return written;
      done += some;
      dirty_offset_ = (dirty_offset_ + some) % kFileBytes;
    }
    return {};
  }

  io::Status syncs() {
    for (const std::uint64_t bytes : kDirtyBytes) {
      dirty_offset_ = dirty_offset_ / kSmallBytes * kSmallBytes;
      const io::Status done = repeat(
          for_turn(bytes == kSmallBytes ? 24 : 4), kSamplesMax, samples_.sync[bytes],
          [&](std::uint64_t) { return dirty(bytes); }, [&](std::uint64_t) { return file_->sync(); });
      if (!done) return done;
    }
    return {};
  }

  // The page cache forgets the file whenever all of it has been read.
  io::Status large_reads() {
    std::vector<std::byte> into(kLargeBytes);
    samples_.large_reads_cold = sampling_.probes.drop_cached(path("device")).has_value();
    const auto at = [](std::uint64_t i) { return i * kLargeBytes % kFileBytes; };
    const auto before = [&](std::uint64_t i) -> io::Status {
      if (!samples_.large_reads_cold || at(i) != 0) return {};
      return sampling_.probes.drop_cached(path("device"));
    };
    return repeat(for_turn(6), kSamplesMax, samples_.large_read, before, [&](std::uint64_t i) {
      return samples_.large_reads_cold ? file_->read_at(at(i), into) : file_->read_stored_at(at(i), into);
    });
  }

  io::Status commits() {
    // What the device was sent, by the median: others write to it meanwhile, too.
    auto counters = sampling_.probes.disk_counters();
    const auto write = [&](std::uint64_t i) {
      const auto now = sampling_.probes.disk_counters();
      if (i > 0 && now && counters)
        sent_.record((now->sectors_written - counters->sectors_written) * kDiskstatsSectorBytes);
      counters = now;
      return reserved_->write_at(kSmallBytes * reserved_blocks_++, values_.of(i, kSmallBytes));
    };
    const io::Status done = repeat(for_turn(4), kFileBytes / kSmallBytes / kTurns, samples_.commit, write,
                                   [&](std::uint64_t) { return reserved_->sync(); });
    if (sent_.count() > 0) samples_.commit_bytes = sent_.quantile(500'000);
    return done;
  }

  io::Status directory_syncs() {
    const std::string directory = path("names");
    return repeat(
        for_turn(2), kSamplesMax, samples_.directory_sync, nothing_before, [&](std::uint64_t) -> io::Status {
          auto made =
              sampling_.machine.files.open(fmt::format("{}/{}", directory, name_count_++), {.create = true});
          if (!made) return std::unexpected(std::move(made.error()));
          return sampling_.machine.files.sync_directory(directory);
        });
  }

  io::Status parallel_reads() {
    for (const std::uint64_t thread_count : kThreadCounts) {
      if (sampling_.stop.now()) break;
      auto seen = read_by(thread_count, for_share(1));
      if (!seen) return std::unexpected(std::move(seen.error()));
      samples_.parallel.push_back(*seen);
    }
    return {};
  }

  io::Result<ParallelReads> read_by(std::uint64_t thread_count, const Stop& stop) {
    const auto mutex = sampling_.machine.threads.make_mutex();
    ParallelReads seen{thread_count, 0, {}};
    io::Status failed;
    const auto read = [&](std::uint64_t first) {
      std::vector<std::byte> into(kSmallBytes);
      std::uint64_t count = 0, at = first;
      io::Status done;
      for (; done && !stop.now(); ++count) {
        at = (at * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL);
        const auto got = file_->read_stored_at((at >> 33) % (kFileBytes / kSmallBytes) * kSmallBytes, into);
        if (!got) done = std::unexpected(got.error());
      }
      const std::unique_lock lock(*mutex);
      seen.read_count += count;
      if (failed && !done) failed = std::move(done);
    };
    const io::Instant begin = clock_.now();
    std::vector<std::unique_ptr<io::Thread>> threads;
    for (std::uint64_t i = 0; i < thread_count; ++i)
      threads.push_back(sampling_.machine.threads.spawn("reader", [&read, i] { read(i); }));
    for (const auto& thread : threads) thread->join();
    seen.elapsed = clock_.now() - begin;
    if (!failed) return std::unexpected(std::move(failed.error()));
    return seen;
  }

  const Sampling& sampling_;
  io::Clock& clock_;
  Values values_;
  std::uint64_t state_ = 1;
  std::uint64_t sequence_ = 0;
  std::uint64_t dirty_offset_ = 0;
  std::uint64_t reserved_blocks_ = 0, name_count_ = 0;
  base::Histogram sent_;  // For each commit.
  std::unique_ptr<io::File> file_, direct_, reserved_;
  DeviceSamples samples_;
};

}  // namespace

io::Result<DeviceSamples> sample_device(const Sampling& sampling) {
  auto samples = Sampler(sampling).run();
  if (!samples || sampling.stop.now()) return samples;
  sampling.step("the machine");
  if (io::Status done = sample_machine(sampling, *samples); !done)
    return std::unexpected(std::move(done.error()));
  return samples;
}

}  // namespace wallop::checklist
