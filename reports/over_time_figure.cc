// SPDX-License-Identifier: Apache-2.0
// Latency over the run, with what went wrong meanwhile.
//
//           stall 80 ms                 slow_disk x 6        named above the frame, where there is room
// 100 ms ......|.........................##########......... limit p99
//              |_                        ##########          max   dotted
//        ______| |_______________________##########________  p99   solid
//        _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _##########_ _ _ _   p50   dashed
//   1 µs ____^__________^_________^______##########___^____  rotations on the axis
//
// One value a stretch is drawn in steps, never sloped. A fault is shaded in orange and at least two units
// wide.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "reports/axis.h"
#include "reports/figure.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

constexpr std::size_t kStretchesMax = 600;  // More could not be told apart, and would make the page long.
constexpr std::size_t kSpansMax = 60;       // Likewise.
constexpr std::size_t kRotationsMax = 120;
constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

double nanoseconds(Duration duration) {
  return static_cast<double>(duration.count());
}

// Neighbours joined until there are at most kStretchesMax: each value is the largest of those joined, since
// percentiles cannot be averaged.
std::vector<Interval> coarsened(const std::vector<Interval>& all) {
  const std::size_t joined = (all.size() + kStretchesMax - 1) / kStretchesMax;
  std::vector<Interval> coarse;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % joined == 0) {
      coarse.push_back(all[i]);
      continue;
    }
    Interval& into = coarse.back();
    into.length += all[i].length;
    into.count += all[i].count;
    into.p50 = std::max(into.p50, all[i].p50);
    into.p99 = std::max(into.p99, all[i].p99);
    into.max = std::max(into.max, all[i].max);
  }
  return coarse;
}

// What the figure is made of, computed once.
struct Timeline {
  std::vector<Interval> stretches;
  std::vector<Mark> faults, rotations, crashes;
  std::optional<Duration> limit;
  std::string where;
  Duration end{};
  Interval highest;  // Of p50, p99 and max over all stretches; the place is that of the highest p99.

  explicit Timeline(const Measured& measured);
};

Timeline::Timeline(const Measured& measured)
    : stretches(coarsened(measured.over_time)),
      limit(p99_limit("append.latency", measured.verdicts)),
      where(measured.where) {
  for (const Mark& mark : measured.marks) {
    (mark.kind == "fault" ? faults : mark.kind == "rotation" ? rotations : crashes).push_back(mark);
  }
  for (const Interval& stretch : stretches) {
    end = std::max(end, stretch.begin + stretch.length);
    if (stretch.p99 > highest.p99) {
      highest.begin = stretch.begin;
      highest.length = stretch.length;
    }
    highest.count += stretch.count;
    highest.p50 = std::max(highest.p50, stretch.p50);
    highest.p99 = std::max(highest.p99, stretch.p99);
    highest.max = std::max(highest.max, stretch.max);
  }
}

// The names of the faults that held during a stretch, each once.
std::string faults_during(const Timeline& timeline, const Interval& stretch) {
  std::string names;
  for (const Mark& fault : timeline.faults) {
    const bool apart = fault.begin >= stretch.begin + stretch.length || fault.end < stretch.begin;
    if (apart || names.find(fault.label) != std::string::npos) continue;
    names += (names.empty() ? "" : ", ") + fault.label;
  }
  return clipped(names, 60);
}

bool draws_rotations(const Timeline& timeline) {
  return !timeline.rotations.empty() && timeline.rotations.size() <= kRotationsMax;
}

Axis y_axis(const Timeline& timeline) {
  std::int64_t low = std::numeric_limits<std::int64_t>::max();
  for (const Interval& stretch : timeline.stretches) {
    if (stretch.count > 0) low = std::min(low, stretch.p50.count());
  }
  const std::int64_t high =
      std::max(timeline.highest.max.count(), timeline.limit.value_or(Duration{}).count());
  if (draws_rotations(timeline)) low /= 2;  // They stand below the lowest line.
  return duration_axis(static_cast<std::uint64_t>(std::max<std::int64_t>(low, 0)),
                       static_cast<std::uint64_t>(std::max<std::int64_t>(high, 0)));
}

std::vector<Row> rows_of(const Timeline& timeline) {
  std::vector<Row> rows;
  for (const Interval& stretch : timeline.stretches) {
    const auto value = [&](Duration d) { return stretch.count == 0 ? kGap : std::max(nanoseconds(d), 1.0); };
    rows.push_back({nanoseconds(stretch.begin), value(stretch.p50), value(stretch.p99), value(stretch.max)});
  }
  Row last = rows.back();
  last[0] = nanoseconds(timeline.end);  // A step holds until the next one begins.
  rows.push_back(std::move(last));
  return rows;
}

