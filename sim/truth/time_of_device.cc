// SPDX-License-Identifier: Apache-2.0
// Latencies one by one, and closed loops that keep a number of commands going.
#include "sim/truth/time_of_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/choices.h"
#include "base/units.h"
#include "sim/device.h"
#include "sim/scaled.h"
#include "sim/truth/goodness_of_fit.h"

namespace wallop::sim {
namespace {

constexpr io::Duration kOneSecond = std::chrono::seconds(1);
// Between commands that must not meet: longer than any latency or bucket that is shipped.
constexpr io::Duration kFarApart = std::chrono::minutes(1);
constexpr std::uint64_t kFitCount = 60'000;
constexpr int kLooks = 3;
constexpr std::uint64_t kTailCount = 500'000;
// Of 50 expected: five standard deviations of a Poisson count to either side, which leaves one in a million.
constexpr std::uint64_t kTailFewest = 16, kTailMost = 88;
constexpr std::uint64_t kLoopCount = 8'000;

struct DeviceVerb {
  std::string_view name;
  const LatencySpec& (*latency)(const DeviceSpec&);
  io::Instant (*issue)(Device&, io::Instant now, std::uint64_t bytes);
};

constexpr std::array kDeviceVerbs{
    DeviceVerb{"read", [](const DeviceSpec& spec) -> const LatencySpec& { return spec.read.latency; },
               [](Device& device, io::Instant now, std::uint64_t bytes) { return device.read(now, bytes); }},
    DeviceVerb{"write", [](const DeviceSpec& spec) -> const LatencySpec& { return spec.write.latency; },
               [](Device& device, io::Instant now, std::uint64_t bytes) { return device.write(now, bytes); }},
    DeviceVerb{"flush", [](const DeviceSpec& spec) -> const LatencySpec& { return spec.flush.latency; },
               [](Device& device, io::Instant now, std::uint64_t) { return device.flush(now, {}); }}};
constexpr const DeviceVerb& kRead = kDeviceVerbs[0];
constexpr const DeviceVerb& kWrite = kDeviceVerbs[1];

// Calls see(latency) for commands of one verb that never meet.
template <class See>
void measure_alone(const DeviceSpec& spec, std::uint64_t seed, const DeviceVerb& verb, std::uint64_t count,
                   const See& see) {
  base::Seeded draws(seed);
  Device device(spec, draws);
  io::Instant now;
  for (std::uint64_t i = 0; i < count; ++i, now += kFarApart) see(verb.issue(device, now, 0) - now);
}

// What a closed loop came to.
struct Loop {
  io::Duration took{};     // Until the last one was done.
  io::Duration longest{};  // In the device, queueing included.
  io::Duration sum{};      // Of all of them.
};

// Keeps `depth` commands going until `count` were served; sees each one's completion in the order of asking.
template <class See>
Loop run_loop(const TimedDisk& disk, const DeviceVerb& verb, std::uint64_t depth, std::uint64_t count,
              std::uint64_t bytes, const See& see) {
  base::Seeded draws(disk.seed);
  Device device(disk.built, draws);
  std::vector<io::Instant> due(depth);
  Loop loop;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto next = std::ranges::min_element(due);
    const io::Instant done = verb.issue(device, *next, bytes);
    loop.longest = std::max(loop.longest, done - *next);
    loop.sum += done - *next;
    *next = done;
    loop.took = std::max(loop.took, done.time_since_epoch());
    see(i, done);
  }
  return loop;
}

Loop run_loop(const TimedDisk& disk, const DeviceVerb& verb, std::uint64_t depth, std::uint64_t count,
              std::uint64_t bytes) {
  return run_loop(disk, verb, depth, count, bytes, [](std::uint64_t, io::Instant) {});
}

std::string told(const TimedDisk& disk, std::string_view what) {
  return fmt::format("disk {}, seed {}: {}", disk.name, disk.seed, what);
}

}  // namespace

std::optional<std::string> check_latencies(const TimedDisk& disk, TimeTally& tally) {
  for (const DeviceVerb& verb : kDeviceVerbs) {
    std::uint64_t found = 0, allowed = 0;
    bool rejected = true;
    for (int look = 0; look < kLooks && rejected; ++look) {
      GoodnessOfFit fit(verb.latency(disk.said));
      const std::uint64_t seed =
          base::Seeded(disk.seed).bits(base::site_number(verb.name), static_cast<std::uint64_t>(look));
      measure_alone(disk.built, seed, verb, kFitCount, [&](io::Duration latency) { fit.add(latency); });
      tally.latency_count += kFitCount;
      found = fit.chi_square();
      allowed = fit.chi_square_max();
      rejected = fit.rejects();
    }
    if (rejected)
      return told(disk, fmt::format("latencies of {} are not those of its table: chi-square {} above {} "
                                    "(thousandths), {} times running",
                                    verb.name, found, allowed, kLooks));
  }
  return std::nullopt;
}

