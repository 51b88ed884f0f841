// SPDX-License-Identifier: Apache-2.0
// Tables, slopes, and the flush behind a write.
#include "checklist/calibration/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/units.h"

namespace wallop::checklist {
namespace {

using base::Histogram;
using base::LatencyCurve;
using base::LatencySpec;
using io::Duration;

// Samples that a quantile needs beyond it to be justified, and to be told at all.
constexpr std::uint64_t kBeyond = 10, kBeyondMin = 1;
constexpr std::uint64_t kMillion = LatencyCurve::kWhole;
constexpr std::uint64_t kMedian = 500'000;
constexpr std::int64_t kSecond = 1'000'000'000;

struct Quantile {
  std::optional<Duration> LatencySpec::* member;
  std::uint64_t parts_per_million;
  std::string_view name;
};
// The members that may be left out, by rising quantile.
constexpr std::array kTail{
    Quantile{&LatencySpec::p90, 900'000, "p90"}, Quantile{&LatencySpec::p99, 990'000, "p99"},
    Quantile{&LatencySpec::p99_9, 999'000, "p99.9"}, Quantile{&LatencySpec::p99_99, 999'900, "p99.99"}};

std::uint64_t needed_for(const Quantile& quantile, std::uint64_t beyond) {
  return beyond * kMillion / (kMillion - quantile.parts_per_million);
}

Duration nanoseconds(std::uint64_t count) {
  return Duration(static_cast<std::int64_t>(count));
}

Duration at_least_zero(Duration value) {
  return std::max(value, Duration::zero());
}

Duration median_of(const Histogram& samples) {
  return nanoseconds(samples.quantile(kMedian));
}

Duration transfer(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  if (bytes_per_second == 0) return {};
  return nanoseconds(bytes * kSecond / bytes_per_second);
}

// By how much more a larger command takes; 0, no limit, where it takes no more.
std::uint64_t bandwidth(std::uint64_t more_bytes, Duration more_time) {
  if (more_time <= Duration::zero()) return 0;
  return more_bytes * kSecond / static_cast<std::uint64_t>(more_time.count());
}

// ---- Syncs: a write, and the flush behind it ----

// What a write of these tables with a flush behind it takes: pairs of draws, spread evenly over both tables.
Histogram write_then_flush(const LatencySpec& write, const LatencySpec& flush) {
  constexpr std::uint64_t kPairs = 200'000;
  constexpr std::uint64_t kGolden = 618'034;  // Of a million: multiples of it leave no gap.
  const LatencyCurve of_write(write), of_flush(flush);
  Histogram sums;
  for (std::uint64_t i = 0; i < kPairs; ++i)
    sums.record(of_write.at(i * kMillion / kPairs) + of_flush.at(i * kGolden % kMillion));
  return sums;
}

// The flush's table such that `syncs` come out. Its best and its median are those of flushes that had nothing
// to write; the dirty bytes add the same to each.
LatencySpec flush_behind(const LatencySpec& write, const LatencySpec& clean, const LatencySpec& syncs) {
  // Few, and by half each: a quantile of the sums hangs on its neighbours of the flush as well, and what is
  // left after these is mostly the samples' noise, which more rounds would fit by turns up and down.
  constexpr int kRounds = 3;
  LatencySpec flush{.best = clean.best,
                    .p50 = clean.p50,
                    .p90 = {},
                    .p99 = {},
                    .p99_9 = {},
                    .p99_99 = {},
                    .worst = clean.worst};
  for (const Quantile& quantile : kTail) {
    if (syncs.*quantile.member) flush.*quantile.member = (clean.*quantile.member).value_or(clean.p50);
  }
  for (int round = 0; round < kRounds; ++round) {
    const Histogram sums = write_then_flush(write, flush);
    const Duration adds = syncs.p50 - median_of(sums);
    Duration floor = flush.p50;
    for (const Quantile& quantile : kTail) {
      auto& latency = flush.*quantile.member;
      if (!latency) continue;
      const Duration wanted = *(syncs.*quantile.member) - adds;
      *latency += (wanted - nanoseconds(sums.quantile(quantile.parts_per_million))) / 2;
      floor = *latency = std::max(*latency, floor);
    }
    const Duration rest = syncs.worst.value_or(floor) - write.p50 - adds;
    flush.worst = std::max(floor, rest);
  }
  return flush;
}

std::vector<sim::DirtyCost> by_dirty_of(const DeviceSamples& samples, const sim::DeviceSpec& spec) {
  const Duration undirtied =
      spec.page_cache.per_call + median_of(write_then_flush(spec.write.latency, spec.flush.latency));
  std::vector<sim::DirtyCost> points;
  Duration below{};
  for (const auto& [bytes, syncs] : samples.sync) {
    if (syncs.count() == 0) continue;
    const Duration rest = median_of(syncs) - undirtied - transfer(bytes, spec.write.bytes_per_second.value);
    below = std::max(below, rest);
    points.push_back({base::ByteCount{bytes}, below});
  }
  return points;
}

// The quicker of two: large writes one after the other leave gaps, which a sync of many dirty bytes does not.
std::uint64_t write_bandwidth(const DeviceSamples& samples) {
  const std::uint64_t direct =
      bandwidth(kLargeBytes - kSmallBytes, median_of(samples.large_write) - median_of(samples.write));
  const auto first = samples.sync.lower_bound(kLargeBytes);
  const auto last = samples.sync.rbegin();
  if (first == samples.sync.end() || first->first == last->first || first->second.count() == 0 ||
      last->second.count() == 0 || direct == 0)
    return direct;
  return std::max(direct,
                  bandwidth(last->first - first->first, median_of(last->second) - median_of(first->second)));
}

// ---- Reads ----

// By means: readahead makes some reads quick and others slow.
std::uint64_t read_bandwidth(const DeviceSamples& samples, const sim::CacheSpec& cache) {
  Duration large = nanoseconds(samples.large_read.mean());
  if (samples.large_reads_cold) large -= cache.per_call + cache.per_kib * (kLargeBytes / 1024);
  const Duration more = large - nanoseconds(samples.read.mean());
  if (more > Duration::zero()) return bandwidth(kLargeBytes - kSmallBytes, more);
  return bandwidth(kLargeBytes, nanoseconds(samples.large_read.mean()));
}

// As many as were at work in the mean where most was done (Little's law).
std::uint32_t channels_of(const DeviceSamples& samples) {
  std::uint64_t most = 1;
  for (const ParallelReads& seen : samples.parallel) {
    const auto elapsed = static_cast<std::uint64_t>(std::max<std::int64_t>(seen.elapsed.count(), 1));
    most = std::max(most, (seen.read_count * samples.read.mean() + elapsed / 2) / elapsed);
  }
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(most, 1024));
}

// ---- Lines through two sizes ----

sim::WorkCost line_through(const CallCost& cost) {
  if (cost.large_bytes == cost.small_bytes) return {cost.small, {}};
  const auto width = static_cast<std::int64_t>(cost.large_bytes - cost.small_bytes);
  const Duration per_kib = at_least_zero((cost.large - cost.small) * 1024 / width);
  const auto small_bytes = static_cast<std::int64_t>(cost.small_bytes);
  return {at_least_zero(cost.small - per_kib * small_bytes / 1024), per_kib};
}

// ---- Sources ----

std::string count_in_words(std::uint64_t count) {
  return "n " + base::with_commas(count);
}

class Fit {
 public:
  Fit(const DeviceSamples& samples, const MachineFacts& facts, std::string where_and_when)
      : samples_(samples), facts_(facts), begin_(std::move(where_and_when)) {}