// The line of names above the frame: each stands over what it names, inside of the plot, or not at all where
// an earlier one is in the way.
class NamesAbove {
 public:
  explicit NamesAbove(double plot_width) : letter_(kLetterWidth / plot_width) {}

  // The command that writes it; "" without room.
  [[nodiscard]] std::string put(std::size_t tag, const std::string& name, double at,
                                std::string_view colour) {
    const double half = static_cast<double>(letters_in(name)) * letter_ / 2;
    const double middle = std::clamp(at, std::min(half, 0.5), std::max(1 - half, 0.5));
    const double begin = middle - half, end = middle + half;
    const bool free = std::none_of(taken_.begin(), taken_.end(), [&](const Stretch& other) {
      return begin < other.end + letter_ && other.begin < end + letter_;
    });
    if (!free) return "";
    taken_.push_back({begin, end});
    return fmt::format("set label {} {} at graph {:.5f},1.055 center tc rgb {}\n", tag, gnuplot_string(name),
                       middle, colour);
  }

 private:
  struct Stretch {
    double begin, end;
  };
  double letter_;
  std::vector<Stretch> taken_;
};

// Shaded spans with their names.
std::string fault_commands(const Timeline& timeline, const Axis& x, double plot_width, NamesAbove& names) {
  const double width_min = 2 / plot_width;
  std::string commands;
  const std::size_t shown = std::min(timeline.faults.size(), kSpansMax);
  for (std::size_t i = 0; i < shown; ++i) {
    const Mark& fault = timeline.faults[i];
    const double begin = x.share(nanoseconds(fault.begin));
    const double end = std::max(x.share(nanoseconds(fault.end)), begin + width_min);
    const double opacity = end - begin < 4 * width_min ? 0.45 : 0.16;
    commands += fmt::format(
        "set object {} rect from graph {:.5f},0 to graph {:.5f},1 behind fc rgb orange fs transparent solid "
        "{} "
        "noborder\n",
        i + 1, begin, end, opacity);
    commands += names.put(100 + i, fault.label, (begin + end) / 2, "orangetext");
  }
  return commands;
}

std::string crash_commands(const Timeline& timeline, const Axis& x, NamesAbove& names) {
  std::string commands;
  const std::size_t shown = std::min(timeline.crashes.size(), kSpansMax);
  for (std::size_t i = 0; i < shown; ++i) {
    const Mark& crash = timeline.crashes[i];
    const double at = x.share(nanoseconds(crash.begin));
    commands +=
        fmt::format("set arrow {0} from graph {1:.5f},0 to graph {1:.5f},1 nohead lc rgb black lw 1.2\n",
                    200 + i, at) +
        names.put(200 + i, crash.label, at, "black");
  }
  return commands;
}

std::vector<EndLabel> end_labels(const Timeline& timeline, const Axis& y) {
  const Interval& last = timeline.stretches.back();
  std::vector<EndLabel> labels{{y.share(nanoseconds(last.p50)), "p50", "blue"},
                               {y.share(nanoseconds(last.p99)), "p99", "blue"},
                               {y.share(nanoseconds(last.max)), "max", "muted"}};
  if (timeline.limit) labels.push_back({y.share(nanoseconds(*timeline.limit)), "limit p99", "vermtext"});
  return labels;
}

