// SPDX-License-Identifier: Apache-2.0
// Verdicts on what was measured. The limit itself is judged by scenarios/run/metric.h; here stand the figures
// that it needs, and the remarks that say what lies behind them.
#include "checklist/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ensure.h"
#include "base/units.h"
#include "checklist/check.h"
#include "checklist/describe.h"

namespace wallop::checklist {
namespace {

using reports::Status;
using reports::Verdict;
using scenarios::MetricValues;

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kLoadMax = 50;  // Hundredths: half of each CPU taken by others.
constexpr io::Duration kGrowthSpanMin = std::chrono::seconds(30);

io::Duration at(const base::Histogram& histogram, std::uint64_t parts_per_million) {
  return io::Duration(static_cast<std::int64_t>(histogram.quantile(parts_per_million)));
}

Verdict without_figure(Status status, std::string remark, std::string remedy) {
  Verdict verdict;
  verdict.status = status;
  verdict.remark = std::move(remark);
  verdict.remedy = std::move(remedy);
  return verdict;
}

Verdict against(const Item& item, const MetricValues& values) {
  base::ensure(item.expect.has_value(), "an item with a metric has a limit");
  return scenarios::judge(*item.expect, values);
}

// A measurement that an error stopped. A device that failed is a failure of the machine; everything else only
// says that nobody knows.
Verdict stopped(const io::Error& error) {
  const bool device =
      error.code == io::Code::io_error || error.code == io::Code::corrupt || error.code == io::Code::poisoned;
  return without_figure(device ? Status::fail : Status::inconclusive, io::describe(error),
                        device ? "Look at the kernel's log: the device failed under the load." : "");
}

Verdict append_verdict(const Profile& profile, const Item& item, const LoadMeasured& load) {
  Verdict verdict = against(item, {{"append.latency", load.latency}});
  const std::string workload = fmt::format("{} writers, {}/s each, {}", profile.load.writers.value,
                                           base::with_commas(profile.load.rate.per_second), load.policy);
  add_remark(verdict, workload);
  if (load.unanswered > 0) {
    add_remark(verdict,
               fmt::format("{} appends were still waiting at the end", base::with_commas(load.unanswered)));
  }
  return verdict;
}

Verdict sync_verdict(const Item& item, const SyncMeasured& sync, std::uint64_t dirty_bytes) {
  Verdict verdict = against(item, {{"sync.latency", sync.judged.log}});
  add_remark(verdict, base::to_text(base::ByteCount{dirty_bytes}) + " unsynced");
  add_remark(verdict, floor_remark(*item.expect, sync.judged));
  if (verdict.status == Status::inconclusive)
    verdict.remedy = "a larger sync.count or sync.time_max in the profile";
  return verdict;
}

Verdict throughput_verdict(const Profile& profile, const Item& item, const ThroughputMeasured& throughput) {
  MetricValues values;
  std::string others;
  std::uint64_t records = 0;
  std::string own;
  for (const PolicyThroughput& turn : throughput.policies) {
    const std::uint64_t per_second = rate(turn.records, std::chrono::seconds(1), turn.elapsed);
    if (turn.judged) {
      values.emplace("throughput.appends_per_second", per_second);
      own = fmt::format("{}, {} writers, {}/s", turn.policy, profile.load.writers.value,
                        base::humane_bytes(rate(turn.bytes, std::chrono::seconds(1), turn.elapsed)));
      records = turn.records;
    } else {
      others +=
          fmt::format("{}{} {}/s", others.empty() ? "" : ", ", turn.policy, base::with_commas(per_second));
    }
  }
  Verdict verdict = against(item, values);
  verdict.count = records;
  add_remark(verdict, own);
  add_remark(verdict, others);
  return verdict;
}

Verdict rotation_verdict(const Item& item, const RotationMeasured& rotation) {
  Verdict verdict = against(item, {{"rotation.latency", rotation.rotating}});
  if (rotation.ordinary.count() > 0 && rotation.rotating.count() > 0) {
    const io::Duration overhead = at(rotation.rotating, 500'000) - at(rotation.ordinary, 500'000);
    add_remark(verdict, fmt::format("overhead p50 {} over an ordinary append", base::humane(overhead)));
  }
  if (verdict.status == Status::inconclusive)
    verdict.remedy = "a larger rotation.count or rotation.time_max in the profile";
  return verdict;
}

// The middle one of the opens under `label` at the judged size; nothing where there is none.
struct Recovered {
  std::uint64_t millionths = 0;  // Of s/GB.
  std::uint64_t count = 0;
  reports::RecoveryPoint median;
};

std::optional<Recovered> recovered(const RecoveryMeasured& measured, std::string_view label) {
  std::vector<reports::RecoveryPoint> points;
  for (std::size_t i = measured.judged_from; i < measured.points.size(); ++i) {
    if (measured.points[i].label == label && measured.points[i].bytes > 0)
      points.push_back(measured.points[i]);
  }
  if (points.empty()) return std::nullopt;
  const auto seconds_per_gb = [](const reports::RecoveryPoint& point) {  // A nanosecond per byte is 1 s/GB.
    return rate(kMillion, point.elapsed, io::Duration(static_cast<std::int64_t>(point.bytes)));
  };
  std::ranges::sort(points, {}, seconds_per_gb);
  const reports::RecoveryPoint& median = points[points.size() / 2];
  return Recovered{seconds_per_gb(median), points.size(), median};
}

std::string split_of(const reports::RecoveryPoint& point) {
  const auto share = [&](io::Duration part) {
    return part.count() * 100 / std::max<std::int64_t>(point.elapsed.count(), 1);
  };
  return fmt::format("reading {} %, checksums {} % of it", share(point.read_time),
                     share(point.checksum_time));
}

Verdict recovery_verdict(const Item& item, const RecoveryMeasured& recovery) {
  const auto warm = recovered(recovery, "warm"), cold = recovered(recovery, "cold");
  if (!warm) return against(item, {});
  const bool judge_cold = cold && cold->millionths > warm->millionths;
  const Recovered& judged = judge_cold ? *cold : *warm;
  Verdict verdict = against(item, {{"recovery.seconds_per_gb", judged.millionths}});
  verdict.count = judged.count;
  add_remark(verdict, fmt::format("{}, {} after an unclean end", judge_cold ? "cold" : "warm",
                                  base::humane_bytes(judged.median.bytes)));
  if (cold) {
    add_remark(verdict, fmt::format("{} {} s/GB", judge_cold ? "warm" : "cold",
                                    hundredths((judge_cold ? *warm : *cold).millionths / 10'000)));
  } else {
    add_remark(verdict, "cold not measured: " + recovery.why_no_cold);
  }
  add_remark(verdict, split_of(judged.median));
  return verdict;
}

// The middle value of the samples after `begin` and up to `end`.
std::optional<MemorySample> median_between(const std::vector<MemorySample>& samples, io::Duration begin,
                                           io::Duration end) {
  std::vector<std::uint64_t> sizes;
  for (const MemorySample& sample : samples) {
    if (sample.at > begin && sample.at <= end) sizes.push_back(sample.resident_bytes);
  }
  if (sizes.empty()) return std::nullopt;
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::ranges::nth_element(sizes, middle);
  return MemorySample{(begin + end) / 2, *middle};
}

Verdict memory_verdict(const Item& item, const LoadMeasured& load) {
  if (load.memory.empty())
    return without_figure(Status::skip, "this machine does not tell a process its memory", "");
  const io::Duration span = load.memory.back().at;
  if (span < kGrowthSpanMin) {
    return without_figure(Status::inconclusive,
                          fmt::format("a load of {} is too short to see growth", base::humane(load.elapsed)),
                          "a load.duration of 60s or more");
  }
  const auto early = median_between(load.memory, span / 4, span / 2);
  const auto late = median_between(load.memory, span / 4 * 3, span);
  if (!early || !late) return against(item, {});
  const std::uint64_t growth = late->resident_bytes - std::min(early->resident_bytes, late->resident_bytes);
  const std::uint64_t per_minute = rate(growth, std::chrono::minutes(1), late->at - early->at);
  Verdict verdict = against(item, {{"memory.growth_per_minute", per_minute}});
  verdict.count = load.memory.size();
  add_remark(verdict, base::humane_bytes(late->resident_bytes) + " resident");
  return verdict;
}

Verdict disk_verdict(const Item& item, const LoadMeasured& load) {
  if (!load.disk) return without_figure(Status::skip, load.disk.error(), "");
  Verdict verdict = against(item, {{"disk.utilisation_percent", load.disk->busy_millionths}});
  add_remark(verdict,
             fmt::format("await {}, {} w/s, {}/s, other processes included", base::humane(load.disk->await),
                         base::with_commas(load.disk->writes_per_second),
                         base::humane_bytes(load.disk->write_bytes_per_second)));
  if (load.disk->flushes_per_second > 0) {
    add_remark(verdict,
               fmt::format("{} flushes/s of {} beside that", base::with_commas(load.disk->flushes_per_second),
                           base::humane(load.disk->flush_await)));
  }
  return verdict;
}

Verdict soak_verdict(const Check& check, const Profile& profile, const Measurements& measured) {
  const bool long_enough = profile.load.duration >= kSoakMin;
  if (!long_enough || !measured.load)
    return without_figure(Status::manual, "no evidence of a load over 24 h", std::string(check.remedy));
  if (!*measured.load) return stopped(measured.load->error());
  Verdict verdict = without_figure(Status::pass, "the load of this run", "");
  verdict.observed = base::humane((*measured.load)->elapsed);
  verdict.count = (*measured.load)->latency.count();
  return verdict;
}

// What makes figures of this machine doubtful.
std::vector<std::string> doubts(const Measurements& measured) {
  const MachineFacts& facts = measured.facts;
  std::vector<std::string> found;
  if (facts.file_system == "tmpfs" || facts.file_system == "ramfs")
    found.emplace_back("a file system in memory: nothing on it is durable");
  if (facts.mount_options.find("nobarrier") != std::string::npos ||
      facts.mount_options.find("barrier=0") != std::string::npos)
    found.emplace_back("mounted without barriers: a sync does not reach the device");
  if (!facts.governor.empty() && facts.governor != "performance")
    found.push_back(fmt::format("governor {}: the clock rate varies", facts.governor));
  const auto stolen = stolen_permille(measured);
  if (stolen && *stolen > 10)
    found.push_back(fmt::format("steal {}: other machines take CPU time", percent(*stolen)));
  if (facts.cpu_count > 0 && facts.load_hundredths > facts.cpu_count * kLoadMax) {
    found.push_back(fmt::format("load {} on {} CPUs in the minute before: other processes were at work",
                                hundredths(facts.load_hundredths), facts.cpu_count));
  }
  return found;
}

Verdict hardware_verdict(const Measurements& measured) {
  const std::vector<std::string> found = doubts(measured);
  Verdict verdict = without_figure(found.empty() ? Status::pass : Status::warn, "", "");
  verdict.observed = describe_device(measured.facts);
  for (const std::string& doubt : found) add_remark(verdict, doubt);
  if (found.empty()) add_remark(verdict, describe_machine(measured.facts));
  if (found.empty() && measured.facts.virtual_machine) add_remark(verdict, "virtual machine");
  return verdict;
}

// The verdict of a measurement that was made; what it was not says why.
template <class Measured, class Judge>
Verdict from(const Attempt<Measured>& attempt, Judge judge_it) {
  if (!attempt)
    return without_figure(Status::inconclusive, "interrupted before it was measured", "Run it to its end.");
  return *attempt ? judge_it(**attempt) : stopped(attempt->error());
}

Verdict judge_load(const Profile& profile, const Item& item, const LoadMeasured& load) {
  if (item.id == "append.p99") return append_verdict(profile, item, load);
  return item.id == "memory" ? memory_verdict(item, load) : disk_verdict(item, load);
}

Verdict judge_item(const Check& check, const Profile& profile, const Item& item,
                   const Measurements& measured) {
  switch (check.from) {
    case Measurement::facts:
      return hardware_verdict(measured);
    case Measurement::load:
      return from(measured.load, [&](const LoadMeasured& load) { return judge_load(profile, item, load); });
    case Measurement::sync:
      return from(measured.sync, [&](const SyncMeasured& sync) {
        return sync_verdict(item, sync, profile.sync.dirty_bytes.value);
      });
    case Measurement::throughput:
      return from(measured.throughput, [&](const ThroughputMeasured& throughput) {
        return throughput_verdict(profile, item, throughput);
      });
    case Measurement::rotation:
      return from(measured.rotation,
                  [&](const RotationMeasured& rotation) { return rotation_verdict(item, rotation); });
    case Measurement::recovery:
      return from(measured.recovery,
                  [&](const RecoveryMeasured& recovery) { return recovery_verdict(item, recovery); });
    case Measurement::none:
      break;
  }
  if (check.id == "soak") return soak_verdict(check, profile, measured);
  return without_figure(Status::skip, std::string(check.how), std::string(check.remedy));
}

}  // namespace

std::vector<Verdict> judge(const Profile& profile, const Measurements& measured) {
  std::vector<Verdict> verdicts;
  for (const Item& item : profile.items) {
    const Check* check = find_check(item.id);
    base::ensure(check != nullptr, "a profile lists known checks");
    Verdict verdict = judge_item(*check, profile, item, measured);
    verdict.id = item.id;
    if (verdict.status == Status::fail && item.severity == Severity::warn) verdict.status = Status::warn;
    const bool breached = verdict.status == Status::fail || verdict.status == Status::warn;
    if (breached && verdict.remedy.empty()) verdict.remedy = std::string(check->remedy);
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

std::string floor_remark(const scenarios::MetricLimit& limit, const SyncPair& pair) {
  const Verdict log = scenarios::judge(limit, {{"sync.latency", pair.log}});
  const Verdict floor = scenarios::judge(limit, {{"sync.latency", pair.floor}});
  if (floor.observed.empty()) return "";
  const std::string remark = "device floor " + floor.observed;
  if (log.status != Status::fail) return remark;
  if (floor.status == Status::fail) return remark + " -> the disk, not the log";
  const bool far_apart =
      floor.used_permille && log.used_permille && *floor.used_permille <= *log.used_permille / 2;
  return far_apart ? remark + " -> the log, not the disk" : remark;
}

}  // namespace wallop::checklist