  sim::DeviceSpec run(const std::string& about) {
    spec_.about = about;
    fit_cache();
    fit_read();
    fit_write();
    fit_flush();
    fit_commit();
    fit_channels();
    fit_machine();
    return std::move(spec_);
  }

 private:
  // What is not the device's of a call: the simulated world counts each one's own cost beside the device's.
  [[nodiscard]] Duration call_with(Duration transferring) const {
    return spec_.page_cache.per_call + transferring;
  }

  void fit_cache() {
    const sim::WorkCost line = line_through(samples_.cached_write);
    spec_.page_cache = {line.per_call, line.per_kib,
                        fmt::format("{} writes of 1 KiB and of 64 KiB, in order, into blocks that were "
                                    "reserved: the line through both. {}.",
                                    begin_, count_in_words(samples_.cached_write.count))};
  }
  void fit_read() {
    const std::uint64_t bytes_per_second = read_bandwidth(samples_, spec_.page_cache);
    spec_.read = {
        latency_of(samples_.read, call_with(transfer(kSmallBytes, bytes_per_second))),
        {bytes_per_second},
        fmt::format(
            "{} 4 KiB at random places of 64 MiB, past the page cache: {}. Bandwidth: 1 MiB in order, "
            "{}: mean {}, p5 {}, p95 {}, {}.",
            begin_, quantiles_in_words(samples_.read),
            samples_.large_reads_cold ? "from a file that the page cache had forgotten"
                                      : "past the page cache, which could not be told to forget",
            in_words(samples_.large_read.mean()), in_words(samples_.large_read.quantile(50'000)),
            in_words(samples_.large_read.quantile(950'000)), count_in_words(samples_.large_read.count()))};
  }
  void fit_write() {
    const std::uint64_t bytes_per_second = write_bandwidth(samples_);
    spec_.write = {
        latency_of(samples_.write, call_with(transfer(kSmallBytes, bytes_per_second))),
        {bytes_per_second},
        fmt::format(
            "{} 4 KiB at random places of 64 MiB, past the page cache: {}. Bandwidth: by how much longer "
            "1 MiB takes (p5 {}, p50 {}, p95 {}, {}), or by how much longer a sync of 10 MiB takes than "
            "one of 1 MiB, whichever is quicker.",
            begin_, quantiles_in_words(samples_.write), in_words(samples_.large_write.quantile(50'000)),
            in_words(samples_.large_write.quantile(kMedian)),
            in_words(samples_.large_write.quantile(950'000)), count_in_words(samples_.large_write.count()))};
  }
  void fit_flush() {
    const LatencySpec clean = latency_of(samples_.clean_sync, call_with({}));
    const auto small = samples_.sync.find(kSmallBytes);
    const bool has_syncs = small != samples_.sync.end() && small->second.count() > 0;
    spec_.flush.latency =
        has_syncs
            ? flush_behind(spec_.write.latency, clean,
                           latency_of(small->second,
                                      call_with(transfer(kSmallBytes, spec_.write.bytes_per_second.value))))
            : clean;
    spec_.flush.by_dirty = by_dirty_of(samples_, spec_);
    const auto& points = spec_.flush.by_dirty;
    if (points.size() >= 2) {
      const sim::DirtyCost &last = points.back(), &before = points[points.size() - 2];
      const auto mib = static_cast<std::int64_t>((last.dirty.value - before.dirty.value) >> 20);
      if (mib > 0) spec_.flush.per_dirty_mib = (last.adds - before.adds) / mib;
    }
    spec_.flush.source = fmt::format(
        "{} fdatasync. Best and median with nothing dirty, after a write past the page cache: {}. What is "
        "slower, "
        "and by_dirty, such that a write and this come to the syncs seen of written blocks with so much "
        "dirty:{}.",
        begin_, quantiles_in_words(samples_.clean_sync), syncs_in_words());
  }
  [[nodiscard]] std::string syncs_in_words() const {
    std::string words;
    for (const auto& [bytes, syncs] : samples_.sync) {
      words += fmt::format("{} {} p50 {} p99 {} ({})", words.empty() ? "" : ";",
                           base::to_text(base::ByteCount{bytes}), in_words(syncs.quantile(kMedian)),
                           in_words(syncs.quantile(990'000)), quantiles_in_words(syncs));
    }
    return words;
  }
  void fit_commit() {
    constexpr std::uint64_t kSmallestTransaction = 12 << 10;  // Of ext4, as the disks that are shipped say.
    const Duration seen = median_of(samples_.commit) - call_with({});
    const std::uint64_t sent = samples_.commit_bytes.value_or(kSmallestTransaction + kSmallBytes);
    const std::uint64_t bytes = (std::max(sent, kSmallBytes) - kSmallBytes + 512) / 1024 * 1024;
    const Duration without = median_of(write_then_flush(spec_.write.latency, spec_.flush.latency)) +
                             sim::DirtyCurve(spec_.flush).at(kSmallBytes);
    std::string source = fmt::format(
        "{} fdatasync of 4 KiB in blocks that were reserved and never written: p50 {}, p99 {}, {}. A file "
        "made "
        "and its directory synced, beside that: p50 {}, {}.",
        begin_, in_words(samples_.commit.quantile(kMedian)), in_words(samples_.commit.quantile(990'000)),
        count_in_words(samples_.commit.count()), in_words(samples_.directory_sync.quantile(kMedian)),
        count_in_words(samples_.directory_sync.count()));
    const Duration more = seen - without - transfer(kSmallBytes, spec_.write.bytes_per_second.value);
    if (bytes == 0 || more <= Duration::zero()) {
      spec_.commit.source =
          source + " That is no longer than a sync of blocks that are written: it writes nothing.";
      return;
    }
    spec_.commit.bytes = {bytes};
    spec_.commit.adds =
        at_least_zero(more - spec_.write.latency.p50 - transfer(bytes, spec_.write.bytes_per_second.value));
    spec_.commit.source = fmt::format(
        "{} Bytes: {}.", source,
        samples_.commit_bytes ? "what the device was sent for one, less the 4 KiB, in the median"
                              : "ext4's smallest transaction, since nobody counts what the device is sent");
  }
  void fit_channels() {
    spec_.channels = channels_of(samples_);
    std::string words;
    for (const ParallelReads& seen : samples_.parallel) {
      const auto elapsed = static_cast<std::uint64_t>(std::max<std::int64_t>(seen.elapsed.count(), 1));
      words += fmt::format("{} {} {}/s", words.empty() ? "" : ",", seen.thread_count,
                           base::with_commas(seen.read_count * kSecond / elapsed));
    }
    spec_.channels_source = fmt::format(
        "{} 4 KiB reads by several threads at once:{}. As many as were at work where most was done, "
        "so no more than {} processors can ask for.",
        begin_, words, facts_.cpu_count);
  }
  void fit_machine() {
    if (facts_.dirty_from_bytes != 0) {
      spec_.writeback = {
          {facts_.dirty_from_bytes},
          {facts_.dirty_max_bytes},
          facts_.dirty_age,
          facts_.dirty_every,
          begin_ + " not measured: vm.dirty_* of the kernel, and the memory that was to be had."};
    }
    spec_.cpu = {
        work_costs_of(samples_),
        fmt::format(
            "{} copies, CRC32C and LZ4 (of bytes that do not compress) of 1 and 32 KiB from "
            "memory, {} calls; the log's appends of 64 B and 1 KiB into its buffer, by as many "
            "threads as there are processors, {}, less copy and checksum. Laying out a record is in append; "
            "decode is free.",
            begin_,
            base::with_commas(samples_.checksum.count + samples_.copy.count + samples_.compress.count),
            count_in_words(samples_.append.count))};
    spec_.wakeups = {
        latency_of(samples_.timer), latency_of(samples_.notified),
        fmt::format("{} sleeps of 500 us, {}; a waiting thread notified every 50 us or so, {}.", begin_,
                    quantiles_in_words(samples_.timer), quantiles_in_words(samples_.notified))};
  }
  static std::string in_words(std::uint64_t time) { return base::humane(nanoseconds(time)); }

  const DeviceSamples& samples_;
  const MachineFacts& facts_;
  std::string begin_;
  sim::DeviceSpec spec_;
};

}  // namespace

LatencySpec latency_of(const Histogram& samples, Duration less) {
  LatencySpec table;
  if (samples.count() == 0) return table;
  const auto at = [&](std::uint64_t time) { return at_least_zero(nanoseconds(time) - less); };
  table.best = at(samples.min());
  table.p50 = at(samples.quantile(kMedian));
  for (const Quantile& quantile : kTail) {
    if (samples.count() >= needed_for(quantile, kBeyondMin))
      table.*quantile.member = at(samples.quantile(quantile.parts_per_million));
  }
  table.worst = at(samples.max());
  return table;
}

std::string quantiles_in_words(const Histogram& samples) {
  std::string words = count_in_words(samples.count());
  for (const Quantile& quantile : kTail) {
    const std::uint64_t needed = needed_for(quantile, kBeyond);
    if (samples.count() >= needed) continue;
    const bool is_told = samples.count() >= needed_for(quantile, kBeyondMin);
    words += fmt::format(", {} {} (it needs {})", quantile.name, is_told ? "not justified" : "left out",
                         base::with_commas(needed));
  }
  return words;
}

sim::WorkCosts work_costs_of(const DeviceSamples& samples) {
  sim::WorkCosts costs;
  costs.of(io::Work::copy) = line_through(samples.copy);
  costs.of(io::Work::checksum) = line_through(samples.checksum);
  costs.of(io::Work::compress) = line_through(samples.compress);
  const sim::WorkCost whole = line_through(samples.append);
  const sim::WorkCost &copy = costs.of(io::Work::copy), &checksum = costs.of(io::Work::checksum);
  costs.of(io::Work::append) = {at_least_zero(whole.per_call - copy.per_call - checksum.per_call),
                                at_least_zero(whole.per_kib - copy.per_kib - checksum.per_kib)};
  return costs;
}

sim::DeviceSpec fit(const DeviceSamples& samples, const MachineFacts& facts, const std::string& about,
                    const std::string& where_and_when) {
  return Fit(samples, facts, where_and_when).run(about);
}

}  // namespace wallop::checklist