Plot plot_of(const Timeline& timeline) {
  const Axis x = run_axis(timeline.end);
  const Axis y = y_axis(timeline);
  Plot plot{.width = 1000, .height = 300, .commands = "", .data = {rows_of(timeline)}};
  std::string rotations;
  if (draws_rotations(timeline)) {
    std::vector<Row> rows;
    for (const Mark& rotation : timeline.rotations) rows.push_back({nanoseconds(rotation.begin)});
    plot.data.push_back(std::move(rows));
    rotations = fmt::format(", $d1 using 1:({:.17g}) with points pt 9 ps 0.75 lc rgb muted",
                            y.low + (y.scale == Scale::linear ? 0.02 * y.high : 0.08 * y.low));
  }
  const double left = label_margin(y);
  const double plot_width = kFullPlot.right - left;
  // A crash ends what a run shows: its name goes first.
  NamesAbove names(plot_width);
  const std::string crashes = crash_commands(timeline, x, names);
  const std::string faults = fault_commands(timeline, x, plot_width, names);
  plot.commands =
      fmt::format(
          "set lmargin at screen {:.4f}; set rmargin at screen {:.4f}; set tmargin at screen 0.90; "
          "set bmargin at screen 0.09\n",
          left / 1000, kFullPlot.right / 1000) +
      axis_commands("x", x) + axis_commands("y", y) +
      fmt::format("set label 1 {} at screen 0.0,0.955 tc rgb muted\n", gnuplot_string(y.unit)) + faults +
      crashes +
      (timeline.limit
           ? fmt::format("set arrow 1 from graph 0,graph {0:.5f} to graph 1,graph {0:.5f} nohead ls 3\n",
                         y.share(nanoseconds(*timeline.limit)))
           : "") +
      (rotations.empty() ? "" : "set label 2 '▴ rotation' at graph 0.004,0.055 tc rgb muted\n") +
      end_label_commands(end_labels(timeline, y), kFullPlot.height, 10) +
      "plot $d0 using 1:4 with steps ls 4, $d0 using 1:3 with steps ls 1, $d0 using 1:2 with steps ls 2" +
      rotations + "\n";
  return plot;
}

std::string claim_of(const Timeline& timeline) {
  const Duration p99 = timeline.highest.p99;
  const std::string during = faults_during(timeline, timeline.highest);
  std::string claim = fmt::format("Append p99 is {} at its worst", humane_duration(p99));
  if (!during.empty()) claim += ", under " + clipped(during, 80);
  if (!timeline.limit) return claim;
  return claim + fmt::format(": {} its limit of {}", p99 < *timeline.limit ? "below" : "over",
                             round_duration(*timeline.limit));
}

std::string note_of(const Timeline& timeline, std::size_t stretches_measured) {
  const std::size_t joined = (stretches_measured + kStretchesMax - 1) / kStretchesMax;
  std::string note =
      fmt::format("{}. Latency per {}", timeline.where, round_duration(timeline.stretches.front().length));
  note += joined > 1 ? fmt::format(", the largest of {} measured in it", joined) : "";
  note += timeline.faults.empty() ? "." : "; shaded: faults.";
  if (timeline.faults.size() > kSpansMax)
    note += fmt::format(" Only the first {} of {} faults are shaded.", kSpansMax,
                        base::with_commas(timeline.faults.size()));
  if (!timeline.rotations.empty() && !draws_rotations(timeline))
    note += fmt::format(" {} are not drawn.", capitalized(counted(timeline.rotations.size(), "rotation")));
  return note;
}

std::string description_of(const Timeline& timeline) {
  std::string words =
      fmt::format("{}. At most: p50 {}, p99 {}, max {}.", round_duration(timeline.end),
                  humane_duration(timeline.highest.p50), humane_duration(timeline.highest.p99),
                  humane_duration(timeline.highest.max));
  if (timeline.limit) words += fmt::format(" The limit of p99 is {}.", round_duration(*timeline.limit));
  std::size_t named = 0;
  for (const Mark& fault : timeline.faults) {
    if (++named > 8) break;
    words += fmt::format(" Fault {} from {} to {}.", clipped(fault.label, 60), round_duration(fault.begin),
                         round_duration(fault.end));
  }
  if (!timeline.rotations.empty())
    words += " " + counted_in_words(timeline.rotations.size(), "rotation") + ".";
  return words;
}

Table table_of(const Timeline& timeline) {
  Table table{.head = {"From", "n", "p50", "p99", "max", "Fault"}, .rows = {}};
  for (const Interval& stretch : timeline.stretches)
    table.rows.push_back({round_duration(stretch.begin), base::with_commas(stretch.count),
                          humane_duration(stretch.p50), humane_duration(stretch.p99),
                          humane_duration(stretch.max), faults_during(timeline, stretch)});
  return table;
}

}  // namespace

std::optional<Figure> over_time_figure(const Measured& measured) {
  if (measured.over_time.size() < 2) return std::nullopt;
  const Timeline timeline(measured);
  if (timeline.highest.count == 0) return std::nullopt;
  return Figure{.caption = {measured.id + "-over-time", "Append latency over time", description_of(timeline)},
                .claim = claim_of(timeline),
                .note = note_of(timeline, measured.over_time.size()),
                .plot = plot_of(timeline),
                .table = table_of(timeline)};
}

}  // namespace wallop::reports
