// SPDX-License-Identifier: Apache-2.0
// Errno: an error number that JSON writes by name, "EIO". Those that a file system call may return; what the
// seam never shows (EINTR is handled below it) too, as somebody else's engine may see it.
#pragma once

#include <string_view>

#include "base/fields.h"

namespace wallop::faults {

struct Errno {
  int value = 0;
  bool operator==(const Errno&) const = default;

  static void read_json(const base::json::Value& from, Errno& into, base::Reading& reading);
  static base::json::Value print_json(const Errno& error);
  static base::json::Value schema_json();
};

// "" for a number that has no name here.
[[nodiscard]] std::string_view errno_name(int value);

}  // namespace wallop::faults
