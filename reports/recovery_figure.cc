// SPDX-License-Identifier: Apache-2.0
// Recovery time over bytes. Both axes are logarithmic, so that the line of 1 s/GB is straight and what lies
// above it is too slow at any size.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "reports/axis.h"
#include "reports/figure.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

constexpr double kPlotWidth = 360;  // The least: labels at the left may need more of it than usual.
constexpr double kTickWidth = 52;   // Units that "268 MB" and the gap to the next take.

// A second per 1e9 bytes is a nanosecond per byte.
double limit_at(double bytes) {
  return bytes;
}

double bytes_of(const RecoveryPoint& point) {
  return static_cast<double>(std::max<std::uint64_t>(point.bytes, 1));
}

double elapsed_of(const RecoveryPoint& point) {
  return static_cast<double>(std::max<std::int64_t>(point.elapsed.count(), 1));
}

// Both limits and all points inside, with room to every side. The ticks are the sizes measured.
Axis x_axis(const std::vector<RecoveryPoint>& points) {
  Axis axis{.scale = Scale::logarithmic,
            .low = bytes_of(points[0]),
            .high = bytes_of(points[0]),
            .unit = "",
            .ticks = {}};
  std::vector<std::uint64_t> sizes;
  for (const RecoveryPoint& point : points) {
    axis.low = std::min(axis.low, bytes_of(point));
    axis.high = std::max(axis.high, bytes_of(point));
    sizes.push_back(point.bytes);
  }
  const double room = axis.low == axis.high ? 3 : 1.2;
  axis.low /= room;
  axis.high *= room;
  std::sort(sizes.begin(), sizes.end());
  double taken = -1;
  for (const std::uint64_t size : sizes) {
    const double at = axis.share(static_cast<double>(size)) * kPlotWidth;
    if (taken >= 0 && at < taken + kTickWidth) continue;
    taken = at;
    axis.ticks.push_back({static_cast<double>(size), base::humane_bytes(size)});
  }
  return axis;
}

Axis y_axis(const std::vector<RecoveryPoint>& points, const Axis& x) {
  double low = limit_at(x.low), high = limit_at(x.high);
  for (const RecoveryPoint& point : points) {
    low = std::min(low, elapsed_of(point) / 1.5);
    high = std::max(high, elapsed_of(point));
  }
  // Ten times apart at least, for a logarithmic axis.
  return duration_axis(static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(std::max(high, low * 10)));
}

// By label ("cold" before "warm"), each by rising size.
std::map<std::string, std::vector<RecoveryPoint>> by_label(const std::vector<RecoveryPoint>& points) {
  std::map<std::string, std::vector<RecoveryPoint>> lines;
  for (const RecoveryPoint& point : points) lines[point.label].push_back(point);
  for (auto& [label, line] : lines) {
    std::sort(line.begin(), line.end(), [](const RecoveryPoint& a, const RecoveryPoint& b) {
      return std::tie(a.bytes, a.elapsed) < std::tie(b.bytes, b.elapsed);
    });
  }
  return lines;
}

Plot plot_of(const std::vector<RecoveryPoint>& points) {
  const Axis x = x_axis(points);
  const Axis y = y_axis(points, x);
  Plot plot{.width = 480, .height = 330, .commands = "", .data = {}};
  plot.data.push_back({{x.low, limit_at(x.low)}, {x.high, limit_at(x.high)}});
  std::string lines = "plot $d0 using 1:2 with lines ls 3";
  std::vector<EndLabel> names;
  for (const auto& [label, line] : by_label(points)) {
    std::vector<Row> rows;
    for (const RecoveryPoint& point : line) rows.push_back({bytes_of(point), elapsed_of(point)});
    const bool first = names.empty();
    lines += fmt::format(", $d{} using 1:2 with linespoints ls {} pt {} ps 0.6", plot.data.size(),
                         first ? 1 : 2, first ? 7 : 6);
    names.push_back({y.share(rows.back()[1]), label, "blue"});
    plot.data.push_back(std::move(rows));
  }
  // Where the line of the limit stands at two fifths of the width, its name ends above it.
  const double at = x.low * std::pow(x.high / x.low, 0.4);
  plot.commands =
      fmt::format(
          "set lmargin at screen {:.4f}; set rmargin at screen {:.4f}; set tmargin at screen 0.90; "
          "set bmargin at screen 0.115\n",
          label_margin(y) / 480, kHalfPlot.right / 480) +
      axis_commands("x", x) + axis_commands("y", y) +
      fmt::format("set label 1 {} at screen 0.0,0.955 tc rgb muted\n", gnuplot_string(y.unit)) +
      fmt::format("set label 2 'limit 1 s/GB' at graph 0.39,graph {:.4f} right tc rgb vermtext\n",
                  y.share(limit_at(at)) + 0.05) +
      end_label_commands(std::move(names), kHalfPlot.height, 10) + lines + "\n";
  return plot;
}

Table table_of(const std::vector<RecoveryPoint>& points) {
  Table table{.head = {"", "Bytes", "Time", "s/GB", "Reading", "Checksums"}, .rows = {}};
  for (const auto& [label, line] : by_label(points)) {
    for (const RecoveryPoint& point : line)
      table.rows.push_back({label, base::humane_bytes(point.bytes), humane_duration(point.elapsed),
                            seconds_per_gigabyte(point.elapsed, point.bytes),
                            humane_duration(point.read_time), humane_duration(point.checksum_time)});
  }
  return table;
}

// The slowest point against the limit.
std::string claim_of(const std::vector<RecoveryPoint>& points) {
  const auto pace = [](const RecoveryPoint& p) { return elapsed_of(p) / bytes_of(p); };
  const auto slowest = std::max_element(points.begin(), points.end(),
                                        [&](const auto& a, const auto& b) { return pace(a) < pace(b); });
  const bool inside = elapsed_of(*slowest) < limit_at(bytes_of(*slowest));
  return fmt::format("At most {} s/GB, {} the limit of 1 s/GB",
                     seconds_per_gigabyte(slowest->elapsed, slowest->bytes), inside ? "below" : "over");
}

std::string description_of(const std::vector<RecoveryPoint>& points) {
  std::string words = "Both axes are logarithmic.";
  std::size_t named = 0;
  for (const RecoveryPoint& point : points) {
    if (++named > 12) break;
    words += fmt::format(" {} {}: {}, {} s/GB.", capitalized(point.label), base::humane_bytes(point.bytes),
                         humane_duration(point.elapsed), seconds_per_gigabyte(point.elapsed, point.bytes));
  }
  return words;
}

}  // namespace

std::string seconds_per_gigabyte(Duration elapsed, std::uint64_t bytes) {
  if (bytes == 0) return "";
  const double pace = static_cast<double>(elapsed.count()) / static_cast<double>(bytes);
  return pace < 0.0095 ? fmt::format("{:.4f}", pace) : fmt::format("{:.2f}", pace);
}

std::optional<Figure> recovery_figure(const std::vector<RecoveryPoint>& points, std::string_view where) {
  if (points.empty()) return std::nullopt;
  return Figure{.caption = {"recovery-over-bytes", "Recovery time over bytes", description_of(points)},
                .claim = claim_of(points),
                .note = fmt::format("{}. GB is 10⁹ bytes; above the dotted line is too slow.", where),
                .plot = plot_of(points),
                .table = table_of(points)};
}

}  // namespace wallop::reports
