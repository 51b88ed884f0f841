// SPDX-License-Identifier: Apache-2.0
// Metric expressions: "append.latency.p99 < 100ms", parsed and checked before anything runs.
//
//   expression = name comparison value
//   name       = figure | distribution "." statistic        "loss.time", "append.latency.p99"
//   statistic  = p50 p90 p95 p99 p99.9 p99.99 max mean count
//   comparison = < <= == >= >
//   value      = "100ms" | "4MiB" | "7900" | "0.5"          as the metric's unit asks
//
// A metric that nobody measures is a mistake to be told, never a limit that holds: every name stands in the
// catalogue below, and a metric of the catalogue without a value in a run is inconclusive. A quantile of too
// few samples is inconclusive too. Scenarios and the checklist share this file.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/fields.h"
#include "base/histogram.h"
#include "reports/result.h"

namespace wallop::scenarios {

// What a metric's values are, in integers.
enum class MetricUnit : std::uint8_t {
  duration,  // Nanoseconds; written "5ms".
  bytes,     // Written "4MiB".
  whole,     // Written "7900".
  decimal,   // Millionths; written "0.5".
};

enum class MetricShape : std::uint8_t { distribution, figure };

struct Metric {
  std::string_view id;
  MetricShape shape = MetricShape::figure;
  MetricUnit unit = MetricUnit::whole;
  std::string_view suffix;  // Behind a printed number: "/s", "%"; "" where the unit prints itself.
  std::string_view about;
};

// By id.
[[nodiscard]] std::span<const Metric> metric_catalogue();
// What can be asked of a distribution: "p50", ..., "count".
[[nodiscard]] std::span<const std::string_view> statistic_names();

enum class Statistic : std::uint8_t { p50, p90, p95, p99, p99_9, p99_99, max, mean, count };
enum class Comparison : std::uint8_t { less, at_most, equal, at_least, more };

// One expression, checked.
struct MetricLimit {
  std::string text;                    // With one space on each side of the comparison.
  const Metric* metric = nullptr;      // In the catalogue; null only before anything was read.
  std::optional<Statistic> statistic;  // Of a distribution.
  Comparison comparison = Comparison::less;
  std::uint64_t limit = 0;  // In the metric's unit; a number of samples where the statistic is count.

  // What `limit` counts in.
  [[nodiscard]] MetricUnit unit() const {
    return statistic == Statistic::count ? MetricUnit::whole : metric->unit;
  }

  static void read_json(const base::json::Value& from, MetricLimit& into, base::Reading& reading);
  static base::json::Value print_json(const MetricLimit& value);
  static base::json::Value schema_json();
};

// What is wrong with an expression, and at which of its bytes.
struct MetricError {
  std::size_t offset = 0;
  std::string what;
  std::string hint;
};

[[nodiscard]] std::expected<MetricLimit, MetricError> parse_metric(std::string_view text);

// What a run measured, by metric id: a histogram for a distribution, a number in the metric's unit for a
// figure.
using MetricValue = std::variant<base::Histogram, std::uint64_t>;
using MetricValues = std::map<std::string, MetricValue, std::less<>>;

// How many samples the statistic needs to mean anything: ten beyond the quantile, so 1,000 for p99.
[[nodiscard]] std::uint64_t samples_needed(Statistic statistic);

// PASS, FAIL, or INCONCLUSIVE where nothing, or too little, was measured. The id is the expression's text.
[[nodiscard]] reports::Verdict judge(const MetricLimit& limit, const MetricValues& values);

}  // namespace wallop::scenarios
