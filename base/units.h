// SPDX-License-Identifier: Apache-2.0
// Quantities as people write them ("5ms", "4MiB", "1/1000", "1000/s"), parsed to integers and printed back.
//
// Nothing here is a float: a quantity that is no whole number of nanoseconds or bytes is refused, not
// rounded.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace wallop::base {

using Duration = std::chrono::nanoseconds;

// A number of bytes that a user wrote with its unit.
struct ByteCount {
  std::uint64_t value = 0;
  auto operator<=>(const ByteCount&) const = default;
};

// A chance or a share, exactly: numerator of denominator, numerator <= denominator, denominator >= 1.
struct Ratio {
  std::uint64_t numerator = 0;
  std::uint64_t denominator = 1;
  bool operator==(const Ratio&) const = default;
};

// Events in a second. Zero means "as fast as possible" to those who allow it.
struct Rate {
  std::uint64_t per_second = 0;
  auto operator<=>(const Rate&) const = default;
};

// What was wrong with a text and how to write it: {"\"20 ms\" is no duration", "write \"20ms\""}.
struct UnitError {
  std::string what;
  std::string hint;
};

// A whole number and one of ns, us, ms, s, m, h, d; several may follow each other, largest first: "1h30m". At
// most 292 years.
[[nodiscard]] std::expected<Duration, UnitError> parse_duration(std::string_view text);
// A whole number and one of B, KiB, MiB, GiB, TiB, kB, MB, GB, TB.
[[nodiscard]] std::expected<ByteCount, UnitError> parse_bytes(std::string_view text);
// "1/1000", "0/1", "1/1".
[[nodiscard]] std::expected<Ratio, UnitError> parse_ratio(std::string_view text);
// "1000/s".
[[nodiscard]] std::expected<Rate, UnitError> parse_rate(std::string_view text);

// The shortest text that parses back to the same value: "5ms", "1500us", "4MiB", "1/1000", "1000/s".
[[nodiscard]] std::string to_text(Duration value);
[[nodiscard]] std::string to_text(ByteCount value);
[[nodiscard]] std::string to_text(Ratio value);
[[nodiscard]] std::string to_text(Rate value);

// For reading, three significant digits, not for parsing back: "1.84 ms", "268 MB" (decimal), "12,406".
[[nodiscard]] std::string humane(Duration value);
[[nodiscard]] std::string humane_bytes(std::uint64_t bytes);
[[nodiscard]] std::string with_commas(std::uint64_t number);

inline namespace literals {
constexpr std::uint64_t operator""_KiB(unsigned long long count) {
  return count << 10;
}
constexpr std::uint64_t operator""_MiB(unsigned long long count) {
  return count << 20;
}
constexpr std::uint64_t operator""_GiB(unsigned long long count) {
  return count << 30;
}
}  // namespace literals

}  // namespace wallop::base
