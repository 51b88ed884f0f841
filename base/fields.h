// SPDX-License-Identifier: Apache-2.0
// One list of fields from which parsing, printing and JSON Schema follow.
//
// A struct that is read from JSON has one template:
//
//   struct Stall {
//     Duration span{};
//     template <class Visitor> void fields(Visitor& v) {
//       v("for", span, "How long nothing completes.", Need::required);
//     }
//   };
//
// read() fills it (unknown keys are problems with a suggestion; keys that are absent keep the struct's own
// default), print() gives a Value that reads back to the same struct, schema() a JSON Schema (draft 2020-12).
// An enum is named by a function that argument-dependent lookup finds:
//
//   constexpr auto enum_names(Model) { return std::array{EnumName{"prefix", Model::prefix}, ...}; }
//
// A type with a syntax of its own has three static members instead of fields(): `read_json(const Value&, T&,
// Reading&)`, `Value print_json(const T&)` and `Value schema_json()`.
#pragma once

#include <algorithm>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/suggest.h"
#include "base/units.h"

namespace wallop::base {

enum class Need { optional, required };

template <class E>
struct EnumName {
  std::string_view name;
  E value;
};

// What reading has found wrong so far, and where in the document it stands.
class Reading {
 public:
  explicit Reading(json::Problems& problems) : problems_(problems) {}

  void problem(json::Place place, std::string what, std::string hint = "") {
    problems_.push_back({place, std::move(what) + " in " + (path_.empty() ? "/" : path_), std::move(hint)});
  }
  // For a value of the wrong kind: "expected a string, found an object".
  void mismatch(const json::Value& value, std::string_view expected, std::string hint = "") {
    problem(value.place(), "expected " + std::string(expected) + ", found " + std::string(value.kind_name()),
            std::move(hint));
  }

  // Steps into a member or element while `body` runs.
  template <class Body>
  void within(std::string_view step, Body body) {
    const std::size_t length = path_.size();
    path_ += "/";
    path_ += step;
    body();
    path_.resize(length);
  }

 private:
  json::Problems& problems_;
  std::string path_;
};

template <class T>
concept HasSyntax =
    requires(const json::Value& from, T& into, Reading& reading) { T::read_json(from, into, reading); };

template <class T>
concept Named = std::is_enum_v<T> && requires(T value) { enum_names(value); };

template <class T>
void read(const json::Value& from, T& into, Reading& reading);
template <class T>
json::Value print(const T& value);
template <class T>
json::Value schema();

namespace detail {

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

// Reads an object's members as they are listed, then reports those that nobody listed.
class MemberReader {
 public:
  MemberReader(const json::Value& object, Reading& reading) : object_(object), reading_(reading) {}

  template <class T>
  void operator()(std::string_view name, T& member, std::string_view /*about*/, Need need = Need::optional) {
    known_.push_back(name);
    const json::Value* value = object_.find(name);
    if (value == nullptr) {
      if (need == Need::required)
        reading_.problem(object_.place(), "missing key \"" + std::string(name) + "\"");
      return;
    }
    reading_.within(name, [&] { read(*value, member, reading_); });
  }

  void report_unknown() {
    for (const json::Member& member : *object_.get<json::Object>()) {
      if (std::find(known_.begin(), known_.end(), member.key) != known_.end() || member.key == "$schema")
        continue;
      reading_.problem(member.place, "unknown key \"" + member.key + "\"", did_you_mean(member.key, known_));
    }
  }

