// SPDX-License-Identifier: Apache-2.0
// Numbers of a scenario that carry their bounds in their type, so that reading checks them and the JSON
// Schema states them.
//
// A number of bytes may be written as a whole number where its key ends in `_bytes`, or with a unit ("4KiB").
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/fields.h"

namespace wallop::scenarios {

// Quantiles are in parts per million, decimals count millionths.
inline constexpr std::uint64_t kMillion = 1'000'000;

namespace detail {

// Adds a problem where `value` lies outside; true where it does not.
inline bool within_bounds(const base::json::Value& from, std::uint64_t value, std::uint64_t min,
                          std::uint64_t max, base::Reading& reading) {
  if (value >= min && value <= max) return true;
  reading.problem(from.place(), std::to_string(value) + " is out of range",
                  "between " + std::to_string(min) + " and " + std::to_string(max));
  return false;
}

inline base::json::Value bounded_schema(std::uint64_t min, std::uint64_t max) {
  return base::json::Value().set("type", "integer").set("minimum", min).set("maximum", max);
}

}  // namespace detail

// A whole number from kMin to kMax, both included.
template <std::uint64_t kMin, std::uint64_t kMax>
struct Count {
  std::uint64_t value = kMin;
  auto operator<=>(const Count&) const = default;

  static void read_json(const base::json::Value& from, Count& into, base::Reading& reading) {
    const auto* number = from.get<std::uint64_t>();
    if (number == nullptr && from.get<std::int64_t>() == nullptr)
      return reading.mismatch(from, "a whole number");
    if (number == nullptr) {
      reading.problem(from.place(), std::to_string(*from.get<std::int64_t>()) + " is out of range",
                      "between " + std::to_string(kMin) + " and " + std::to_string(kMax));
    } else if (detail::within_bounds(from, *number, kMin, kMax, reading)) {
      into.value = *number;
    }
  }
  static base::json::Value print_json(const Count& count) { return base::json::Value(count.value); }
  static base::json::Value schema_json() { return detail::bounded_schema(kMin, kMax); }
};

// A number of bytes from kMin to kMax: 4096 or "4KiB".
template <std::uint64_t kMin, std::uint64_t kMax>
struct Bytes {
  std::uint64_t value = kMin;
  auto operator<=>(const Bytes&) const = default;

  static void read_json(const base::json::Value& from, Bytes& into, base::Reading& reading) {
    if (from.get<std::string>() == nullptr) {
      Count<kMin, kMax> plain{into.value};
      base::read(from, plain, reading);
      into.value = plain.value;
      return;
    }
    base::ByteCount written{into.value};
    base::read(from, written, reading);
    if (detail::within_bounds(from, written.value, kMin, kMax, reading)) into.value = written.value;
  }
  static base::json::Value print_json(const Bytes& bytes) { return base::json::Value(bytes.value); }
  static base::json::Value schema_json() {
    base::json::Value forms;
    forms.push(detail::bounded_schema(kMin, kMax)).push(base::schema<base::ByteCount>());
    return base::json::Value().set("anyOf", std::move(forms));
  }
};

}  // namespace wallop::scenarios
