// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the known word nearest to an unknown one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wallop::base {

// The word with the smallest edit distance to `unknown` (insert, delete, replace, swap of neighbours), ""
// where none is near: at most a third of the letters may differ. The first of equals wins.
[[nodiscard]] std::string_view nearest(std::string_view unknown, std::span<const std::string_view> known);

// `did you mean "keep_bytes"?`, or the known words where none is near and there are at most eight, or "".
[[nodiscard]] std::string did_you_mean(std::string_view unknown, std::span<const std::string_view> known);

}  // namespace wallop::base
