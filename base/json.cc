// SPDX-License-Identifier: Apache-2.0
// Positions from a parser that gives none: nlohmann's SAX events tell what was read, an iterator that counts
// tells how far the parser has come, and the start of each token is found by skipping blanks and comments
// from the end of the token before. (A number is the one token whose end the parser overshoots, by one
// character.)
#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace wallop::base::json {

struct Access {
  static auto& data(Value& value) { return value.data_; }
  static const auto& data(const Value& value) { return value.data_; }
};

namespace {

// Reads the text for nlohmann and counts what it has taken.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* taken) : at_(at), taken_(taken) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*taken_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* taken_;
};

// Where the reading stands, as an offset and as a place; only ever moves on.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  void move_to(std::size_t offset) {
    for (; offset_ < std::min(offset, text_.size()); ++offset_) {
      const bool newline = text_[offset_] == '\n';
      place_.line += newline ? 1 : 0;
      place_.column = newline ? 1 : place_.column + 1;
    }
  }

  // To the first character of the next token.
  void skip_to_token() {
    while (offset_ < text_.size()) {
      const std::string_view rest = text_.substr(offset_);
      if (rest.starts_with("//")) {
        move_to(offset_ + std::min(rest.find('\n'), rest.size()));
      } else if (rest.starts_with("/*")) {
        const std::size_t end = rest.find("*/", 2);
        move_to(end == std::string_view::npos ? text_.size() : offset_ + end + 2);
      } else if (std::string_view(" \t\r\n,:\xef\xbb\xbf").find(rest.front()) != std::string_view::npos) {
        move_to(offset_ + 1);
      } else {
        return;
      }
    }
  }

  void skip_number() {
    const std::size_t end = text_.find_first_not_of("0123456789+-.eE", offset_);
    move_to(end == std::string_view::npos ? text_.size() : end);
  }

  [[nodiscard]] Place place() const { return place_; }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  Place place_{1, 1};
};

// Text from the document may be anything: keep messages printable.
std::string printable(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      clean += c;
    } else {
      clean += fmt::format("\\x{:02x}", byte);
    }
  }
  return clean;
}

// nlohmann's sentence without its own name and position: "syntax error while parsing value - unexpected '}'".
std::string sentence_of(std::string_view message) {
  const std::size_t column = message.find("column ");
  if (column != std::string_view::npos) {
    const std::size_t colon = message.find(": ", column);
    if (colon != std::string_view::npos) message.remove_prefix(colon + 2);
  }
  return printable(message);
}

class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, const std::size_t* taken) : text_(text), taken_(taken), cursor_(text) {}

  bool null() override { return scalar(Value()); }
  bool boolean(bool value) override { return scalar(Value(value)); }
  bool string(string_t& value) override { return scalar(Value(std::move(value))); }
  bool binary(binary_t&) override { return fail(cursor_.place(), "binary data", ""); }
  bool number_unsigned(number_unsigned_t value) override { return number(Value(std::uint64_t{value})); }
  bool number_float(number_float_t value, const string_t&) override { return number(Value(value)); }
  bool number_integer(number_integer_t value) override { return number(Value(std::int64_t{value})); }

  bool start_object(std::size_t) override { return open(Value(Object{})); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Value(Array{})); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    cursor_.skip_to_token();
    const Place place = cursor_.place();
    cursor_.move_to(*taken_);
    auto& members = std::get<Object>(Access::data(*open_.back()));
    const auto same =
        std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.key == name; });
    if (same != members.end()) {
      return fail(place, fmt::format("duplicate key \"{}\"", printable(name)),
                  fmt::format("the first stands at line {}", same->place.line));
    }
    members.push_back({std::move(name), place, Value()});
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    Cursor at(text_);
    at.move_to(position == 0 ? 0 : position - 1);
    return fail(at.place(), text_.empty() ? "the file is empty" : sentence_of(error.what()), "");
  }

  Value root;
  Problem problem;

 private:
  bool fail(Place place, std::string what, std::string hint) {
    problem = {place, std::move(what), std::move(hint)};
    return false;
  }

  Value* put(Value value) {
    cursor_.skip_to_token();
    value.set_place(cursor_.place());
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    auto& parent = Access::data(*open_.back());
    if (auto* array = std::get_if<Array>(&parent)) return &array->emplace_back(std::move(value));
    Value& member = std::get<Object>(parent).back().value;
    member = std::move(value);
    return &member;
  }

  bool scalar(Value value) {
    put(std::move(value));
    cursor_.move_to(*taken_);
    return true;
  }

  bool number(Value value) {
    put(std::move(value));
    cursor_.skip_number();
    return true;
  }

  // The tree's nodes do not move while they are open: only the innermost container grows.
  bool open(Value container) {
    Value* opened = put(std::move(container));
    if (open_.size() == kDepthMax) {
      return fail(opened->place(), "nested too deeply", fmt::format("at most {} levels are read", kDepthMax));
    }
    open_.push_back(opened);
    cursor_.move_to(*taken_);
    return true;
  }

  bool close() {
    open_.pop_back();
    cursor_.move_to(*taken_);
    return true;
  }

  std::string_view text_;
  const std::size_t* taken_;
  Cursor cursor_;
  std::vector<Value*> open_;
};

