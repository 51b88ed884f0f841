// SPDX-License-Identifier: Apache-2.0
// Armed faults from the text in which they travel (wire.h). Header alone, as the preloaded library is made of
// little else.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "cli/fiu/wire.h"

namespace wallop::cli::libfiu {

struct ArmedFaults {
  std::array<Armed, kFaultsMax> faults{};
  std::size_t count = 0;
};

namespace detail {

// Takes the part before `mark`, or all, off the front of `text`.
constexpr std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = text.find(mark);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

inline bool read_number(std::string_view text, std::uint64_t& into) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), into);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

inline bool read_points(std::string_view names, Armed& into) {
  while (!names.empty()) {
    const std::size_t point = point_number(take_until(names, ','));
    if (point == kPoints.size()) return false;
    into.points[point] = true;
  }
  return true;
}

inline bool read_key(std::string_view key, std::string_view value, Armed& into) {
  if (key == "points") return read_points(value, into);
  std::uint64_t number = 0;
  if (!read_number(value, number)) return false;
  if (key == "errno") {
    into.os_error = static_cast<int>(number);
    return number > 0 && number < 4096;  // As the kernel bounds them (MAX_ERRNO).
  }
  for (const NumberKey& known : kNumberKeys) {
    if (known.name != key) continue;
    into.*known.number = number;
    return true;
  }
  return false;
}

}  // namespace detail

// False for what is no such text: nobody may believe in a fault that is not armed.
inline bool read_armed(std::string_view text, ArmedFaults& into) {
  while (!text.empty()) {
    std::string_view words = detail::take_until(text, ';');
    if (into.count == kFaultsMax) return false;
    Armed& fault = into.faults[into.count++];
    while (!words.empty()) {
      std::string_view value = detail::take_until(words, ' ');
      if (value.empty()) continue;
      const std::string_view key = detail::take_until(value, '=');
      if (!detail::read_key(key, value, fault)) return false;
    }
    if (fault.os_error == 0 || (fault.chance != 0 && fault.in == 0)) return false;
  }
  return into.count > 0;
}

}  // namespace wallop::cli::libfiu
