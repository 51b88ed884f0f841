// SPDX-License-Identifier: Apache-2.0
// The JSON form of a result. All but the distribution follows from the field lists of result.h.
#include "reports/result_json.h"

#include <fmt/format.h>

#include <optional>

namespace wallop::reports {
namespace {

using base::Histogram;
using base::Reading;
using base::json::Array;
using base::json::Problem;
using base::json::Problems;
using base::json::Value;

// What stands in the JSON of a distribution, so that reading and schema follow from one list too. `buckets`
// are pairs of numbers, which no struct of named fields can say.
struct Written {
  std::string metric, unit = "ns";
  std::uint64_t count = 0, min = 0, max = 0, sum = 0;
  Value buckets;

  template <class Visitor>
  void fields(Visitor& v) {
    v("metric", metric, "Whose latencies.", base::Need::required);
    v("unit", unit, "Always ns in this version.", base::Need::required);
    v("count", count, "Values recorded: the sum over the buckets.", base::Need::required);
    v("min", min, "Smallest value.", base::Need::required);
    v("max", max, "Largest value.", base::Need::required);
    v("sum", sum, "Of all values, modulo 2^64.", base::Need::required);
    v("buckets", buckets, "[smallest value of the bucket, how many], ascending.", base::Need::required);
  }
};

std::optional<Histogram::Bucket> read_bucket(const Value& from) {
  const auto* pair = from.get<Array>();
  if (pair == nullptr || pair->size() != 2) return std::nullopt;
  const auto* lowest = (*pair)[0].get<std::uint64_t>();
  const auto* count = (*pair)[1].get<std::uint64_t>();
  if (lowest == nullptr || count == nullptr || *count == 0) return std::nullopt;
  return Histogram::Bucket{*lowest, *count};
}

// The buckets in order, or the place of the first one that is none.
std::expected<std::vector<Histogram::Bucket>, base::json::Place> read_buckets(const Value& from) {
  const auto* elements = from.get<Array>();
  if (elements == nullptr) return std::unexpected(from.place());
  std::vector<Histogram::Bucket> buckets;
  for (const Value& element : *elements) {
    const auto bucket = read_bucket(element);
    const bool ascends = bucket && (buckets.empty() || bucket->lowest > buckets.back().lowest);
    if (!ascends) return std::unexpected(element.place());
    buckets.push_back(*bucket);
  }
  return buckets;
}

std::string compact(const Value& value) {
  return base::json::to_text(value, base::json::Layout::compact);
}

std::string line_each(const Array& elements) {
  std::string text = "[";
  for (const Value& element : elements) text += (text.size() > 1 ? ",\n" : "\n") + compact(element);
  return text + "]";
}

}  // namespace

void Distribution::read_json(const Value& from, Distribution& into, Reading& reading) {
  Written written;
  base::read(from, written, reading);
  if (from.find("buckets") == nullptr) return;  // Said by read().
  const auto buckets = read_buckets(written.buckets);
  if (!buckets) {
    return reading.problem(buckets.error(), "expected buckets [smallest value, count > 0] in ascending order",
                           "");
  }
  Histogram histogram = Histogram::rebuild(*buckets, written.min, written.max, written.sum);
  if (histogram.count() != written.count || written.min > written.max) {
    return reading.problem(from.place(), "count, min and max do not fit the buckets");
  }
  into = {std::move(written.metric), std::move(histogram)};
}

Value Distribution::print_json(const Distribution& value) {
  const Histogram& histogram = value.histogram;
  Value buckets{Array{}};
  for (const Histogram::Bucket& bucket : histogram.buckets()) {
    buckets.push(Value().push(bucket.lowest).push(bucket.count));
  }
  return base::print(Written{.metric = value.metric,
                             .count = histogram.count(),
                             .min = histogram.min(),
                             .max = histogram.max(),
                             .sum = histogram.sum(),
                             .buckets = std::move(buckets)});
}

Value Distribution::schema_json() {
  Value pair = base::schema<std::vector<std::uint64_t>>();
  pair.set("minItems", 2).set("maxItems", 2);
  Value buckets = Value().set("type", "array").set("items", std::move(pair));
  Value described{base::json::Object{}};
  const Value whole = base::schema<Written>();
  for (const base::json::Member& member : *whole.find("properties")->get<base::json::Object>()) {
    described.set(member.key, member.key == "buckets" ? buckets : member.value);
  }
  return Value()
      .set("type", "object")
      .set("additionalProperties", false)
      .set("properties", std::move(described))
      .set("required", *whole.find("required"));
}

std::string to_json(const Result& result) {
  const Value printed = base::print(result);
  std::string text = "{";
  for (const base::json::Member& member : *printed.get<base::json::Object>()) {
    text += fmt::format(
        "{}\n{}: {}", text.size() > 1 ? "," : "", compact(member.key),
        member.key == "scenarios" ? line_each(*member.value.get<Array>()) : compact(member.value));
  }
  return text + "\n}\n";
}

std::expected<Result, Problems> from_json(std::string_view text) {
  auto parsed = base::json::parse(text);
  if (!parsed) return std::unexpected(Problems{std::move(parsed.error())});
  if (const Value* version = parsed->find("version")) {
    const auto* number = version->get<std::uint64_t>();
    if (number != nullptr && *number != kResultVersion) {
      return std::unexpected(
          Problems{Problem{version->place(), "version " + std::to_string(*number) + " in /version",
                           "this Wallop reads version " + std::to_string(kResultVersion)}});
    }
  }
  Result result;
  Problems problems;
  Reading reading(problems);
  base::read(*parsed, result, reading);
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return result;
}

Value result_schema() {
  Value schema = Value().set("$schema", "https://json-schema.org/draft/2020-12/schema");
  schema.set("title", "Wallop result, version " + std::to_string(kResultVersion));
  const Value whole = base::schema<Result>();
  for (const base::json::Member& member : *whole.get<base::json::Object>())
    schema.set(member.key, member.value);
  return schema;
}

}  // namespace wallop::reports
