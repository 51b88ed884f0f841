// SPDX-License-Identifier: Apache-2.0
// An axis of a plot: its range, its ticks and what to write at them.
//
// Logarithmic wherever the values span more than a decade, else from zero. Ticks fall on 1, 2 and 5 times a
// power of ten.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace wallop::reports {

enum class Scale : std::uint8_t { linear, logarithmic };

struct Tick {
  double at;
  std::string label;
};

struct Axis {
  Scale scale = Scale::linear;
  double low = 0, high = 1;
  std::string unit;  // Of all labels: "ms"; "" where each has its own.
  std::vector<Tick> ticks;

  // Where `value` lies: 0 at the low end, 1 at the high end. Values outside are put at the nearer end.
  [[nodiscard]] double share(double value) const;
};

// For values from `lowest` to `highest` nanoseconds, both of them inside; zero counts as one nanosecond.
// Where no unit gives short labels from end to end, each label has its own: "100 ns" to "100 ms".
[[nodiscard]] Axis duration_axis(std::uint64_t lowest, std::uint64_t highest);
// Linear from zero to exactly `end`: how long a run took, in s, min or h with the unit at each tick.
[[nodiscard]] Axis run_axis(base::Duration end);

// What the labels of an upright axis take to the left of the plot, in units of the SVG. The same for all axes
// with labels of usual length, so that plots one below the other begin in line.
[[nodiscard]] double label_margin(const Axis& axis);

// The commands for gnuplot: range, scale and ticks of axis `name` ("x" or "y").
[[nodiscard]] std::string axis_commands(std::string_view name, const Axis& axis);

// A label to the right of the plot, at the end of its line.
struct EndLabel {
  double share = 0;  // Up the y axis.
  std::string text;
  std::string_view colour;  // A name of plot_style.gp.
};

// The commands that write the labels, moved up or down just far enough not to touch, for a plot so many units
// high. Label tags begin at `first_tag`.
[[nodiscard]] std::string end_label_commands(std::vector<EndLabel> labels, double plot_height, int first_tag);

}  // namespace wallop::reports
