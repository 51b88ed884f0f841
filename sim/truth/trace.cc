// SPDX-License-Identifier: Apache-2.0
// Traces from text and back: one table says which operation has which keys.
#include "sim/truth/trace.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/json.h"
#include "base/suggest.h"

namespace wallop::sim {
namespace {

using base::json::Member;
using base::json::Object;
using base::json::Value;
using Kind = TraceOp::Kind;

// Keys beside "op"; a key that starts with '?' may be left out.
struct Shape {
  std::string_view name;
  Kind kind;
  std::array<std::string_view, 4> keys;
};

constexpr std::array kShapes{
    Shape{"create", Kind::create, {"path"}},
    Shape{"mkdir", Kind::make_directory, {"path"}},
    Shape{"write", Kind::write, {"path", "offset", "bytes", "fill"}},
    Shape{"write_durable", Kind::write_durable, {"path", "offset", "bytes", "fill"}},
    Shape{"truncate", Kind::truncate, {"path", "bytes"}},
    Shape{"allocate", Kind::allocate, {"path", "offset", "bytes", "?keep_size"}},
    Shape{"sync", Kind::sync, {"path"}},
    Shape{"sync_all", Kind::sync_all, {"path"}},
    Shape{"sync_directory", Kind::sync_directory, {"path"}},
    Shape{"rename", Kind::rename, {"from", "to"}},
    Shape{"link", Kind::link, {"from", "to"}},
    Shape{"remove", Kind::remove, {"path"}},
};

// A trace is walked state by state: what is larger than this is none.
constexpr std::uint64_t kBytesMax = 1ULL << 20;       // Of a file.
constexpr std::uint64_t kBytesInAllMax = 4ULL << 20;  // Of all "bytes" together.
constexpr std::size_t kTraceOpMax = 4096;

// One line. The first thing that is wrong stands in `wrong`.
class LineReader {
 public:
  explicit LineReader(const Object& members) : members_(members) {}

  std::expected<TraceOp, std::string> read() {
    const Shape* shape = find_shape();
    if (shape == nullptr) return std::unexpected(wrong_);
    TraceOp op;
    op.kind = shape->kind;
    check_keys(*shape);
    for (const std::string_view key : shape->keys) {
      if (key.empty() || !wrong_.empty()) break;
      const bool is_optional = key.starts_with('?');
      take(op, key.substr(is_optional ? 1 : 0), is_optional);
    }
    if (!wrong_.empty()) return std::unexpected(wrong_);
    return op;
  }

 private:
  [[nodiscard]] const Value* find(std::string_view key) const {
    const auto member = std::ranges::find(members_, key, &Member::key);
    return member == members_.end() ? nullptr : &member->value;
  }

  const Shape* find_shape() {
    const Value* op = find("op");
    const std::string* name = op == nullptr ? nullptr : op->get<std::string>();
    std::array<std::string_view, kShapes.size()> names;
    std::ranges::transform(kShapes, names.begin(), &Shape::name);
    if (name == nullptr) {
      wrong_ = R"(it has no "op", like {"op": "create", "path": "a"})";
      return nullptr;
    }
    const auto shape = std::ranges::find(kShapes, *name, &Shape::name);
    if (shape != kShapes.end()) return &*shape;
    const std::string_view near = base::nearest(*name, names);
    wrong_ = fmt::format("unknown op \"{}\"  {}", *name,
                         near.empty() ? fmt::format("known: {}", fmt::join(names, ", "))
                                      : fmt::format("did you mean \"{}\"?", near));
    return nullptr;
  }

  void check_keys(const Shape& shape) {
    std::vector<std::string_view> known{"op"};
    for (const std::string_view key : shape.keys) {
      if (!key.empty()) known.push_back(key.substr(key.starts_with('?') ? 1 : 0));
    }
    for (const Member& member : members_) {
      if (std::ranges::find(known, member.key) != known.end()) continue;
      return wrong(fmt::format("\"{}\" has no key \"{}\"  {}", shape.name, member.key,
                               base::did_you_mean(member.key, known)));
    }
  }

