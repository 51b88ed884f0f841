// SPDX-License-Identifier: Apache-2.0
// JSON that knows where it stood: a value tree in which every value and key has its line and column, for
// error messages that a user can act on. Comments are allowed; duplicate keys are not.
//
// nlohmann_json does the parsing and the printing (json.cc, the only file of this room that includes it); it
// keeps no positions on values and lets the last of duplicate keys win, hence the tree of our own.
// base/fields.h reads it into structs.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace wallop::base::json {

// Counted from 1; 0 where there is none. Columns count bytes.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  bool operator==(const Place&) const = default;
};

// One thing wrong with a document: where, what, and how to mend it.
struct Problem {
  Place place;
  std::string what;  // `unknown key "keep_byte" in /faults/0`
  std::string hint;  // `did you mean "keep_bytes"?`, "" where there is nothing to say.
};
using Problems = std::vector<Problem>;

// `file:9:7  what  hint`, one line.
[[nodiscard]] std::string describe(std::string_view file, const Problem& problem);

class Value;
struct Member;
using Array = std::vector<Value>;
using Object = std::vector<Member>;  // In the order of the document; keys are unique.

class Value {
 public:
  Value();
  Value(bool value);              // NOLINT(google-explicit-constructor): literals read well, here and below.
  Value(std::string value);       // NOLINT(google-explicit-constructor)
  Value(std::string_view value);  // NOLINT(google-explicit-constructor)
  Value(const char* value);       // NOLINT(google-explicit-constructor)
  Value(std::int64_t value);      // NOLINT(google-explicit-constructor)
  Value(std::uint64_t value);     // NOLINT(google-explicit-constructor)
  Value(int value);               // NOLINT(google-explicit-constructor)
  Value(double value);            // NOLINT(google-explicit-constructor)
  Value(Array value);             // NOLINT(google-explicit-constructor)
  Value(Object value);            // NOLINT(google-explicit-constructor)
  ~Value();
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;

  // Null where the value is of another kind. Integers: signed only where negative.
  template <class T>
  [[nodiscard]] const T* get() const {
    return std::get_if<T>(&data_);
  }
  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  // "an object", "a string", "a whole number"...
  [[nodiscard]] std::string_view kind_name() const;
  // The member of that name; null where this is no object or has none.
  [[nodiscard]] const Value* find(std::string_view key) const;

  // Appends a member; this becomes an object where it was null.
  Value& set(std::string_view key, Value value);
  // Appends an element; this becomes an array where it was null.
  Value& push(Value value);

  [[nodiscard]] Place place() const { return place_; }
  void set_place(Place place) { place_ = place; }

  // Values only: places do not count.
  bool operator==(const Value& other) const;

 private:
  friend struct Access;  // json.cc: the parser fills the tree in place.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object> data_;
  Place place_;
};

struct Member {
  std::string key;
  Place place;  // Of the key.
  Value value;
  bool operator==(const Member& other) const { return key == other.key && value == other.value; }
};

// Deeper documents are refused: nothing that this project reads nests further, and what walks a tree may then
// recurse.
inline constexpr std::size_t kDepthMax = 64;

// Never throws. The first problem ends the parse: after a syntax error the rest means nothing.
[[nodiscard]] std::expected<Value, Problem> parse(std::string_view text);

enum class Layout { compact, indented };
// Members in the order they were set; strings that are not UTF-8 get replacement characters.
[[nodiscard]] std::string to_text(const Value& value, Layout layout);

}  // namespace wallop::base::json
