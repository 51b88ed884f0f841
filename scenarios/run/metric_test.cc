// SPDX-License-Identifier: Apache-2.0
// Metric expressions: what is misspelt is said where it stands, and no limit holds over nothing.
#include "scenarios/run/metric.h"

#include <catch2/catch.hpp>

namespace wallop::scenarios {
namespace {

using reports::Status;

struct Doc {
  std::vector<MetricLimit> metrics;
  template <class Visitor>
  void fields(Visitor& v) {
    v("metrics", metrics, "Limits.");
  }
};

// What is wrong with an expression whose first character stands in column 15.
std::string complaint(std::string_view expression) {
  Doc doc;
  const auto problems = base::read_document("{ \"metrics\": [\"" + std::string(expression) + "\"] }", doc);
  return problems.empty() ? "" : base::json::describe("f", problems.front());
}

reports::Verdict verdict(std::string_view expression, const MetricValues& values) {
  return judge(parse_metric(expression).value(), values);
}

// `count` samples of one millisecond each.
MetricValues appends(std::uint64_t count) {
  base::Histogram histogram;
  histogram.record(1'000'000, count);
  return {{"append.latency", histogram}};
}

TEST_CASE("each metric of the catalogue can be asked for, with every statistic where it is a distribution") {
  constexpr std::string_view kValues[] = {"5ms", "4MiB", "7900", "0.5"};
  for (const Metric& metric : metric_catalogue()) {
    INFO(metric.id);
    const std::string value(kValues[static_cast<std::size_t>(metric.unit)]);
    const bool figure = metric.shape == MetricShape::figure;
    REQUIRE(complaint(std::string(metric.id) + (figure ? "" : ".p99.9") + " <= " + value).empty());
  }
}

TEST_CASE("an expression keeps its parts, and its text is normal however it was spaced") {
  const MetricLimit limit = parse_metric("  append.latency.p99<100ms ").value();
  REQUIRE(limit.text == "append.latency.p99 < 100ms");
  REQUIRE(limit.metric->id == "append.latency");
  REQUIRE(limit.statistic == Statistic::p99);
  REQUIRE(limit.limit == 100'000'000);
  REQUIRE(parse_metric(limit.text).value().text == limit.text);
}

TEST_CASE("a decimal limit is kept in millionths, without a float") {
  REQUIRE(parse_metric("recovery.seconds_per_gb < 0.25").value().limit == 250'000);
  REQUIRE(parse_metric("recovery.seconds_per_gb < 12").value().limit == 12'000'000);
  REQUIRE(parse_metric("recovery.seconds_per_gb < 0.000001").value().limit == 1);
  for (const char* text :
       {"0.0000001", ".5", "1.", "1.2.3", "-1", "99999999999999999999", "18446744073709.6", ""})
    REQUIRE_FALSE(parse_metric("recovery.seconds_per_gb < " + std::string(text)).has_value());
}

TEST_CASE("a misspelt metric is named with the nearest one") {
  REQUIRE(complaint("append.latncy.p99 < 100ms") ==
          "f:1:16  unknown metric \"append.latncy.p99\" in /metrics/0  did you mean \"append.latency.p99\"?");
  REQUIRE(complaint("  loss.tme <= 10ms") ==
          "f:1:18  unknown metric \"loss.tme\" in /metrics/0  did you mean \"loss.time\"?");
}

TEST_CASE("a statistic that is missing, unknown or senseless is said where it stands") {
  REQUIRE(complaint("append.latency < 1ms") ==
          "f:1:30  append.latency is a distribution and needs a statistic in /metrics/0  write "
          "\"append.latency.p99\" or another of p50, p90, p95, p99, p99.9, p99.99, max, mean, count");
  REQUIRE(
      complaint("append.latency.p98 < 1ms") ==
      "f:1:31  unknown statistic \"p98\" of append.latency in /metrics/0  known: p50, p90, p95, p99, p99.9, "
      "p99.99, max, mean, count");
  REQUIRE(complaint("loss.time.p99 < 1ms") ==
          "f:1:26  loss.time is one figure and has no statistic \"p99\" in /metrics/0  write \"loss.time\"");
}

TEST_CASE("a value in the wrong unit says which unit the metric has") {
  REQUIRE(
      complaint("append.latency.p99 < 100") ==
      "f:1:37  append.latency.p99 is a duration, and \"100\" is none in /metrics/0  write one like \"5ms\"");
  REQUIRE(complaint("records.recovered == 100ms") ==
          "f:1:37  records.recovered is a whole number, and \"100ms\" is none in /metrics/0  write one like "
          "\"7900\"");
  REQUIRE(
      complaint("loss.bytes < 1.5") ==
      "f:1:29  loss.bytes is a number of bytes, and \"1.5\" is none in /metrics/0  write one like \"4MiB\"");
  REQUIRE(complaint("append.latency.count >= 5ms").find("is a whole number") != std::string::npos);
}

TEST_CASE("an expression without a comparison shows how to write one") {
  REQUIRE(complaint("append.latency.p99") ==
          "f:1:34  no comparison in \"append.latency.p99\" in /metrics/0  write like \"append.latency.p99 < "
          "100ms\", with <, <=, ==, >= or >");
  REQUIRE_FALSE(parse_metric("").has_value());
  REQUIRE_FALSE(parse_metric("<").has_value());
  REQUIRE_FALSE(parse_metric("append.latency.p99 = 1ms").has_value());
}

TEST_CASE("a comparison holds at its limit if and only if it says so") {
  const MetricValues ten{{"records.recovered", std::uint64_t{10}}};
  for (const char* sign : {"<=", "==", ">="})
    REQUIRE(verdict("records.recovered " + std::string(sign) + " 10", ten).status == Status::pass);
  for (const char* sign : {"<", ">"})
    REQUIRE(verdict("records.recovered " + std::string(sign) + " 10", ten).status == Status::fail);
}

TEST_CASE("a verdict shows what was observed, the limit, and how much of it is used") {
  const reports::Verdict found = verdict("append.latency.p99 < 4ms", appends(1'000));
  REQUIRE(found.status == Status::pass);
  REQUIRE(found.observed == "1.00 ms");
  REQUIRE(found.limit == "< 4 ms");
  REQUIRE(found.used_permille == 250);
  REQUIRE(found.count == 1'000);
}

TEST_CASE("a limit from below is used up as the figure falls") {
  const MetricValues slow{{"throughput.appends_per_second", std::uint64_t{4'000}}};
  const reports::Verdict found = verdict("throughput.appends_per_second >= 8000", slow);
  REQUIRE(found.status == Status::fail);
  REQUIRE(found.observed == "4,000/s");
  REQUIRE(found.limit == ">= 8,000/s");
  REQUIRE(found.used_permille == 2'000);
}

TEST_CASE("a decimal figure is printed to three digits and compared exactly") {
  const MetricValues measured{{"recovery.seconds_per_gb", std::uint64_t{123'456}}};
  const reports::Verdict found = verdict("recovery.seconds_per_gb < 0.123456", measured);
  REQUIRE(found.status == Status::fail);
  REQUIRE(found.observed == "0.123 s/GB");
  REQUIRE(found.limit == "< 0.123456 s/GB");
}

TEST_CASE("a quantile of too few samples is inconclusive, one sample more decides") {
  const reports::Verdict found = verdict("append.latency.p99 < 4ms", appends(999));
  REQUIRE(found.status == Status::inconclusive);
  REQUIRE(found.remark == "999 samples, and p99 needs 1,000");
  REQUIRE(verdict("append.latency.p99 < 4ms", appends(1'000)).status == Status::pass);
}

TEST_CASE("each quantile needs ten samples beyond it, and a count needs none") {
  REQUIRE(samples_needed(Statistic::p50) == 20);
  REQUIRE(samples_needed(Statistic::p95) == 200);
  REQUIRE(samples_needed(Statistic::p99_99) == 100'000);
  REQUIRE(samples_needed(Statistic::max) == 1);
  REQUIRE(verdict("append.latency.count == 0", appends(0)).status == Status::pass);
  REQUIRE(verdict("append.latency.max < 1s", appends(0)).status == Status::inconclusive);
}

TEST_CASE("what was not measured is inconclusive, never within its limit") {
  const reports::Verdict found = verdict("loss.records == 0", {});
  REQUIRE(found.status == Status::inconclusive);
  REQUIRE(found.remark == "loss.records was not measured in this run");
}

TEST_CASE("the share of a limit neither overflows nor divides by zero") {
  const MetricValues huge{{"loss.records", ~std::uint64_t{0}}};
  REQUIRE(verdict("loss.records <= 1", huge).used_permille == ~std::uint64_t{0});
  REQUIRE_FALSE(verdict("loss.records <= 0", huge).used_permille.has_value());
  REQUIRE_FALSE(verdict("loss.records == 0", huge).used_permille.has_value());
}

}  // namespace
}  // namespace wallop::scenarios
