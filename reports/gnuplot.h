// SPDX-License-Identifier: Apache-2.0
// Runs gnuplot. What comes back is its own SVG; svg.h makes it follow the page.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace wallop::reports {

// One row of a data block, a number a column. NaN is a gap: lines end there and begin again after it.
using Row = std::vector<double>;

// A drawing as gnuplot is told it. The commands come after the room's style (plot_style.gp) and name the
// blocks $d0, $d1, ... in the order of `data`.
struct Plot {
  std::uint32_t width = 480, height = 330;  // Units of the SVG.
  std::string commands;
  std::vector<std::vector<Row>> data;
};

// A text as a gnuplot string. In single quotes gnuplot substitutes nothing; in double quotes it would run
// what stands in backquotes.
[[nodiscard]] std::string gnuplot_string(std::string_view text);

// The SVG, or a sentence on why there is none: `program` is not there, does not run, or did not understand.
// `program` is a name on PATH or a path; it starts with its default settings and the C locale, so that
// neither the user's files nor their language change a byte.
[[nodiscard]] std::expected<std::string, std::string> run_gnuplot(const Plot& plot, std::string_view program);

}  // namespace wallop::reports
