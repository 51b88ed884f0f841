// SPDX-License-Identifier: Apache-2.0
// In JSON one value or a list of them: "at": "10s" and "at": ["10s", "30s"].
#pragma once

#include <vector>

#include "base/fields.h"

namespace wallop::faults {

template <class T>
struct OneOrMany {
  std::vector<T> values;
  bool operator==(const OneOrMany&) const = default;

  static void read_json(const base::json::Value& from, OneOrMany& into, base::Reading& reading) {
    if (from.get<base::json::Array>() != nullptr) return base::read(from, into.values, reading);
    T one{};
    base::read(from, one, reading);
    into.values = {one};
  }
  static base::json::Value print_json(const OneOrMany& value) {
    return value.values.size() == 1 ? base::print(value.values.front()) : base::print(value.values);
  }
  static base::json::Value schema_json() {
    base::json::Value many = base::schema<std::vector<T>>();
    many.set("minItems", 1);
    base::json::Value forms{base::json::Array{}};
    forms.push(base::schema<T>()).push(std::move(many));
    return base::json::Value().set("anyOf", std::move(forms));
  }
};

}  // namespace wallop::faults
