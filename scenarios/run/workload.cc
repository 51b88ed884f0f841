// SPDX-License-Identifier: Apache-2.0
// Sizes of values, and the arithmetic of a workload.
#include "scenarios/run/workload.h"

#include "base/ensure.h"

namespace wallop::scenarios {
namespace {

using Size = Bytes<0, kValueBytesMax>;

struct Quantiles {
  Size p50, p99;

  template <class Visitor>
  void fields(Visitor& v) {
    v("p50", p50, "Half of the values have at most so many bytes.", base::Need::required);
    v("p99", p99, "All but one in a hundred have at most so many, and none has more.", base::Need::required);
  }
};

// The eighth power of a share, both in parts per million.
std::uint64_t eighth_power(std::uint64_t parts) {
  constexpr int kSquarings = 3;
  for (int i = 0; i < kSquarings; ++i) parts = parts * parts / kMillion;
  return parts;
}

}  // namespace

std::uint64_t ValueBytes::at(std::uint64_t parts_per_million) const {
  constexpr std::uint64_t kHalf = 500'000;
  constexpr std::uint64_t kAlmostAll = 990'000;
  base::ensure(parts_per_million <= kMillion, "a quantile is at most a million parts per million");
  if (p50 == p99 || parts_per_million >= kAlmostAll) return p99;
  if (parts_per_million <= kHalf) return p50 / 2 + (p50 - p50 / 2) * parts_per_million / kHalf;
  const std::uint64_t share = (parts_per_million - kHalf) * kMillion / (kAlmostAll - kHalf);
  return p50 + (p99 - p50) * eighth_power(share) / kMillion;
}

void ValueBytes::read_json(const base::json::Value& from, ValueBytes& into, base::Reading& reading) {
  if (from.get<base::json::Object>() == nullptr) {
    Size size{into.p50};
    base::read(from, size, reading);
    into = {size.value, size.value};
    return;
  }
  Quantiles quantiles{{into.p50}, {into.p99}};
  base::read(from, quantiles, reading);
  if (quantiles.p50 > quantiles.p99) {
    return reading.problem(from.place(), "p50 is larger than p99", "exchange them");
  }
  into = {quantiles.p50.value, quantiles.p99.value};
}

base::json::Value ValueBytes::print_json(const ValueBytes& sizes) {
  if (sizes.p50 == sizes.p99) return base::json::Value(sizes.p50);
  return base::print(Quantiles{{sizes.p50}, {sizes.p99}});
}

base::json::Value ValueBytes::schema_json() {
  base::json::Value forms;
  forms.push(base::schema<Size>()).push(base::schema<Quantiles>());
  return base::json::Value().set("anyOf", std::move(forms));
}

std::optional<std::uint64_t> Workload::append_count() const {
  std::uint64_t sum = 0;
  for (const Writers& group : writers) {
    const auto& each = group.operations ? group.operations : operations;
    if (!each) return std::nullopt;
    sum += group.count.value * each->value;
  }
  return sum;
}

}  // namespace wallop::scenarios
