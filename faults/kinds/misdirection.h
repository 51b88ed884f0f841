// SPDX-License-Identifier: Apache-2.0
// Where a misdirected command goes: what misdirected_write and misdirected_read have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct Misdirection {
  std::optional<std::string> path;
  std::optional<base::ByteCount> forward, back;

  [[nodiscard]] Elsewhere place() const {
    const auto bytes = [](const std::optional<base::ByteCount>& count) {
      return static_cast<std::int64_t>(count ? count->value : 0);
    };
    return {.path = path.value_or(""), .shift = bytes(forward) - bytes(back)};
  }

  [[nodiscard]] std::vector<Flaw> flaws() const {
    constexpr std::uint64_t kShiftMax = std::uint64_t{1} << 62;
    if (forward && back) return {{"back", "it goes forward or back", "keep one of the two"}};
    const auto& shift = forward ? forward : back;
    if (!path && !shift) {
      return {{"forward", "neither \"path\" nor \"forward\" nor \"back\": it goes where it should",
               "add \"forward\": \"4KiB\""}};
    }
    if (!shift) return {};
    const std::string key = forward ? "forward" : "back";
    if (shift->value == 0 && !path) return {{key, "it goes where it should", "write \"4KiB\""}};
    if (shift->value > kShiftMax) return {{key, "no file is that long", "write \"4KiB\""}};
    return {};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("path", path, "Another file, by its path as the engine names it. Absent: the same one.");
    v("forward", forward, "So many bytes behind the offset that was asked for.");
    v("back", back, "So many bytes before it.");
  }
};

}  // namespace wallop::faults
