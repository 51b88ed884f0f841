// SPDX-License-Identifier: Apache-2.0
// The figures of the report: from plain result data to what gnuplot is told, with the words that stand
// around it. Nothing here draws; html.cc runs gnuplot and says where it could not.
//
// A figure's claim and description are made from its own numbers and say no more than they do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/gnuplot.h"
#include "reports/result.h"
#include "reports/svg.h"

namespace wallop::reports {

// The figures of a plot for those who cannot see it, and for copying. The first column is a name or a place,
// the others are numbers.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

struct Figure {
  Caption caption;
  std::string claim;  // What it shows, in one line: "Append p99 is 1.84 ms, 82 % under its limit".
  std::string note;   // Where it comes from: "Real disk; n 120,000."
  Plot plot;
  Table table;
};

// Latencies that belong together: of the checklist, or of one scenario.
struct Measured {
  std::string id;     // Prefix of the figure's id: "disk", "sim".
  std::string where;  // "Real disk", "Simulated: slow/stalling-disk, disk nvme-consumer, seed 1".
  const std::vector<Distribution>& latencies;
  const std::vector<Interval>& over_time;
  const std::vector<Mark>& marks;
  const std::vector<Verdict>& verdicts;
};

// Where the frame of a plot lies, in units of its canvas. Its left end depends on the labels there.
struct PlotFrame {
  double right;
  double height;
};
inline constexpr PlotFrame kHalfPlot{425, 330 * (0.90 - 0.115)};  // Of 480 x 330.
inline constexpr PlotFrame kFullPlot{925, 300 * (0.90 - 0.09)};   // Of 1000 x 300.

// Append and sync latency by percentile: x is 1/(1-q), so that each nine takes as much room as the one
// before. Nothing where neither was measured twice.
[[nodiscard]] std::optional<Figure> percentile_figure(const Measured& measured);

// p50, p99 and max of appends over the run, faults shaded, rotations and crashes marked. Nothing without two
// stretches.
[[nodiscard]] std::optional<Figure> over_time_figure(const Measured& measured);

// Recovery time over bytes, with the line of 1 s/GB. Nothing without a point.
[[nodiscard]] std::optional<Figure> recovery_figure(const std::vector<RecoveryPoint>& points,
                                                    std::string_view where);

// The limit of a metric's p99 among verdicts, where it is a duration: of "append.p99" or "append.latency.p99
// < 100ms" for the metric "append.latency".
[[nodiscard]] std::optional<Duration> p99_limit(std::string_view metric,
                                                const std::vector<Verdict>& verdicts);

// "82 % under its limit of 10 ms", "more than 99 % under ...", "58 % over its limit of 5 ms".
[[nodiscard]] std::string against_limit(Duration value, Duration limit);

// Seconds per GB (1e9 bytes): "0.62".
[[nodiscard]] std::string seconds_per_gigabyte(Duration elapsed, std::uint64_t bytes);

}  // namespace wallop::reports
