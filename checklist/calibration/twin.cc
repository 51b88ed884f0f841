// SPDX-License-Identifier: Apache-2.0
// The checklist's measurements in either world, and the error between them.
#include "checklist/calibration/twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "checklist/measure.h"
#include "checklist/own_directory.h"

namespace wallop::checklist {
namespace {

constexpr std::uint64_t kTailSamples = 1'000;  // Ten beyond p99.

struct Policy {
  std::string_view name;
  scenarios::SyncPolicy policy;
  int percent;  // Of the time there is: where every append waits for the device, its tail needs most.
};

const std::array<Policy, 3>& policies() {
  static const std::array<Policy, 3> kPolicies{Policy{"always", {scenarios::AlwaysSync{}}, 35},
                                               Policy{"batch", {scenarios::BatchSync{}}, 12},
                                               Policy{"os", {scenarios::OsSync{}}, 8}};
  return kPolicies;
}

// For the length of `budget`.
Profile profile_for(io::Duration budget) {
  Profile profile;
  profile.name = "twin";
  profile.log.segment_bytes.emplace().value = 4 << 20;
  profile.load.writers.value = 4;
  profile.load.value_bytes.value = 1024;
  profile.throughput.bytes_max.value = 64 << 20;
  profile.throughput.time_max = budget / 30;
  profile.rotation.count.value = 2'000;
  profile.rotation.pause = std::chrono::milliseconds(2);
  profile.rotation.time_max = budget / 8;
  profile.recovery.sizes = {{64'000'000}};
  profile.recovery.repeat.value = 5;
  return profile;
}

class Observer {
 public:
  explicit Observer(const Observation& observation)
      : asked_(observation), profile_(profile_for(observation.budget)) {}

  io::Result<std::vector<Figure>> run() {
    for (const Policy& policy : policies()) {
      profile_.log.sync = policy.policy;
      profile_.load.duration = asked_.budget * policy.percent / 100;
      const bool waits = std::holds_alternative<scenarios::AlwaysSync>(policy.policy.kind);
      profile_.load.rate.per_second = waits ? asked_.synced_rate : kRateMax;
      auto load = measured("appends", measure_load);
      if (!load) return std::unexpected(std::move(load.error()));
      if (*load) add_quantiles("append", std::string(policy.name), (*load)->latency);
    }
    profile_.log.sync = scenarios::SyncPolicy{scenarios::BatchSync{}};
    auto throughput = measured("throughput", measure_throughput);
    if (!throughput) return std::unexpected(std::move(throughput.error()));
    if (*throughput) add_throughput(**throughput);
    auto rotation = measured("rotations", measure_rotation);
    if (!rotation) return std::unexpected(std::move(rotation.error()));
    if (*rotation) add_quantiles("rotation", "", (*rotation)->rotating);
    auto recovery = measured("recovery", measure_recovery);
    if (!recovery) return std::unexpected(std::move(recovery.error()));
    if (*recovery) add_recovery(**recovery);
    return std::move(figures_);
  }

 private:
  // In an empty directory. Nothing where an interrupt came before its end.
  template <class Measured>
  io::Result<std::optional<Measured>> measured(std::string_view what,
                                               io::Result<Measured> (*measure)(const Bench&)) {
    if (asked_.stop.interrupted()) return std::nullopt;
    asked_.step(what);
    const std::string directory = asked_.directory + "/log";
    if (io::Status made = asked_.machine.files.make_directory(directory); !made)
      return std::unexpected(std::move(made.error()));
    auto result = measure(Bench{asked_.machine, asked_.probes, profile_, directory, asked_.stop});
    if (io::Status removed = remove_tree(asked_.machine.files, directory); result && !removed)
      return std::unexpected(std::move(removed.error()));
    if (!result) return std::unexpected(std::move(result.error()));
    if (asked_.stop.interrupted()) return std::nullopt;
    return std::optional(std::move(*result));
  }

  void add_quantiles(std::string_view metric, const std::string& of, const base::Histogram& latency) {
    const std::string behind = of.empty() ? "" : " " + of;
    figures_.push_back({fmt::format("{}.p50{}", metric, behind), FigureKind::time, latency.quantile(500'000),
                        latency.count(), false});
    figures_.push_back({fmt::format("{}.p99{}", metric, behind), FigureKind::time, latency.quantile(990'000),
                        latency.count(), true});
  }
  // In the order of policies().
  void add_throughput(const ThroughputMeasured& throughput) {
    for (std::size_t i = 0; i < throughput.policies.size(); ++i) {
      const PolicyThroughput& turn = throughput.policies[i];
      figures_.push_back({fmt::format("throughput {}", policies()[i].name), FigureKind::appends_per_second,
                          rate(turn.records, std::chrono::seconds(1), turn.elapsed), turn.records, false});
    }
  }
  void add_recovery(const RecoveryMeasured& recovery) {
    for (const std::string_view label : {"warm", "cold"}) {
      base::Histogram per_gb;
      for (const reports::RecoveryPoint& point : recovery.points) {
        if (point.label == label && point.bytes != 0)
          per_gb.record(static_cast<std::uint64_t>(point.elapsed.count()) * 1'000 /
                        std::max<std::uint64_t>(point.bytes / 1'000'000, 1));
      }
      if (per_gb.count() > 0)
        figures_.push_back({fmt::format("recovery {}", label), FigureKind::time_per_gb,
                            per_gb.quantile(500'000), per_gb.count(), false});
    }
  }

  const Observation& asked_;
  Profile profile_;
  std::vector<Figure> figures_;
};

}  // namespace

io::Result<std::vector<Figure>> observe(const Observation& observation) {
  return Observer(observation).run();
}

bool Comparison::is_within() const {
  return static_cast<std::uint64_t>(std::abs(error_permille)) <= bound_permille;
}

std::vector<Comparison> compare(const std::vector<Figure>& predicted, const std::vector<Figure>& measured) {
  std::vector<Comparison> comparisons;
  for (const Figure& seen : measured) {
    const auto twin = std::ranges::find(predicted, seen.name, &Figure::name);
    if (twin == predicted.end()) continue;
    const auto told = static_cast<std::int64_t>(twin->value);
    const auto true_value = static_cast<std::int64_t>(std::max<std::uint64_t>(seen.value, 1));
    comparisons.push_back({.name = seen.name,
                           .kind = seen.kind,
                           .predicted = twin->value,
                           .measured = seen.value,
                           .error_permille = (told - true_value) * 1'000 / true_value,
                           .bound_permille = seen.is_tail ? kTailBoundPermille : kMedianBoundPermille,
                           .count = seen.count,
                           .is_justified = !seen.is_tail || seen.count >= kTailSamples});
  }
  return comparisons;
}

}  // namespace wallop::checklist
