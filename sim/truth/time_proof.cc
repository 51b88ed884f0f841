// SPDX-License-Identifier: Apache-2.0
// The disks that are measured, and what needs a world: a stall that all files feel, a host that none feels.
#include "sim/truth/time_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <vector>

#include "base/choices.h"
#include "base/ensure.h"
#include "base/fields.h"
#include "sim/truth/time_of_device.h"

namespace wallop::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::uint64_t kFileCount = 4;
// Of TimeSubject::stall.
constexpr io::Instant kStallBegin{milliseconds(100)}, kStallEnd{milliseconds(180)};
constexpr io::Instant kLingerEnd{milliseconds(50)};
constexpr io::Duration kRun = milliseconds(300);

faults::Plan stall_plan(const std::string& text, std::uint64_t seed) {
  faults::Fault fault;
  base::ensure(base::read_document(text, fault).empty(), "the fault that holds the device can be read");
  return faults::Plan({std::move(fault)}, seed);
}

// Writes a record and syncs it, again and again.
void write_and_sync(World& world, std::string_view path, io::Instant end) {
  auto file = world.io().files.open(path, {.create = true});
  base::ensure(file.has_value(), "a file can be made");
  const std::array<std::byte, 512> record{std::byte{1}};
  for (std::uint64_t offset = 0; world.scheduler().now() < end; offset += record.size()) {
    const bool done = (*file)->write_at(offset, record).has_value() && (*file)->sync().has_value();
    base::ensure(done, "no fault here fails an operation");
  }
}

// Syncs of one fibre, of those that ended.
struct SyncSpan {
  FibreId fibre;
  io::Instant begin, end;
};

std::vector<SyncSpan> syncs_of(const Entries& entries) {
  std::map<OpId, io::Instant> begun;
  std::vector<SyncSpan> syncs;
  for (const Entry& entry : entries) {
    const auto* begin = entry.get<OpBegin>();
    if (begin != nullptr && begin->verb == faults::Verb::sync) begun[begin->op] = entry.at;
    const auto* end = entry.get<OpEnd>();
    if (end != nullptr && end->verb == faults::Verb::sync)
      syncs.push_back({entry.fibre, begun.at(end->op), entry.at});
  }
  return syncs;
}

// When the fault struck first; nothing where it did not.
std::optional<io::Instant> struck_at(const Entries& entries) {
  const auto found =
      std::ranges::find_if(entries, [](const Entry& entry) { return entry.get<FaultFired>() != nullptr; });
  return found == entries.end() ? std::nullopt : std::optional(found->at);
}

std::optional<std::string> check_stall(const TimedDisk& disk, const TimeSubject& subject, TimeTally& tally) {
  World world({.model = find_model("ext4-ordered"),
               .disk = &disk.built,
               .seed = disk.seed,
               .plan = stall_plan(subject.stall, disk.seed)});
  world.run([&] {
    for (std::uint64_t i = 0; i < kFileCount; ++i) {
      world.scheduler().spawn(fmt::format("writer {}", i), [&world, i] {
        write_and_sync(world, fmt::format("f{}", i), io::Instant(kRun));
      });
    }
  });
  // It is felt from the first operation on that begins in it.
  const auto begin = struck_at(world.journal().entries());
  if (!begin || *begin < kStallBegin)
    return fmt::format("disk {}: the stall did not come in its time", disk.name);
  std::map<FibreId, std::uint64_t> felt;
  for (const SyncSpan& sync : syncs_of(world.journal().entries())) {
    if (sync.end > *begin && sync.end < kStallEnd)
      return fmt::format(
          "disk {}, seed {}: a sync of fibre {} ended at {}, while the device stalled until {}", disk.name,
          disk.seed, sync.fibre, base::humane(sync.end.time_since_epoch()),
          base::humane(kStallEnd.time_since_epoch()));
    if (sync.begin < kStallEnd && sync.end >= kStallEnd) ++felt[sync.fibre];
  }
  tally.felt_count += felt.size();
  const bool once = felt.size() == kFileCount &&
                    std::ranges::all_of(felt, [](const auto& fibre) { return fibre.second == 1; });
  if (once) return std::nullopt;
  return fmt::format("disk {}, seed {}: {} of {} files felt the stall, and not each of them once", disk.name,
                     disk.seed, felt.size(), kFileCount);
}

