// SPDX-License-Identifier: Apache-2.0
// Parsing and printing of quantities with units.
#include "base/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>

namespace wallop::base {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array kDurationUnits{Unit{"d", 86'400'000'000'000},
                                    Unit{"h", 3'600'000'000'000},
                                    Unit{"m", 60'000'000'000},
                                    Unit{"s", 1'000'000'000},
                                    Unit{"ms", 1'000'000},
                                    Unit{"us", 1'000},
                                    Unit{"ns", 1}};
// Binary units stand first: printing prefers them.
constexpr std::array kByteUnits{Unit{"TiB", 1ULL << 40},
                                Unit{"GiB", 1ULL << 30},
                                Unit{"MiB", 1ULL << 20},
                                Unit{"KiB", 1ULL << 10},
                                Unit{"TB", 1'000'000'000'000},
                                Unit{"GB", 1'000'000'000},
                                Unit{"MB", 1'000'000},
                                Unit{"kB", 1'000},
                                Unit{"B", 1}};

// Takes leading digits off `text`; nothing where there are none or the number does not fit.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// Takes the letters of a unit's name off `text`.
const Unit* take_unit(std::string_view& text, std::span<const Unit> units) {
  std::size_t length = 0;
  while (length < text.size() && (text[length] < '0' || text[length] > '9')) ++length;
  const std::string_view name = text.substr(0, length);
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    text.remove_prefix(length);
    return &unit;
  }
  return nullptr;
}

// value * factor + sum, or nothing where that does not fit `limit`.
std::optional<std::uint64_t> add_scaled(std::uint64_t sum, std::uint64_t value, std::uint64_t factor,
                                        std::uint64_t limit) {
  if (value > (limit - sum) / factor) return std::nullopt;
  return sum + value * factor;
}

std::string without_spaces(std::string_view text) {
  std::string tight;
  for (const char c : text) {
    if (c != ' ') tight += c;
  }
  return tight;
}

// "20 ms" is nearly right: say how to write it. Else show an example.
template <class Parse>
std::string hint_for(std::string_view text, std::string_view example, Parse parse) {
  const std::string tight = without_spaces(text);
  const bool nearly = tight.size() != text.size() && parse(tight).has_value();
  return fmt::format("write \"{}\"", nearly ? std::string_view(tight) : example);
}

std::optional<std::uint64_t> sum_of_parts(std::string_view text, std::span<const Unit> units,
                                          std::uint64_t limit) {
  std::uint64_t sum = 0;
  std::uint64_t previous_factor = std::numeric_limits<std::uint64_t>::max();
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto number = take_number(text);
    const Unit* unit = number ? take_unit(text, units) : nullptr;
    if (unit == nullptr || unit->factor >= previous_factor) return std::nullopt;
    const auto added = add_scaled(sum, *number, unit->factor, limit);
    if (!added) return std::nullopt;
    sum = *added;
    previous_factor = unit->factor;
  }
  return sum;
}

std::optional<std::uint64_t> duration_of(std::string_view text) {
  return sum_of_parts(text, kDurationUnits,
                      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

std::optional<std::uint64_t> bytes_of(std::string_view text) {
  const auto number = take_number(text);
  const Unit* unit = number ? take_unit(text, kByteUnits) : nullptr;
  if (unit == nullptr || !text.empty()) return std::nullopt;
  return add_scaled(0, *number, unit->factor, std::numeric_limits<std::uint64_t>::max());
}

std::optional<Ratio> ratio_of(std::string_view text) {
  const auto numerator = take_number(text);
  if (!numerator || text.empty() || text.front() != '/') return std::nullopt;
  text.remove_prefix(1);
  const auto denominator = take_number(text);
  if (!denominator || !text.empty() || *denominator == 0 || *numerator > *denominator) return std::nullopt;
  return Ratio{*numerator, *denominator};
}

std::optional<Rate> rate_of(std::string_view text) {
  const auto number = take_number(text);
  if (!number || text != "/s") return std::nullopt;
  return Rate{*number};
}

// The largest unit that divides the value.
std::string exact(std::uint64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) return fmt::format("{}{}", value / unit.factor, unit.name);
  }
  return fmt::format("0{}", units.back().name);
}

std::string three_digits(std::uint64_t value, std::uint64_t unit, std::string_view name) {
  const double scaled = static_cast<double>(value) / static_cast<double>(unit);
  const int decimals = scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  return fmt::format("{:.{}f} {}", scaled, decimals, name);
}

}  // namespace

std::expected<Duration, UnitError> parse_duration(std::string_view text) {
  if (const auto value = duration_of(text)) return Duration(static_cast<std::int64_t>(*value));
  return std::unexpected(
      UnitError{fmt::format("\"{}\" is no duration", text), hint_for(text, "5ms", duration_of)});
}

std::expected<ByteCount, UnitError> parse_bytes(std::string_view text) {
  if (const auto value = bytes_of(text)) return ByteCount{*value};
  return std::unexpected(
      UnitError{fmt::format("\"{}\" is no number of bytes", text), hint_for(text, "4MiB", bytes_of)});
}

std::expected<Ratio, UnitError> parse_ratio(std::string_view text) {
  if (const auto value = ratio_of(text)) return *value;
  return std::unexpected(UnitError{fmt::format("\"{}\" is no chance between 0/1 and 1/1", text),
                                   hint_for(text, "1/1000", ratio_of)});
}

std::expected<Rate, UnitError> parse_rate(std::string_view text) {
  if (const auto value = rate_of(text)) return *value;
  return std::unexpected(
      UnitError{fmt::format("\"{}\" is no rate", text), hint_for(text, "1000/s", rate_of)});
}

std::string to_text(Duration value) {
  if (value.count() < 0) return "-" + to_text(-value);
  return exact(static_cast<std::uint64_t>(value.count()), kDurationUnits);
}

std::string to_text(ByteCount value) {
  constexpr std::size_t kBinary = 4;
  const std::span<const Unit> binary(kByteUnits.data(), kBinary);
  for (const Unit& unit : binary) {
    if (value.value != 0 && value.value % unit.factor == 0) return exact(value.value, std::span(&unit, 1));
  }
  return fmt::format("{}B", value.value);
}

std::string to_text(Ratio value) {
  return fmt::format("{}/{}", value.numerator, value.denominator);
}

std::string to_text(Rate value) {
  return fmt::format("{}/s", value.per_second);
}

std::string humane(Duration value) {
  if (value.count() < 0) return "-" + humane(-value);
  const auto count = static_cast<std::uint64_t>(value.count());
  if (count < 1'000) return fmt::format("{} ns", count);
  if (count < 1'000'000) return three_digits(count, 1'000, "us");
  if (count < 1'000'000'000) return three_digits(count, 1'000'000, "ms");
  return three_digits(count, 1'000'000'000, "s");
}

std::string humane_bytes(std::uint64_t bytes) {
  if (bytes < 1'000) return fmt::format("{} B", bytes);
  if (bytes < 1'000'000) return three_digits(bytes, 1'000, "kB");
  if (bytes < 1'000'000'000) return three_digits(bytes, 1'000'000, "MB");
  return three_digits(bytes, 1'000'000'000, "GB");
}

std::string with_commas(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

}  // namespace wallop::base