std::optional<std::string> check_tail(const TimedDisk& disk, TimeTally& tally) {
  for (const DeviceVerb& verb : kDeviceVerbs) {
    const std::vector<Quantile> table = table_of(verb.latency(disk.said));
    const io::Duration p99_99 = table[table.size() - 2].at;
    if (p99_99 == table.back().at) continue;
    std::uint64_t slower = 0;
    measure_alone(disk.built, disk.seed, verb, kTailCount,
                  [&](io::Duration latency) { slower += latency > p99_99 ? 1U : 0U; });
    tally.latency_count += kTailCount;
    if (slower < kTailFewest || slower > kTailMost)
      return told(
          disk, fmt::format("p99.99 of {} is not {}: {} of {} were slower, where {} to {} can be", verb.name,
                            base::humane(p99_99), slower, kTailCount, kTailFewest, kTailMost));
  }
  return std::nullopt;
}

// The commands have the same latencies at every depth, as draws go by ordinal: at depth 1 they add up to the
// work there is. Shared by m = min(depth, channels) it takes sum/m at least, and at most one latency more
// (Graham, 1966: list scheduling). And always depth = throughput times time in the device, but for the ends.
std::optional<std::string> check_depth(const TimedDisk& given, TimeTally& tally) {
  TimedDisk disk = given;
  disk.built.limits = {};
  const Loop alone = run_loop(disk, kRead, 1, kLoopCount, 0);
  const std::uint64_t channels = disk.said.channels;
  for (const std::uint64_t depth : {std::uint64_t{1}, std::uint64_t{2}, std::max<std::uint64_t>(channels, 1),
                                    2 * channels, 4 * channels}) {
    const Loop loop = run_loop(disk, kRead, depth, kLoopCount, 0);
    ++tally.loop_count;
    const auto served = static_cast<std::int64_t>(std::min(depth, channels));
    const auto signed_depth = static_cast<std::int64_t>(depth);
    const io::Duration least = alone.took / served;
    const bool is_throughput = loop.took >= least && loop.took <= least + alone.longest;
    const bool is_little =
        loop.sum <= loop.took * signed_depth && loop.sum >= (loop.took - loop.longest) * signed_depth;
    if (!is_throughput || !is_little)
      return told(disk, fmt::format("{} reads at depth {} took {}, where {} latencies at a time are {}; time "
                                    "in the device adds up to {}",
                                    kLoopCount, depth, base::humane(loop.took), served, base::humane(least),
                                    base::humane(loop.sum)));
  }
  return std::nullopt;
}

std::optional<std::string> check_bandwidth(const TimedDisk& given, TimeTally& tally) {
  constexpr std::uint64_t kLarge = 64ULL << 20;
  constexpr std::uint64_t kLargeCount = 64;
  TimedDisk disk = given;
  disk.built.limits = {};
  for (const DeviceVerb* const verb : {&kRead, &kWrite}) {
    const std::uint64_t per_second =
        verb == &kRead ? disk.said.read.bytes_per_second.value : disk.said.write.bytes_per_second.value;
    if (per_second == 0) continue;
    const io::Duration latencies = run_loop(disk, *verb, 1, kLargeCount, 0).took;
    const Loop loop = run_loop(disk, *verb, disk.said.channels, kLargeCount, kLarge);
    ++tally.loop_count;
    // Each transfer is rounded down to a nanosecond.
    const io::Duration least =
        scaled(kLarge, kOneSecond, per_second) * static_cast<std::int64_t>(kLargeCount);
    if (loop.took < least || loop.took > least + latencies)
      return told(disk, fmt::format("{} {}s of 64 MiB took {}, where the bandwidth allows {} to {}",
                                    kLargeCount, verb->name, base::humane(loop.took), base::humane(least),
                                    base::humane(least + latencies)));
  }
  return std::nullopt;
}

// No prefix of a run has more than the credit and the rate give, and the whole of a run that asks for more
// gets all of it.
std::optional<std::string> check_limits(const TimedDisk& disk, TimeTally& tally) {
  const LimitSpec& limits = disk.said.limits;
  if (limits.operations_per_second == 0) return std::nullopt;
  const auto spent = [&](std::uint64_t count) {
    const std::uint64_t beyond = count > limits.operations_burst ? count - limits.operations_burst : 0;
    return scaled(beyond, kOneSecond, limits.operations_per_second);
  };
  std::optional<std::string> failure;
  const std::uint64_t depth = 4ULL * disk.said.channels;
  const Loop loop = run_loop(disk, kRead, depth, kLoopCount, 0, [&](std::uint64_t i, io::Instant done) {
    if (failure || done.time_since_epoch() >= spent(i + 1)) return;
    failure =
        told(disk, fmt::format("{} reads were done after {}, where {} a second and a credit of {} take {}",
                               i + 1, base::humane(done.time_since_epoch()), limits.operations_per_second,
                               limits.operations_burst, base::humane(spent(i + 1))));
  });
  ++tally.loop_count;
  if (failure) return failure;
  // Bound by the limit, or by the latencies.
  const io::Duration alone = run_loop(disk, kRead, 1, kLoopCount, 0).took;
  const io::Duration most = spent(kLoopCount) + alone / disk.said.channels + loop.longest;
  if (loop.took <= most) return std::nullopt;
  return told(disk, fmt::format("{} reads took {}, where the limit allows {}", kLoopCount,
                                base::humane(loop.took), base::humane(most)));
}

}  // namespace wallop::sim