using Out = nlohmann::ordered_json;

Out to_nlohmann(const Value& value);

struct ToNlohmann {
  Out operator()(std::monostate) const { return nullptr; }
  Out operator()(const Array& elements) const {
    Out out = Out::array();
    for (const Value& element : elements) out.push_back(to_nlohmann(element));
    return out;
  }
  Out operator()(const Object& members) const {
    Out out = Out::object();
    for (const Member& member : members) out[member.key] = to_nlohmann(member.value);
    return out;
  }
  template <class Scalar>
  Out operator()(const Scalar& scalar) const {
    return Out(scalar);
  }
};

// Recursive, and as deep as the tree: trees of ours are at most kDepthMax levels.
Out to_nlohmann(const Value& value) {
  return std::visit(ToNlohmann{}, Access::data(value));
}

}  // namespace

std::string describe(std::string_view file, const Problem& problem) {
  std::string line(file);
  if (problem.place.line != 0) line += fmt::format(":{}:{}", problem.place.line, problem.place.column);
  line += "  " + problem.what;
  if (!problem.hint.empty()) line += "  " + problem.hint;
  return line;
}

// The special members stand here, not in the class: there Member is still incomplete.
Value::Value() = default;
Value::Value(bool value) : data_(value) {}
Value::Value(std::string value) : data_(std::move(value)) {}
Value::Value(std::string_view value) : data_(std::string(value)) {}
Value::Value(const char* value) : data_(std::string(value)) {}
Value::Value(std::int64_t value) : data_(value) {}
Value::Value(std::uint64_t value) : data_(value) {}
Value::Value(int value) : data_(std::int64_t{value}) {}
Value::Value(double value) : data_(value) {}
Value::Value(Array value) : data_(std::move(value)) {}
Value::Value(Object value) : data_(std::move(value)) {}
Value::~Value() = default;
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;

std::string_view Value::kind_name() const {
  constexpr std::string_view kNames[] = {
      "null",     "true or false", "a whole number", "a whole number", "a number with a fraction",
      "a string", "an array",      "an object"};
  return kNames[data_.index()];
}

const Value* Value::find(std::string_view key) const {
  const auto* members = get<Object>();
  if (members == nullptr) return nullptr;
  const auto found =
      std::find_if(members->begin(), members->end(), [&](const Member& m) { return m.key == key; });
  return found == members->end() ? nullptr : &found->value;
}

Value& Value::set(std::string_view key, Value value) {
  if (is_null()) data_ = Object{};
  std::get<Object>(data_).push_back({std::string(key), {}, std::move(value)});
  return *this;
}

Value& Value::push(Value value) {
  if (is_null()) data_ = Array{};
  std::get<Array>(data_).push_back(std::move(value));
  return *this;
}

bool Value::operator==(const Value& other) const {
  return data_ == other.data_;
}

std::expected<Value, Problem> parse(std::string_view text) {
  std::size_t taken = 0;
  Builder builder(text, &taken);
  const CountingIterator begin(text.data(), &taken);
  const CountingIterator end(text.data() + text.size(), &taken);
  constexpr bool kStrict = true;
  constexpr bool kIgnoreComments = true;
  const bool whole = nlohmann::json::sax_parse(begin, end, &builder, nlohmann::json::input_format_t::json,
                                               kStrict, kIgnoreComments);
  if (!whole) return std::unexpected(std::move(builder.problem));
  return std::move(builder.root);
}

std::string to_text(const Value& value, Layout layout) {
  constexpr int kIndent = 2;
  return to_nlohmann(value).dump(layout == Layout::indented ? kIndent : -1, ' ', false,
                                 nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace wallop::base::json
