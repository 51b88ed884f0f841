// SPDX-License-Identifier: Apache-2.0
// Words and figures for the reports.
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace wallop::reports {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD.

constexpr bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// The length of the well-formed UTF-8 sequence that `text` begins with (Unicode 15, table 3-7), 0 for none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF5 ? 0 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || text.size() < length) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_continuation))
    return 0;
  const unsigned second = at(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second >= 0xA0;
  const bool beyond = lead == 0xF4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
}

std::string_view without(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix ? text.substr(prefix.size()) : text;
}

std::string_view without_blanks(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string_view::npos ? "" : text.substr(begin);
}

struct UnitName {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array kUnits{UnitName{"ns", 1},    UnitName{"us", 1e3}, UnitName{"µs", 1e3},
                            UnitName{"ms", 1e6},  UnitName{"s", 1e9},  UnitName{"m", 6e10},
                            UnitName{"h", 3.6e12}};

}  // namespace

std::string printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0 || is_control(text.front())) {
      clean += kReplacement;
    } else {
      clean += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string clipped(std::string_view text, std::size_t length_max) {
  constexpr std::string_view kEllipsis = "…";
  std::string line = printable(text);
  std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  if (line.size() <= length_max) return line;
  std::size_t end = length_max - std::min(length_max, kEllipsis.size());
  while (end > 0 && is_continuation(line[end])) --end;
  return line.substr(0, end) + std::string(kEllipsis);
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", base::with_commas(count), noun, count == 1 ? "" : "s");
}

std::string counted_in_words(std::uint64_t count, std::string_view noun) {
  constexpr std::array kWords{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"};
  if (count >= kWords.size()) return counted(count, noun);
  return fmt::format("{} {}{}", kWords[count], noun, count < 2 ? "" : "s");
}

std::string margin(std::uint64_t used_permille) {
  if (used_permille <= 1'000) return fmt::format("{} %", (1'000 - used_permille + 5) / 10);
  return fmt::format("−{} %", (used_permille - 1'000 + 9) / 10);
}

std::string_view bare_limit(std::string_view limit) {
  for (const std::string_view sign : {"<=", "≤", "<"}) {
    if (without(limit, sign) != limit) return without_blanks(without(limit, sign));
  }
  return limit;
}

std::optional<base::Duration> duration_in(std::string_view limit) {
  limit = bare_limit(limit);
  double number = 0;
  const auto parsed = std::from_chars(limit.data(), limit.data() + limit.size(), number);
  if (parsed.ec != std::errc() || number < 0 || number > 1e9) return std::nullopt;
  const std::string_view unit =
      without_blanks(limit.substr(static_cast<std::size_t>(parsed.ptr - limit.data())));
  const auto known =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const UnitName& u) { return u.name == unit; });
  if (known == kUnits.end() || number * known->nanoseconds > 9e18) return std::nullopt;
  return base::Duration(static_cast<std::int64_t>(number * known->nanoseconds + 0.5));
}

std::string humane_instant(std::string_view rfc3339) {
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto number = [&](std::size_t from, std::size_t length) {
    std::size_t value = 0;
    const char* const begin = rfc3339.data() + from;
    const auto parsed = std::from_chars(begin, begin + length, value);
    return parsed.ptr == begin + length ? std::optional(value) : std::nullopt;
  };
  if (rfc3339.size() < 20 || rfc3339[4] != '-' || rfc3339[10] != 'T' || rfc3339.back() != 'Z')
    return std::string(rfc3339);
  const auto month = number(5, 2);
  const auto day = number(8, 2);
  if (!month || !day || *month < 1 || *month > kMonths.size()) return std::string(rfc3339);
  return fmt::format("{} {} {}, {} UTC", *day, kMonths[*month - 1], rfc3339.substr(0, 4),
                     rfc3339.substr(11, 5));
}

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::size_t letters_in(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  const std::string_view first = std::string_view(text).substr(0, text.find(' '));
  const bool plain = std::all_of(first.begin(), first.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || c == ',' || c == ':'; });
  if (plain) text = capitalized(std::move(text));
  if (std::string_view(".!?:;").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

std::string humane_duration(base::Duration value) {
  std::string text = base::humane(value);
  const auto micro = text.rfind("us");
  if (micro != std::string::npos) text.replace(micro, 2, "µs");
  return text;
}

std::string round_duration(base::Duration value) {
  if (value == base::Duration{}) return "0 s";
  std::string text = humane_duration(value);
  const auto blank = text.find(' ');
  if (text.find('.') > blank) return text;
  const auto digits = text.find_last_not_of('0', blank - 1);
  const auto end = text[digits] == '.' ? digits : digits + 1;
  return text.substr(0, end) + text.substr(blank);
}

}  // namespace wallop::reports
