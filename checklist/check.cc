// SPDX-License-Identifier: Apache-2.0
// The catalogue of checks, as data.
#include "checklist/check.h"

#include <algorithm>
#include <array>

namespace wallop::checklist {
namespace {

using enum Measurement;

constexpr std::array kCatalogue{
    Check{"hardware", facts, "", "The machine is what production runs on, and set up for it.",
          "CPU, kernel, file system, mount options, device, write cache, governor and steal are recorded "
          "with the "
          "result; what makes figures doubtful is a warning.",
          "Measure on the machine that production will use, undisturbed."},
    Check{"append.p99", load, "append.latency", "Appends are quick enough under the workload.",
          "Open-loop load: appends fall due at the profile's rate whether or not earlier ones have returned, "
          "and "
          "latency counts from the due time.",
          "See sync.p99 and disk first: an append waits for the disk where the policy says so. Else a lower "
          "rate, "
          "larger segments, or another sync policy."},
    Check{"sync.p99", sync, "sync.latency", "Syncs are quick enough at what the workload leaves unsynced.",
          "The log and a plain file take turns: the same bytes, written, then one timed sync. The plain file "
          "is "
          "written over, so that its sync is the device's floor.",
          "Where the floor is the cause: a drive with power-loss protection, or a higher limit. Else fewer "
          "bytes "
          "between syncs."},
    Check{"throughput", Measurement::throughput, "throughput.appends_per_second",
          "The log takes what the workload brings.",
          "The profile's writers append as fast as they can, under each sync policy in turn; the profile's "
          "own is "
          "judged.",
          "More writers to share a sync, larger batches, or another sync policy."},
    Check{"recovery", Measurement::recovery, "recovery.seconds_per_gb",
          "A restart after a crash is quick enough.",
          "The log ends without a close and is opened again, from the page cache (warm) and from the device "
          "(cold); "
          "the slower one is judged. A GB is 1e9 bytes.",
          "Delete segments sooner, so that less is scanned; where only cold is slow, a device that reads "
          "faster."},
    Check{
        "rotation.p99", Measurement::rotation, "rotation.latency",
        "An append that begins a new segment is hardly slower than another.",
        "One writer fills small segments; the appends that begin one are timed apart from the ordinary ones.",
        "Prepare segments ahead (spare_segments), or make segments larger."},
    Check{"cpu", none, "", "No function takes more than a fifth of the CPU time.",
          "not measured: this command has no profiler of its own",
          "perf record -g on the process that carries the log; look for a function above 20 %."},
    Check{"memory", load, "memory.growth_per_minute", "Memory does not grow under the load.",
          "Resident memory of this process, four times a second over the load; from the median of its second "
          "quarter "
          "to that of its last.",
          "heaptrack on a longer load shows who holds it."},
    Check{"disk", load, "disk.utilisation_percent", "The device has room for more than the workload.",
          "/proc/diskstats over the load, as iostat -x computes it.",
          "A faster device, a lower rate, or fewer and larger syncs."},
    Check{"monitoring", none, "", "Production can see the log's metrics.",
          "not measured: it concerns the service around the log",
          "Scrape the service once and find wal_append_duration_seconds."},
    Check{"alerts", none, "", "Somebody is told when the log is slow.",
          "not measured: it concerns the service around the log",
          "Have a rule on the p99 of wal_fsync_duration_seconds and let it fire once."},
    Check{"soak", none, "", "The log bears the load for a day and more.",
          "A load of 24 h or more in the profile is the evidence.",
          "Set load.duration to 24h in a profile of your own, run it, and keep the result."}};

}  // namespace

std::span<const Check> check_catalogue() {
  return kCatalogue;
}

const Check* find_check(std::string_view id) {
  const auto found = std::ranges::find(kCatalogue, id, &Check::id);
  return found == kCatalogue.end() ? nullptr : &*found;
}

}  // namespace wallop::checklist