  void take(TraceOp& op, std::string_view key, bool is_optional) {
    const Value* value = find(key);
    if (value == nullptr) {
      if (!is_optional) wrong(fmt::format("\"{}\" is missing", key));
    } else if (key == "path" || key == "from") {
      take_path(*value, key, op.path);
    } else if (key == "to") {
      take_path(*value, key, op.to);
    } else if (key == "offset") {
      take_bytes(*value, key, op.offset);
    } else if (key == "bytes") {
      take_bytes(*value, key, op.bytes);
    } else if (key == "fill") {
      take_fill(*value, op.fill);
    } else if (const bool* keeps = value->get<bool>()) {
      op.keep_size = *keeps;
    } else {
      wrong(fmt::format("\"{}\" is {}; it must be true or false", key, value->kind_name()));
    }
  }

  void take_path(const Value& value, std::string_view key, std::string& into) {
    const std::string* path = value.get<std::string>();
    if (path == nullptr || path->empty())
      return wrong(fmt::format("\"{}\" must be a path from the root, like \"d/a\"", key));
    into = *path;
  }

  void take_bytes(const Value& value, std::string_view key, std::uint64_t& into) {
    const auto* bytes = value.get<std::uint64_t>();
    if (bytes != nullptr && *bytes <= kBytesMax) {
      into = *bytes;
      return;
    }
    const auto* below_zero = value.get<std::int64_t>();
    wrong(fmt::format("\"{}\" is {}; it must be a whole number of bytes, 0 to {}", key,
                      bytes != nullptr        ? std::to_string(*bytes)
                      : below_zero != nullptr ? std::to_string(*below_zero)
                                              : std::string(value.kind_name()),
                      kBytesMax));
  }

  void take_fill(const Value& value, char& into) {
    const std::string* fill = value.get<std::string>();
    if (fill == nullptr || fill->size() != 1 || fill->front() <= ' ' || fill->front() > '~')
      return wrong("\"fill\" must be one printable character, like \"A\"");
    into = fill->front();
  }

  void wrong(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
  }

  const Object& members_;
  std::string wrong_;
};

std::expected<TraceOp, std::string> read_line(std::string_view line) {
  const auto parsed = base::json::parse(line);
  if (!parsed) {
    const base::json::Problem& problem = parsed.error();
    return std::unexpected(fmt::format("column {}: {}{}{}", problem.place.column, problem.what,
                                       problem.hint.empty() ? "" : "  ", problem.hint));
  }
  const auto* members = parsed->get<Object>();
  if (members == nullptr)
    return std::unexpected(fmt::format("it is {}; each line is one JSON object", parsed->kind_name()));
  return LineReader(*members).read();
}

// Without blanks at both ends, and a carriage return.
std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlanks) - begin + 1);
}

// What nobody can walk is said before anything is walked.
std::optional<std::string> too_long(std::size_t op_count, std::uint64_t bytes) {
  if (op_count > kTraceOpMax)
    return fmt::format("the trace has more than {} operations; a short one tells more", kTraceOpMax);
  if (bytes > kBytesInAllMax)
    return fmt::format("up to here the \"bytes\" of the trace come to {}; it may have {} in all", bytes,
                       kBytesInAllMax);
  return std::nullopt;
}

}  // namespace

std::expected<Trace, TraceProblem> read_trace(std::string_view text) {
  Trace trace;
  std::uint64_t number = 0, bytes = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    auto op = read_line(line);
    if (!op) return std::unexpected(TraceProblem{number, std::move(op.error())});
    op->line = number;
    bytes += op->bytes;
    trace.push_back(std::move(*op));
    if (const auto problem = too_long(trace.size(), bytes))
      return std::unexpected(TraceProblem{number, *problem});
  }
  return trace;
}

std::string to_text(const TraceOp& op) {
  const auto shape = std::ranges::find(kShapes, op.kind, &Shape::kind);
  Value object = Value().set("op", shape->name);
  for (std::string_view key : shape->keys) {
    if (key == "path" || key == "from") object.set(key, op.path);
    if (key == "to") object.set(key, op.to);
    if (key == "offset") object.set(key, op.offset);
    if (key == "bytes") object.set(key, op.bytes);
    if (key == "fill") object.set(key, std::string(1, op.fill));
    if (key == "?keep_size" && op.keep_size) object.set(key.substr(1), true);
  }
  return base::json::to_text(object, base::json::Layout::compact);
}

}  // namespace wallop::sim