 private:
  const json::Value& object_;
  Reading& reading_;
  std::vector<std::string_view> known_;
};

class MemberPrinter {
 public:
  template <class T>
  void operator()(std::string_view name, T& member, std::string_view /*about*/,
                  Need /*need*/ = Need::optional) {
    if constexpr (IsOptional<T>::value) {
      if (!member) return;
    }
    object.set(name, print(member));
  }
  json::Value object{json::Object{}};
};

class MemberSchema {
 public:
  template <class T>
  void operator()(std::string_view name, T& /*member*/, std::string_view about, Need need = Need::optional) {
    json::Value property = schema<T>();
    if (!about.empty()) property.set("description", about);
    properties.set(name, std::move(property));
    if (need == Need::required) required.push(name);
  }
  json::Value properties{json::Object{}};
  json::Value required{json::Array{}};
};

template <std::integral T>
void read_integer(const json::Value& from, T& into, Reading& reading) {
  const auto fits = [&](auto number) {
    if (!std::in_range<T>(number)) {
      return reading.problem(from.place(), std::to_string(number) + " is out of range",
                             "between " + std::to_string(std::numeric_limits<T>::min()) + " and " +
                                 std::to_string(std::numeric_limits<T>::max()));
    }
    into = static_cast<T>(number);
  };
  if (const auto* number = from.get<std::uint64_t>()) return fits(*number);
  if (const auto* number = from.get<std::int64_t>()) return fits(*number);
  reading.mismatch(from, "a whole number");
}

template <class T, class Parse>
void read_unit(const json::Value& from, T& into, Reading& reading, std::string_view expected, Parse parse) {
  const auto* text = from.get<std::string>();
  if (text == nullptr) return reading.mismatch(from, expected);
  if (auto parsed = parse(*text)) {
    into = *parsed;
  } else {
    reading.problem(from.place(), std::move(parsed.error().what), std::move(parsed.error().hint));
  }
}

template <Named E>
void read_enum(const json::Value& from, E& into, Reading& reading) {
  const auto names = enum_names(E{});
  std::vector<std::string_view> known;
  for (const auto& entry : names) known.push_back(entry.name);
  const auto* text = from.get<std::string>();
  if (text == nullptr) return reading.mismatch(from, "a string", did_you_mean("", known));
  for (const auto& entry : names) {
    if (entry.name == *text) {
      into = entry.value;
      return;
    }
  }
  reading.problem(from.place(), "unknown value \"" + *text + "\"", did_you_mean(*text, known));
}

template <class T>
void read_elements(const json::Value& from, std::vector<T>& into, Reading& reading) {
  const auto* elements = from.get<json::Array>();
  if (elements == nullptr) return reading.mismatch(from, "an array");
  into.clear();
  for (std::size_t i = 0; i < elements->size(); ++i) {
    T element{};
    reading.within(std::to_string(i), [&] { read((*elements)[i], element, reading); });
    into.push_back(std::move(element));
  }
}

inline json::Value typed(std::string_view type) {
  return json::Value().set("type", type);
}
inline json::Value text_like(std::string_view pattern) {
  return typed("string").set("pattern", pattern);
}

}  // namespace detail

// Fills `into` from `from`; what does not fit is added to `reading` and leaves the member as it was.
template <class T>
void read(const json::Value& from, T& into, Reading& reading) {
  if constexpr (HasSyntax<T>) {
    T::read_json(from, into, reading);
  } else if constexpr (std::same_as<T, bool>) {
    const bool* value = from.get<bool>();
    if (value == nullptr) return reading.mismatch(from, "true or false");
    into = *value;
  } else if constexpr (std::integral<T>) {
    detail::read_integer(from, into, reading);
  } else if constexpr (std::same_as<T, std::string>) {
    const auto* value = from.get<std::string>();
    if (value == nullptr) return reading.mismatch(from, "a string");
    into = *value;
  } else if constexpr (std::same_as<T, json::Value>) {
    into = from;
  } else if constexpr (std::same_as<T, Duration>) {
    detail::read_unit(from, into, reading, "a duration like \"5ms\"", parse_duration);
  } else if constexpr (std::same_as<T, ByteCount>) {
    detail::read_unit(from, into, reading, "a number of bytes like \"4MiB\"", parse_bytes);
  } else if constexpr (std::same_as<T, Ratio>) {
    detail::read_unit(from, into, reading, "a chance like \"1/1000\"", parse_ratio);
  } else if constexpr (std::same_as<T, Rate>) {
    detail::read_unit(from, into, reading, "a rate like \"1000/s\"", parse_rate);
  } else if constexpr (Named<T>) {
    detail::read_enum(from, into, reading);
  } else if constexpr (detail::IsOptional<T>::value) {
    typename T::value_type value{};
    read(from, value, reading);
    into = std::move(value);
  } else if constexpr (detail::IsVector<T>::value) {
    detail::read_elements(from, into, reading);
  } else {
    if (from.get<json::Object>() == nullptr) return reading.mismatch(from, "an object");
    detail::MemberReader reader(from, reading);
    into.fields(reader);
    reader.report_unknown();
  }
}

// A Value that reads back to the same. Absent optionals are left out.
template <class T>
json::Value print(const T& value) {
  if constexpr (HasSyntax<T>) {
    return T::print_json(value);
  } else if constexpr (std::same_as<T, bool> || std::same_as<T, std::string> ||
                       std::same_as<T, json::Value>) {
    return json::Value(value);
  } else if constexpr (std::signed_integral<T>) {
    return value < 0 ? json::Value(std::int64_t{value}) : json::Value(static_cast<std::uint64_t>(value));
  } else if constexpr (std::unsigned_integral<T>) {
    return json::Value(std::uint64_t{value});
  } else if constexpr (requires { to_text(value); }) {
    return json::Value(to_text(value));
  } else if constexpr (Named<T>) {
    for (const auto& entry : enum_names(value)) {
      if (entry.value == value) return json::Value(entry.name);
    }
    return json::Value();
  } else if constexpr (detail::IsOptional<T>::value) {
    return value ? print(*value) : json::Value();
  } else if constexpr (detail::IsVector<T>::value) {
    json::Value array{json::Array{}};
    for (const auto& element : value) array.push(print(element));
    return array;
  } else {
    detail::MemberPrinter printer;
    T copy = value;  // fields() serves reading too, so it takes a mutable object.
    copy.fields(printer);
    return std::move(printer.object);
  }
}

// The JSON Schema of T, without "$schema".
template <class T>
json::Value schema() {
  if constexpr (HasSyntax<T>) {
    return T::schema_json();
  } else if constexpr (std::same_as<T, bool>) {
    return detail::typed("boolean");
  } else if constexpr (std::integral<T>) {
    json::Value type = detail::typed("integer");
    if constexpr (std::unsigned_integral<T>) type.set("minimum", 0);
    return type;
  } else if constexpr (std::same_as<T, std::string>) {
    return detail::typed("string");
  } else if constexpr (std::same_as<T, json::Value>) {
    return json::Value(json::Object{});
  } else if constexpr (std::same_as<T, Duration>) {
    return detail::text_like("^([0-9]+(ns|us|ms|s|m|h|d))+$");
  } else if constexpr (std::same_as<T, ByteCount>) {
    return detail::text_like("^[0-9]+([KMGT]iB|[kMGT]?B)$");
  } else if constexpr (std::same_as<T, Ratio>) {
    return detail::text_like("^[0-9]+/[1-9][0-9]*$");
  } else if constexpr (std::same_as<T, Rate>) {
    return detail::text_like("^[0-9]+/s$");
  } else if constexpr (Named<T>) {
    json::Value names{json::Array{}};
    for (const auto& entry : enum_names(T{})) names.push(entry.name);
    return json::Value().set("enum", std::move(names));
  } else if constexpr (detail::IsOptional<T>::value) {
    return schema<typename T::value_type>();
  } else if constexpr (detail::IsVector<T>::value) {
    return detail::typed("array").set("items", schema<typename T::value_type>());
  } else {
    detail::MemberSchema members;
    T sample{};
    sample.fields(members);
    json::Value object = detail::typed("object").set("additionalProperties", false);
    object.set("properties", std::move(members.properties));
    if (!members.required.get<json::Array>()->empty()) object.set("required", std::move(members.required));
    return object;
  }
}

// Parses `text` and reads it into `into`; all problems found, none when it is whole.
template <class T>
[[nodiscard]] json::Problems read_document(std::string_view text, T& into) {
  auto parsed = json::parse(text);
  if (!parsed) return {std::move(parsed.error())};
  json::Problems problems;
  Reading reading(problems);
  read(*parsed, into, reading);
  return problems;
}

}  // namespace wallop::base
