// SPDX-License-Identifier: Apache-2.0
// The metric catalogue, and the reading of expressions against it. Judging stands in metric_judge.cc.
#include "scenarios/run/metric.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/suggest.h"
#include "base/units.h"
#include "scenarios/run/values.h"

namespace wallop::scenarios {
namespace {

using enum MetricShape;
using enum MetricUnit;

constexpr std::array kCatalogue{
    Metric{"append.latency", distribution, duration, "",
           "From the moment an append was due (with a rate) or called (without) to its return."},
    Metric{"disk.peak_bytes", figure, bytes, "", "The most of the disk that was in use at any time."},
    Metric{"disk.utilisation_percent", figure, decimal, "%",
           "Share of the time in which the device was busy."},
    Metric{"faults.fired", figure, whole, "", "How often faults of the plan fired, all kinds together."},
    Metric{"loss.bytes", figure, bytes, "",
           "Keys and values that append accepted and recovery did not find; after the worst end, where it "
           "restarts."},
    Metric{"loss.records", figure, whole, "",
           "Records that append accepted and recovery did not find; after the worst end, where it restarts."},
    Metric{"loss.time", figure, duration, "",
           "Time of work that is gone: from the oldest record that append accepted and recovery did not find "
           "to the newest one; after the worst end, where it restarts."},
    Metric{"memory.growth_per_minute", figure, bytes, "/min",
           "Growth of the process's resident memory under load. The checklist measures it, a scenario does "
           "not."},
    Metric{"records.acknowledged", figure, whole, "",
           "Records promised to last when the run or the crash ended it."},
    Metric{"records.recovered", figure, whole, "", "Records found by the recovery at the end."},
    Metric{"records.refused", figure, whole, "", "Records whose append returned an error."},
    Metric{"recovery.files", figure, whole, "",
           "Names in the log's directory after the last recovery and what was appended then."},
    Metric{"recovery.seconds_per_gb", figure, decimal, " s/GB", "Time of recovery over 1e9 bytes scanned."},
    Metric{"recovery.time", figure, duration, "",
           "From the engine's open to its return, after the crash or the close; the longest, where it "
           "restarts."},
    Metric{"rotation.latency", distribution, duration, "",
           "Latency of the appends that began a new segment."},
    Metric{"sync.latency", distribution, duration, "", "Of each sync that the engine asks of the world."},
    Metric{"throughput.appends_per_second", figure, whole, "/s",
           "Records acknowledged in a second of the run."},
    Metric{"throughput.bytes_per_second", figure, bytes, "/s",
           "Keys and values acknowledged in a second of the run."},
};
static_assert(std::ranges::is_sorted(kCatalogue, {}, &Metric::id));

constexpr std::array<std::string_view, 9> kStatistics{"p50",    "p90", "p95",  "p99",  "p99.9",
                                                      "p99.99", "max", "mean", "count"};
static_assert(kStatistics.size() == static_cast<std::size_t>(Statistic::count) + 1);

struct Sign {
  std::string_view text;
  Comparison comparison;
};
// The longer ones first: "<" begins "<=" too.
constexpr std::array kSigns{Sign{"<=", Comparison::at_most}, Sign{">=", Comparison::at_least},
                            Sign{"==", Comparison::equal}, Sign{"<", Comparison::less},
                            Sign{">", Comparison::more}};

constexpr std::string_view kBlanks = " \t";

// A part of the expression and where it stands in it.
struct Part {
  std::string_view text;
  std::size_t offset = 0;
};

Part trimmed(std::string_view whole, std::size_t begin, std::size_t end) {
  while (begin < end && kBlanks.find(whole[begin]) != std::string_view::npos) ++begin;
  while (end > begin && kBlanks.find(whole[end - 1]) != std::string_view::npos) --end;
  return {whole.substr(begin, end - begin), begin};
}

const Metric* find_metric(std::string_view id) {
  const auto found = std::ranges::find(kCatalogue, id, &Metric::id);
  return found == kCatalogue.end() ? nullptr : &*found;
}

// Everything that may stand left of a comparison.
std::vector<std::string> full_names() {
  std::vector<std::string> names;
  for (const Metric& metric : kCatalogue) {
    if (metric.shape == figure) names.emplace_back(metric.id);
    if (metric.shape == figure) continue;
    for (const std::string_view statistic : kStatistics)
      names.push_back(fmt::format("{}.{}", metric.id, statistic));
  }
  return names;
}

MetricError unknown_metric(const Part& name) {
  const std::vector<std::string> names = full_names();
  const std::vector<std::string_view> known(names.begin(), names.end());
  return {name.offset, fmt::format("unknown metric \"{}\"", name.text), base::did_you_mean(name.text, known)};
}

MetricError unknown_statistic(const Metric& metric, std::string_view statistic, std::size_t offset) {
  return {offset, fmt::format("unknown statistic \"{}\" of {}", statistic, metric.id),
          fmt::format("known: {}", fmt::join(kStatistics, ", "))};
}

// Fills metric and statistic from the left side.
std::optional<MetricError> read_name(const Part& name, MetricLimit& into) {
  into.metric = find_metric(name.text);
  if (into.metric != nullptr && into.metric->shape == figure) return std::nullopt;
  if (into.metric != nullptr) {
    return MetricError{
        name.offset + name.text.size(), fmt::format("{} is a distribution and needs a statistic", name.text),
        fmt::format("write \"{}.p99\" or another of {}", name.text, fmt::join(kStatistics, ", "))};
  }
  for (const Metric& metric : kCatalogue) {
    if (!name.text.starts_with(metric.id) || name.text.substr(metric.id.size()).front() != '.') continue;
    const std::string_view statistic = name.text.substr(metric.id.size() + 1);
    const std::size_t offset = name.offset + metric.id.size() + 1;
    if (metric.shape == figure) {
      return MetricError{offset,
                         fmt::format("{} is one figure and has no statistic \"{}\"", metric.id, statistic),
                         fmt::format("write \"{}\"", metric.id)};
    }
    const auto found = std::ranges::find(kStatistics, statistic);
    if (found == kStatistics.end()) return unknown_statistic(metric, statistic, offset);
    into.metric = &metric;
    into.statistic = static_cast<Statistic>(found - kStatistics.begin());
    return std::nullopt;
  }
  return unknown_metric(name);
}

// `text` as a number times `scale`, a power of ten; the digits behind the point must fit into it.
std::optional<std::uint64_t> decimal_of(std::string_view text, std::uint64_t scale) {
  std::uint64_t value = 0;
  std::uint64_t digit_value = scale;
  bool behind_point = false;
  if (text.empty() || text.front() == '.' || text.back() == '.') return std::nullopt;
  for (const char c : text) {
    if (c == '.' && !behind_point && scale > 1) {
      behind_point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    std::uint64_t shifted = value;
    if (behind_point) digit_value /= 10;
    if (digit_value == 0) return std::nullopt;
    if (!behind_point && __builtin_mul_overflow(value, std::uint64_t{10}, &shifted)) return std::nullopt;
    if (__builtin_add_overflow(shifted, digit * digit_value, &value)) return std::nullopt;
  }
  return value;
}

std::optional<std::uint64_t> value_of(std::string_view text, MetricUnit unit) {
  if (unit == whole) return decimal_of(text, 1);
  if (unit == decimal) return decimal_of(text, kMillion);
  if (unit == bytes) {
    const auto parsed = base::parse_bytes(text);
    return parsed ? std::optional(parsed->value) : std::nullopt;
  }
  const auto parsed = base::parse_duration(text);
  return parsed ? std::optional(static_cast<std::uint64_t>(parsed->count())) : std::nullopt;
}

MetricError wrong_value(std::string_view name, const Part& value, MetricUnit unit) {
  constexpr std::array<std::string_view, 4> kWhat{"a duration", "a number of bytes", "a whole number",
                                                  "a decimal number"};
  constexpr std::array<std::string_view, 4> kLike{"5ms", "4MiB", "7900", "0.5"};
  const auto index = static_cast<std::size_t>(unit);
  return {value.offset, fmt::format("{} is {}, and \"{}\" is none", name, kWhat[index], value.text),
          fmt::format("write one like \"{}\"", kLike[index])};
}

}  // namespace

std::span<const Metric> metric_catalogue() {
  return kCatalogue;
}

std::span<const std::string_view> statistic_names() {
  return kStatistics;
}

std::expected<MetricLimit, MetricError> parse_metric(std::string_view text) {
  const std::size_t at = std::min(text.find_first_of("<>="), text.size());
  const auto sign =
      std::ranges::find_if(kSigns, [&](const Sign& s) { return text.substr(at).starts_with(s.text); });
  if (sign == kSigns.end()) {
    return std::unexpected(MetricError{at, fmt::format("no comparison in \"{}\"", text),
                                       "write like \"append.latency.p99 < 100ms\", with <, <=, ==, >= or >"});
  }
  const Part name = trimmed(text, 0, at);
  const Part value = trimmed(text, at + sign->text.size(), text.size());
  MetricLimit limit;
  if (auto error = read_name(name, limit)) return std::unexpected(std::move(*error));
  const auto parsed = value_of(value.text, limit.unit());
  if (!parsed) return std::unexpected(wrong_value(name.text, value, limit.unit()));
  limit.comparison = sign->comparison;
  limit.limit = *parsed;
  limit.text = fmt::format("{} {} {}", name.text, sign->text, value.text);
  return limit;
}

void MetricLimit::read_json(const base::json::Value& from, MetricLimit& into, base::Reading& reading) {
  const auto* text = from.get<std::string>();
  if (text == nullptr)
    return reading.mismatch(from, "a metric expression like \"append.latency.p99 < 100ms\"");
  auto parsed = parse_metric(*text);
  if (parsed) {
    into = std::move(*parsed);
    return;
  }
  // Behind the opening quote. Off only where the text is written with escapes, which no metric needs.
  base::json::Place place = from.place();
  place.column += 1 + static_cast<std::uint32_t>(parsed.error().offset);
  reading.problem(place, std::move(parsed.error().what), std::move(parsed.error().hint));
}

base::json::Value MetricLimit::print_json(const MetricLimit& value) {
  return base::json::Value(value.text);
}

base::json::Value MetricLimit::schema_json() {
  return base::json::Value()
      .set("type", "string")
      .set("pattern", "^[a-z0-9_. \\t]+(<=|>=|==|<|>)[ \\t]*[0-9.]+[a-zA-Z]*[ \\t]*$");
}

}  // namespace wallop::scenarios
