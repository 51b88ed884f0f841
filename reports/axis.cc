// SPDX-License-Identifier: Apache-2.0
// Ranges, ticks and the labels at the ends of lines.
#include "reports/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <tuple>

#include "reports/gnuplot.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

constexpr double kDecadeMax = 1e18;
constexpr double kLabelHeight = 15;  // Units of the SVG, of text at 12.

constexpr std::array kUnits{Unit{"s", 1'000'000'000}, Unit{"ms", 1'000'000}, Unit{"µs", 1'000},
                            Unit{"ns", 1}};

// The largest unit in which labels from `low` to `high` lie between 0.01 and 1,000; nothing where there is
// none.
std::optional<Unit> common_unit(double low, double high) {
  for (const Unit& unit : kUnits) {
    const auto size = static_cast<double>(unit.nanoseconds);
    if (low >= size / 100 && high >= size && high <= size * 1'000) return unit;
  }
  // There is nothing above seconds.
  return low >= static_cast<double>(kUnits[0].nanoseconds) / 100 ? std::optional(kUnits[0]) : std::nullopt;
}

// The largest unit of which `value` is at least one.
Unit own_unit(double value) {
  for (const Unit& unit : kUnits) {
    if (value >= static_cast<double>(unit.nanoseconds)) return unit;
  }
  return kUnits.back();
}

std::string label_of(double value, const Unit& unit) {
  return fmt::format("{:g}", value / static_cast<double>(unit.nanoseconds));
}

// 1, 2 and 5 times each power of ten in [low, high], where `steps` says which of the three.
std::vector<double> decade_ticks(double low, double high, const std::vector<int>& steps) {
  std::vector<double> ticks;
  for (double decade = 1; decade <= std::min(high, kDecadeMax); decade *= 10) {
    for (const int step : steps) {
      const double tick = decade * step;
      if (tick >= low && tick <= high) ticks.push_back(tick);
    }
  }
  return ticks;
}

// The largest power of ten that is no more than `value`, for a value of at least 1.
double decade_of(double value) {
  double decade = 1;
  while (decade * 10 <= value && decade < kDecadeMax) decade *= 10;
  return decade;
}

// The nearest of 1, 2, 5 times a power of ten at or above `value`, or at or below it.
double rounded_up(double value) {
  const double decade = decade_of(value);
  for (const int step : {1, 2, 5}) {
    if (decade * step >= value) return decade * step;
  }
  return decade * 10;
}

double rounded_down(double value) {
  const double decade = decade_of(value);
  for (const int step : {5, 2}) {
    if (decade * step <= value) return decade * step;
  }
  return decade;
}

// From zero to the first tick that is no less than `end`, in four to eight steps.
std::vector<double> even_ticks(double end) {
  const double step = rounded_up(std::max(end / 6, 1.0));
  std::vector<double> ticks;
  for (int i = 0; i <= 12; ++i) {
    ticks.push_back(step * i);
    if (ticks.back() >= end) break;
  }
  return ticks;
}

}  // namespace

double Axis::share(double value) const {
  const double inside = std::clamp(value, low, high);
  if (scale == Scale::linear) return (inside - low) / (high - low);
  return std::log(inside / low) / std::log(high / low);
}

Axis duration_axis(std::uint64_t lowest, std::uint64_t highest) {
  const double bottom = std::max(static_cast<double>(lowest), 1.0);
  const double top = std::max(static_cast<double>(highest), bottom);
  Axis axis;
  std::vector<double> ticks;
  if (top < 10 * bottom) {
    ticks = even_ticks(top);
    axis.high = ticks.back();
  } else {
    axis.scale = Scale::logarithmic;
    axis.low = rounded_down(bottom);
    axis.high = rounded_up(top * 1.05);
    const double decades = std::log10(axis.high / axis.low);
    ticks = decade_ticks(axis.low, axis.high,
                         decades <= 2.5   ? std::vector{1, 2, 5}
                         : decades <= 4.5 ? std::vector{1, 5}
                                          : std::vector{1});
  }
  const auto unit = common_unit(ticks.front() > 0 ? ticks.front() : bottom, axis.high);
  axis.unit = unit ? unit->name : "";
  for (const double tick : ticks) {
    const Unit own = unit.value_or(own_unit(tick));
    axis.ticks.push_back({tick, label_of(tick, own) + (unit ? "" : " " + std::string(own.name))});
  }
  return axis;
}

Axis run_axis(base::Duration end) {
  constexpr std::array kRunUnits{
      Unit{"h", 3'600'000'000'000}, Unit{"min", 60'000'000'000}, Unit{"s", 1'000'000'000},
      Unit{"ms", 1'000'000},        Unit{"µs", 1'000},           Unit{"ns", 1}};
  const auto length = static_cast<double>(std::max<std::int64_t>(end.count(), 1));
  const auto fits = [&](const Unit& unit) { return length >= 2 * static_cast<double>(unit.nanoseconds); };
  const auto found = std::find_if(kRunUnits.begin(), kRunUnits.end(), fits);
  const Unit unit = found == kRunUnits.end() ? kRunUnits.back() : *found;
  const auto size = static_cast<double>(unit.nanoseconds);
  Axis axis{.scale = Scale::linear, .low = 0, .high = length, .unit = std::string(unit.name), .ticks = {}};
  for (const double tick : even_ticks(length / size)) {
    if (tick * size <= length)
      axis.ticks.push_back({tick * size, label_of(tick * size, unit) + " " + std::string(unit.name)});
  }
  return axis;
}

double label_margin(const Axis& axis) {
  constexpr double kDigitWidth = 8;  // Mostly digits, and wide ones on some machines.
  constexpr double kGap = 12, kUsual = 60;
  std::size_t longest = 0;
  for (const Tick& tick : axis.ticks) longest = std::max(longest, letters_in(tick.label));
  return std::max(kUsual, static_cast<double>(longest) * kDigitWidth + kGap);
}

std::string axis_commands(std::string_view name, const Axis& axis) {
  std::string ticks;
  for (const Tick& tick : axis.ticks)
    ticks += fmt::format("{}{} {:.17g}", ticks.empty() ? "" : ", ", gnuplot_string(tick.label), tick.at);
  return fmt::format("{} logscale {}\nset {}range [{:.17g}:{:.17g}]\nset {}tics ({})\n",
                     axis.scale == Scale::logarithmic ? "set" : "unset", name, name, axis.low, axis.high,
                     name, ticks);
}

std::string end_label_commands(std::vector<EndLabel> labels, double plot_height, int first_tag) {
  const double gap = kLabelHeight / plot_height;
  std::sort(labels.begin(), labels.end(), [](const EndLabel& a, const EndLabel& b) {
    return std::tie(a.share, a.text) < std::tie(b.share, b.text);
  });
  for (std::size_t i = 1; i < labels.size(); ++i)
    labels[i].share = std::max(labels[i].share, labels[i - 1].share + gap);
  // What was pushed out at the top comes down again, and pushes the ones below.
  double ceiling = 1;
  for (std::size_t i = labels.size(); i > 0; --i) {
    labels[i - 1].share = std::min(labels[i - 1].share, ceiling);
    ceiling = labels[i - 1].share - gap;
  }
  std::string commands;
  for (const EndLabel& label : labels)
    commands += fmt::format("set label {} {} at graph 1.012, graph {:.4f} tc rgb {}\n", first_tag++,
                            gnuplot_string(label.text), label.share, label.colour);
  return commands;
}

}  // namespace wallop::reports
