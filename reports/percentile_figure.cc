// SPDX-License-Identifier: Apache-2.0
// Latency by percentile, from the raw buckets.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/axis.h"
#include "reports/figure.h"
#include "reports/free_room.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

using base::Histogram;

constexpr std::size_t kPointsMax = 160;  // Of a curve: a point every three units of its width.
constexpr std::array<std::string_view, 2> kMetrics{"append.latency", "sync.latency"};

struct Quantile {
  std::string_view name;
  std::uint64_t parts_per_million;
  double x;  // 1 / (1 - q), which is also how many samples it takes to have one beyond it.
};
constexpr std::array kQuantiles{Quantile{"p50", 500'000, 2},      Quantile{"p90", 900'000, 10},
                                Quantile{"p99", 990'000, 100},    Quantile{"p99.9", 999'000, 1e3},
                                Quantile{"p99.99", 999'900, 1e4}, Quantile{"p99.999", 999'990, 1e5}};

// "append" of "append.latency".
std::string_view verb_of(std::string_view metric) {
  return metric.substr(0, metric.find('.'));
}

struct Curve {
  std::string_view metric;
  const Histogram& histogram;
  std::optional<Duration> limit;

  [[nodiscard]] std::string verb() const { return std::string(verb_of(metric)); }
  [[nodiscard]] Duration at(std::uint64_t parts_per_million) const {
    return Duration(static_cast<std::int64_t>(histogram.quantile(parts_per_million)));
  }
  [[nodiscard]] double samples() const { return static_cast<double>(histogram.count()); }
  [[nodiscard]] bool has_p99() const { return histogram.count() >= 100; }
};

std::vector<Curve> curves_of(const Measured& measured) {
  std::vector<Curve> curves;
  for (const std::string_view metric : kMetrics) {
    for (const Distribution& distribution : measured.latencies) {
      if (distribution.metric != metric || distribution.histogram.count() < 4) continue;
      curves.push_back({metric, distribution.histogram, p99_limit(metric, measured.verdicts)});
    }
  }
  return curves;
}

