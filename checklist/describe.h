// SPDX-License-Identifier: Apache-2.0
// Words and figures of remarks.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "reports/result.h"

namespace wallop::checklist {

// Behind what is there already, with a semicolon; nothing where there is nothing to add.
inline void add_remark(reports::Verdict& verdict, std::string_view more) {
  if (!verdict.remark.empty() && !more.empty()) verdict.remark += "; ";
  verdict.remark += more;
}

// "6.77" of 677.
inline std::string hundredths(std::uint64_t value) {
  return fmt::format("{}.{:02}", value / 100, value % 100);
}

// Parts per thousand as "0.2 %".
inline std::string percent(std::uint64_t permille) {
  return fmt::format("{}.{} %", permille / 10, permille % 10);
}

}  // namespace wallop::checklist
