// SPDX-License-Identifier: Apache-2.0
// A metric expression against what a run measured. Integers throughout: a limit holds or not on every machine
// alike.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/ensure.h"
#include "base/units.h"
#include "scenarios/run/metric.h"
#include "scenarios/run/values.h"

namespace wallop::scenarios {
namespace {

// Parts per million of each quantile, by Statistic.
constexpr std::array<std::uint64_t, 6> kQuantiles{500'000, 900'000, 950'000, 990'000, 999'000, 999'900};

bool is_quantile(Statistic statistic) {
  return static_cast<std::size_t>(statistic) < kQuantiles.size();
}

std::uint64_t statistic_of(const base::Histogram& histogram, Statistic statistic) {
  if (is_quantile(statistic)) return histogram.quantile(kQuantiles[static_cast<std::size_t>(statistic)]);
  if (statistic == Statistic::max) return histogram.max();
  return statistic == Statistic::mean ? histogram.mean() : histogram.count();
}

bool holds(std::uint64_t observed, Comparison comparison, std::uint64_t limit) {
  switch (comparison) {
    case Comparison::less:
      return observed < limit;
    case Comparison::at_most:
      return observed <= limit;
    case Comparison::equal:
      return observed == limit;
    case Comparison::at_least:
      return observed >= limit;
    case Comparison::more:
      return observed > limit;
  }
  return false;
}

std::string_view sign_of(Comparison comparison) {
  constexpr std::array<std::string_view, 5> kSigns{"<", "<=", "==", ">=", ">"};
  return kSigns[static_cast<std::size_t>(comparison)];
}

// 1000 is at the limit, more is beyond it, whichever way the limit points. Nothing for an equation, nor where
// the divisor is zero.
std::optional<std::uint64_t> used_permille(std::uint64_t observed, Comparison comparison,
                                           std::uint64_t limit) {
  if (comparison == Comparison::equal) return std::nullopt;
  const bool upper = comparison == Comparison::less || comparison == Comparison::at_most;
  const std::uint64_t part = upper ? observed : limit;
  const std::uint64_t whole = upper ? limit : observed;
  if (whole == 0) return std::nullopt;
  __extension__ using Wide = unsigned __int128;
  const Wide used = static_cast<Wide>(part) * 1000 / whole;
  return static_cast<std::uint64_t>(std::min<Wide>(used, std::numeric_limits<std::uint64_t>::max()));
}

// Millionths as a decimal: exactly, without trailing zeros.
std::string exact_decimal(std::uint64_t millionths) {
  std::string text = fmt::format("{}.{:06}", millionths / kMillion, millionths % kMillion);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// To three significant digits at most, rounded down, for reading.
std::string short_decimal(std::uint64_t millionths) {
  std::uint64_t step = 1;
  while (millionths / step >= 1000) step *= 10;
  return exact_decimal(std::min(step, kMillion) * (millionths / std::min(step, kMillion)));
}

// "10ms" as it is read: "10 ms".
std::string spaced(std::string text) {
  text.insert(std::min(text.find_first_not_of("0123456789"), text.size()), " ");
  return text;
}

struct Printed {
  std::string observed, limit;
};

Printed printed(std::uint64_t observed, std::uint64_t limit, MetricUnit unit) {
  switch (unit) {
    case MetricUnit::duration: {
      const auto span = [](std::uint64_t count) { return base::Duration(static_cast<std::int64_t>(count)); };
      return {base::humane(span(observed)), spaced(base::to_text(span(limit)))};
    }
    case MetricUnit::bytes:
      return {base::humane_bytes(observed), spaced(base::to_text(base::ByteCount{limit}))};
    case MetricUnit::whole:
      return {base::with_commas(observed), base::with_commas(limit)};
    case MetricUnit::decimal:
      return {short_decimal(observed), exact_decimal(limit)};
  }
  return {};
}

reports::Verdict inconclusive(reports::Verdict verdict, std::string remark, std::string remedy) {
  verdict.status = reports::Status::inconclusive;
  verdict.remark = std::move(remark);
  verdict.remedy = std::move(remedy);
  return verdict;
}

// A count of samples is a number of nothing else.
std::string_view suffix_of(const MetricLimit& limit) {
  return limit.statistic == Statistic::count ? "" : limit.metric->suffix;
}

}  // namespace

std::uint64_t samples_needed(Statistic statistic) {
  constexpr std::uint64_t kBeyond = 10;
  if (statistic == Statistic::count) return 0;
  return is_quantile(statistic)
             ? kBeyond * kMillion / (kMillion - kQuantiles[static_cast<std::size_t>(statistic)])
             : 1;
}

reports::Verdict judge(const MetricLimit& limit, const MetricValues& values) {
  base::ensure(limit.metric != nullptr, "a metric limit was read before it is judged");
  const MetricUnit unit = limit.unit();
  reports::Verdict verdict;
  verdict.id = limit.text;
  verdict.limit = fmt::format("{} {}{}", sign_of(limit.comparison), printed(0, limit.limit, unit).limit,
                              suffix_of(limit));
  const auto found = values.find(limit.metric->id);
  if (found == values.end()) {
    return inconclusive(std::move(verdict), fmt::format("{} was not measured in this run", limit.metric->id),
                        "ask for what the workload does, or change the workload");
  }
  const auto* histogram = std::get_if<base::Histogram>(&found->second);
  base::ensure((histogram != nullptr) == limit.statistic.has_value(),
               "a distribution has a histogram, a figure a number");
  verdict.count = histogram != nullptr ? histogram->count() : 1;
  if (histogram != nullptr && verdict.count < samples_needed(*limit.statistic)) {
    return inconclusive(std::move(verdict),
                        fmt::format("{} samples, and {} needs {}", base::with_commas(verdict.count),
                                    statistic_names()[static_cast<std::size_t>(*limit.statistic)],
                                    base::with_commas(samples_needed(*limit.statistic))),
                        "run longer, or ask for a lower quantile");
  }
  const std::uint64_t observed = histogram != nullptr ? statistic_of(*histogram, *limit.statistic)
                                                      : std::get<std::uint64_t>(found->second);
  verdict.status =
      holds(observed, limit.comparison, limit.limit) ? reports::Status::pass : reports::Status::fail;
  verdict.observed = printed(observed, limit.limit, unit).observed + std::string(suffix_of(limit));
  verdict.used_permille = used_permille(observed, limit.comparison, limit.limit);
  return verdict;
}

}  // namespace wallop::scenarios