// All that a run could tell a host by.
struct Course {
  std::uint64_t journal_hash = 0;
  io::Instant end;
  bool operator==(const Course&) const = default;
};

// `linger` is called now and then between operations.
Course course_of(const TimedDisk& disk, const std::function<void(World&)>& linger) {
  World world({.model = find_model("ext4-ordered"),
               .disk = &disk.built,
               .processors = {.cpus = 2, .costs = typical_work_costs()},
               .seed = disk.seed});
  world.run([&] {
    for (std::uint64_t i = 0; i < kFileCount; ++i) {
      world.scheduler().spawn(fmt::format("writer {}", i),
                              [&world, i] { write_and_sync(world, fmt::format("f{}", i), kLingerEnd); });
    }
    world.scheduler().spawn("host", [&] {
      for (io::Instant at{}; at < kLingerEnd; at += milliseconds(5)) {
        world.io().clock.sleep_until(at);
        linger(world);
        world.io().clock.spend(io::Work::checksum, 1 << 20);
      }
    });
  });
  return {world.journal().hash(), world.scheduler().now()};
}

std::optional<std::string> check_host(const TimedDisk& disk, io::Clock& host, const TimeSubject& subject,
                                      TimeTally& tally) {
  const Course fast = course_of(disk, [](World&) {});
  const Course slow = course_of(disk, [&](World& world) {
    const io::Instant begin = host.now();
    host.sleep_until(begin + microseconds(200));
    subject.host_was_slow(world, host.now() - begin);
  });
  tally.run_count += 2;
  if (fast == slow) return std::nullopt;
  return fmt::format(
      "disk {}, seed {}: on a slow host the run ends after {} (journal {:016x}), else after {} "
      "({:016x})",
      disk.name, disk.seed, base::humane(slow.end.time_since_epoch()), slow.journal_hash,
      base::humane(fast.end.time_since_epoch()), fast.journal_hash);
}

// A shipped disk; from the second round on with other channels and limits.
TimedDisk disk_of(base::Draws& draws, std::uint64_t number, const TimeSubject& subject) {
  std::vector<std::string_view> names = disk_names();
  std::erase(names, "instant");
  TimedDisk disk;
  disk.name = names[number % names.size()];
  disk.said = *find_disk(disk.name);
  disk.seed = draws.bits(base::site_number("time_proof.seed"), number);
  if (number >= names.size()) {
    disk.name += " with other channels and limits";
    disk.said.channels =
        1 + static_cast<std::uint32_t>(draws.below(48, base::site_number("time_proof.channels"), number));
    disk.said.limits.operations_per_second =
        100 + draws.below(20'000, base::site_number("time_proof.rate"), number);
    disk.said.limits.operations_burst = draws.below(5'000, base::site_number("time_proof.burst"), number);
  }
  disk.built = subject.built(disk.said);
  return disk;
}

}  // namespace

Finding prove_time(const ProofRequest& request, io::Clock& host) {
  return prove_time(request, host, {});
}

Finding prove_time(const ProofRequest& request, io::Clock& host, const TimeSubject& subject) {
  base::Seeded draws(request.seed);
  TimeTally tally;
  std::optional<std::string> failure;
  for (std::uint64_t i = 0; !failure && (i < request.cases_min || request.goes_on()); ++i) {
    const TimedDisk disk = disk_of(draws, i, subject);
    ++tally.disk_count;
    for (const auto check : {check_latencies, check_tail, check_depth, check_bandwidth, check_limits}) {
      if (!failure) failure = check(disk, tally);
    }
    if (!failure) failure = check_stall(disk, subject, tally);
    if (!failure) failure = check_host(disk, host, subject, tally);
  }
  return {{{"disks", tally.disk_count},
           {"latencies held against their tables", tally.latency_count},
           {"closed loops at a depth, a bandwidth or a limit", tally.loop_count},
           {"files that felt a stall, each once", tally.felt_count},
           {"runs, half of them on a host that lingers", tally.run_count}},
          std::move(failure)};
}

}  // namespace wallop::sim