// The distribution as steps: from the share of samples below a bucket, its value. Thinned to what can be
// seen.
std::vector<Row> steps_of(const Curve& curve) {
  const double all = curve.samples();
  const double apart = std::pow(all / 2, 1.0 / static_cast<double>(kPointsMax));
  std::vector<Row> rows{{2, std::max(static_cast<double>(curve.at(500'000).count()), 1.0)}};
  double below = 0;
  for (const Histogram::Bucket& bucket : curve.histogram.buckets()) {
    const double x = all / (all - below);
    below += static_cast<double>(bucket.count);
    const double value = std::max(static_cast<double>(bucket.lowest), 1.0);
    if (x >= rows.back()[0] * apart) {
      rows.push_back({x, value});
    } else if (x >= 2) {
      rows.back()[1] = value;
    }
  }
  const auto highest = std::max(static_cast<double>(curve.histogram.max()), 1.0);
  rows.push_back({all, highest});
  return rows;
}

std::string x_commands(double end) {
  std::string ticks;
  for (const Quantile& quantile : kQuantiles) {
    if (quantile.x * 5 > end) break;
    ticks += fmt::format("'{}' {:g}, ", quantile.name, quantile.x);
  }
  return fmt::format("set logscale x\nset xrange [2:{0:.17g}]\nset xtics ({1}'max' {0:.17g})\n", end, ticks);
}

// Puts the words into the plot: where a limit is, where a p99 lies.
class Labels {
 public:
  Labels(const Axis& y, double end)
      : y_(y), end_(end), room_(kHalfPlot.right - label_margin(y), kHalfPlot.height) {}

  void take_curve(const std::vector<Row>& steps) {
    for (std::size_t i = 1; i < steps.size(); ++i) {
      const Spot corner{x_share(steps[i][0]), y_.share(steps[i - 1][1])};
      room_.take_line({x_share(steps[i - 1][0]), corner.y}, corner);
      room_.take_line(corner, {corner.x, y_.share(steps[i][1])});
    }
  }

  // The limit, dotted; its name at one of its ends.
  [[nodiscard]] std::string limit(int tag, const Curve& curve) {
    const double share = y_.share(static_cast<double>(curve.limit->count()));
    room_.take_line({0, share}, {1, share});
    const std::string words = fmt::format("limit {}, {} p99", round_duration(*curve.limit), curve.verb());
    return fmt::format("set arrow {0} from graph 0,{1:.4f} to graph 1,{1:.4f} nohead ls 3\n", tag, share) +
           room_.put(tag, words, "vermtext",
                     {{{.006, share + kAbove}, Align::left},
                      {{.006, share - kAbove}, Align::left},
                      {{.994, share - kAbove}, Align::right},
                      {{.994, share + kAbove}, Align::right},
                      {{.5, share - kAbove}, Align::left},
                      {{.5, share + kAbove}, Align::left}});
  }

  // A dot at p99, and its figure beside it.
  [[nodiscard]] std::string p99(int tag, const Curve& curve) {
    const Duration p99 = curve.at(990'000);
    const Spot spot{x_share(100), y_.share(static_cast<double>(p99.count()))};
    return fmt::format("set label {} '' at graph {:.4f},{:.4f} point pt 7 ps 0.9 lc rgb blue\n", tag + 10,
                       spot.x, spot.y) +
           room_.put(tag, "p99 " + humane_duration(p99), "blue",
                     {{{spot.x + .02, spot.y - kAbove}, Align::left},
                      {{spot.x - .02, spot.y + kAbove}, Align::right},
                      {{spot.x + .02, spot.y + kAbove}, Align::left},
                      {{spot.x - .02, spot.y - kAbove}, Align::right},
                      {{spot.x + .02, spot.y - 2 * kAbove}, Align::left},
                      {{spot.x + .02, spot.y + 2 * kAbove}, Align::left}});
  }

 private:
  static constexpr double kAbove = 11 / kHalfPlot.height;

  [[nodiscard]] double x_share(double x) const { return std::log(x / 2) / std::log(end_ / 2); }

  const Axis& y_;
  double end_;
  FreeRoom room_;
};

Axis y_axis(const std::vector<Curve>& curves) {
  std::uint64_t low = ~0ULL, high = 0;
  for (const Curve& curve : curves) {
    low = std::min(low, curve.histogram.quantile(500'000));
    high = std::max(high, curve.histogram.max());
    if (curve.limit) high = std::max(high, static_cast<std::uint64_t>(curve.limit->count()));
  }
  return duration_axis(low, high);
}

Plot plot_of(const std::vector<Curve>& curves) {
  Plot plot{.width = 480, .height = 330, .commands = "", .data = {}};
  const Axis axis = y_axis(curves);
  double end = 4;
  for (const Curve& curve : curves) end = std::max(end, curve.samples());
  Labels labels(axis, end);
  std::vector<EndLabel> names;
  std::string lines;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    plot.data.push_back(steps_of(curves[i]));
    labels.take_curve(plot.data.back());
    lines += fmt::format("{}$d{} using 1:2 with steps ls {}", i == 0 ? "plot " : ", ", i, i + 1);
    names.push_back({axis.share(static_cast<double>(curves[i].histogram.max())), curves[i].verb(), "blue"});
  }
  std::string words;
  int tag = 10;
  for (const Curve& curve : curves) words += curve.limit ? labels.limit(tag++, curve) : "";
  for (const Curve& curve : curves) words += curve.has_p99() ? labels.p99(tag++, curve) : "";
  plot.commands =
      fmt::format(
          "set lmargin at screen {:.4f}; set rmargin at screen {:.4f}; set tmargin at screen 0.90; "
          "set bmargin at screen 0.115\n",
          label_margin(axis) / 480, kHalfPlot.right / 480) +
      axis_commands("y", axis) + x_commands(end) +
      fmt::format("set label 1 {} at screen 0.0,0.955 tc rgb muted\n", gnuplot_string(axis.unit)) + words +
      end_label_commands(std::move(names), kHalfPlot.height, 40) + lines + "\n";
  return plot;
}

Table table_of(const std::vector<Curve>& curves) {
  Table table{.head = {"Percentile"}, .rows = {}};
  for (const Curve& curve : curves) table.head.push_back(curve.verb());
  const auto add = [&](std::string_view name, auto value_of) {
    std::vector<std::string> row{std::string(name)};
    for (const Curve& curve : curves) row.push_back(value_of(curve));
    table.rows.push_back(std::move(row));
  };
  for (const Quantile& quantile : kQuantiles) {
    add(quantile.name, [&](const Curve& curve) {
      return curve.samples() < quantile.x ? "" : humane_duration(curve.at(quantile.parts_per_million));
    });
  }
  add("max", [](const Curve& curve) { return humane_duration(curve.at(1'000'000)); });
  add("n", [](const Curve& curve) { return base::with_commas(curve.histogram.count()); });
  return table;
}

std::string claim_of(const Curve& curve) {
  const std::string verb = capitalized(curve.verb());
  if (!curve.has_p99()) return fmt::format("{} median is {}", verb, humane_duration(curve.at(500'000)));
  const Duration p99 = curve.at(990'000);
  return fmt::format("{} p99 is {}{}", verb, humane_duration(p99),
                     curve.limit ? ", " + against_limit(p99, *curve.limit) : "");
}

std::string description_of(const std::vector<Curve>& curves) {
  std::string words = "The percentile axis is logarithmic in 1/(1-q).";
  for (const Curve& curve : curves) {
    words += fmt::format(" {}: p50 {}, p99 {}, max {}.", capitalized(curve.verb()),
                         humane_duration(curve.at(500'000)), humane_duration(curve.at(990'000)),
                         humane_duration(curve.at(1'000'000)));
    if (curve.limit) words += fmt::format(" Its limit at p99 is {}.", round_duration(*curve.limit));
  }
  return words;
}

}  // namespace

std::optional<Duration> p99_limit(std::string_view metric, const std::vector<Verdict>& verdicts) {
  const std::string begin = std::string(verb_of(metric)) + ".";
  for (const Verdict& verdict : verdicts) {
    const std::string_view id = verdict.id;
    const auto p99 = id.find(".p99");
    if (id.substr(0, begin.size()) != begin || p99 == std::string_view::npos) continue;
    if (id.substr(p99 + 4, 1) == ".") continue;  // p99.9 has a limit of its own.
    if (const auto limit = duration_in(verdict.limit)) return limit;
  }
  return std::nullopt;
}

std::string against_limit(Duration value, Duration limit) {
  const auto used =
      static_cast<std::uint64_t>(value.count() * 1'000 / std::max<std::int64_t>(limit.count(), 1));
  // Nothing that took time is 100 % under its limit.
  if (used < 10 && value > Duration{})
    return fmt::format("more than 99 % under its limit of {}", round_duration(limit));
  if (used <= 1'000) return fmt::format("{} under its limit of {}", margin(used), round_duration(limit));
  return fmt::format("{} % over its limit of {}", (used - 1'000 + 9) / 10, round_duration(limit));
}

std::optional<Figure> percentile_figure(const Measured& measured) {
  const std::vector<Curve> curves = curves_of(measured);
  if (curves.empty()) return std::nullopt;
  std::string counts;
  for (const Curve& curve : curves)
    counts += fmt::format("{}{} n {}", counts.empty() ? "" : ", ", curve.verb(),
                          base::with_commas(curve.histogram.count()));
  return Figure{.caption = {measured.id + "-percentiles", "Latency by percentile", description_of(curves)},
                .claim = claim_of(curves.front()),
                .note = fmt::format("{}. {}.", measured.where, capitalized(counts)),
                .plot = plot_of(curves),
                .table = table_of(curves)};
}

}  // namespace wallop::reports
