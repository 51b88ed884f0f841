// SPDX-License-Identifier: Apache-2.0
// Numbers in words, rows in columns, sections in a document.
#include "cli/bench/tables.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace wallop::cli {
namespace {

// Three digits: 0.0123, 1.23, 12.3, 123.
std::string digits(double value) {
  const double size = std::fabs(value);
  if (size == 0) return "0";
  return size >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

std::string scaled(double value, std::string_view suffix) {
  for (const auto& [step, letter] : {std::pair{1e9, "G"}, std::pair{1e6, "M"}, std::pair{1e3, "K"}})
    if (std::fabs(value) >= step) return fmt::format("{} {}{}", digits(value / step), letter, suffix);
  return fmt::format("{} {}", digits(value), suffix);
}

std::string time_of(double ns) {
  for (const auto& [step, unit] : {std::pair{1e9, "s"}, std::pair{1e6, "ms"}, std::pair{1e3, "us"}})
    if (std::fabs(ns) >= step) return fmt::format("{} {}", digits(ns / step), unit);
  return digits(ns) + " ns";
}

std::string range_of(const Spread& spread, Unit unit) {
  return fmt::format("{} .. {}", in_unit(spread.min, unit), in_unit(spread.max, unit));
}

std::string verdict_of(const Measured& measured) {
  switch (judge(measured)) {
    case Reached::yes:
      return "reached";
    case Reached::no:
      return "**short**";
    case Reached::not_judged:
      break;
  }
  return measured.row.reach.empty() && !measured.row.has_limit ? "" : "not judged";
}

// "at least 1.1 x", of the line of the other that it is about.
std::string reach_of(const Row& row, std::size_t other) {
  std::string text;
  for (const Bound& bound : row.reach) {
    if (bound.other == other) text = fmt::format(">= {:.3g} x", bound.ratio);
    if (bound.floor == other) text = fmt::format("or >= {:.3g} x", bound.floor_ratio);
    if (bound.other == Bound::kBest && !row.others[other].is_floor)
      text = fmt::format("best: >= {:.3g} x", bound.ratio);
  }
  return text;
}

std::string reach_of_ours(const Measured& measured) {
  const Row& row = measured.row;
  if (row.has_limit)
    return fmt::format("{} {}", row.better == Better::less ? "<=" : ">=", in_unit(row.limit, row.unit));
  if (!row.sizes.empty() && judge(measured) != Reached::not_judged)
    return fmt::format("slope {:.3f} in {} .. {}", slope_of(measured), kSlopeMin, kSlopeMax);
  return "";
}

std::string ratio_text(const Spread& spread) {
  return fmt::format("{} x ({} .. {})", digits(spread.median), digits(spread.min), digits(spread.max));
}

// The columns of one contestant's line.
struct Cells {
  std::string what, who, median, range, ratio, reach, verdict;
};

std::vector<Cells> cells_of(const Measured& measured) {
  const Row& row = measured.row;
  std::vector<Cells> lines;
  if (measured.numbers[0].empty()) return lines;
  const Spread ours = spread_of(measured.numbers[0]);
  lines.push_back({std::string(row.what), std::string(row.ours.label), in_unit(ours.median, row.unit),
                   range_of(ours, row.unit), "", reach_of_ours(measured), verdict_of(measured)});
  for (std::size_t i = 0; i < row.others.size(); ++i) {
    if (measured.numbers[i + 1].empty()) continue;
    const Spread theirs = spread_of(measured.numbers[i + 1]);
    const bool compares = row.sizes.empty();
    lines.push_back({"", std::string(row.others[i].label), in_unit(theirs.median, row.unit),
                     range_of(theirs, row.unit), compares ? ratio_text(spread_of(ratios(measured, i))) : "",
                     reach_of(row, i), ""});
  }
  return lines;
}

constexpr std::string_view kMark = "<!-- wallop bench {}: {} -->";

}  // namespace

std::string in_unit(double value, Unit unit) {
  switch (unit) {
    case Unit::per_second:
      return scaled(value, "/s");
    case Unit::bytes_per_second:
      return scaled(value, "B/s");
    case Unit::seconds:
      return time_of(value * 1e9);
    case Unit::nanoseconds:
      return time_of(value);
    case Unit::percent:
      return digits(value) + " %";
    case Unit::count:
      break;
  }
  return digits(value);
}

std::vector<std::string> lines_for_people(const Measured& measured) {
  std::vector<std::string> lines;
  for (const Cells& cells : cells_of(measured)) {
    if (!cells.what.empty()) lines.push_back(std::string(cells.what));
    std::string line =
        fmt::format("  {:34} {:>11}   {:27} {:26}", cells.who, cells.median, cells.range, cells.ratio);
    if (!cells.reach.empty()) line += "  " + cells.reach;
    if (!cells.verdict.empty()) line += "  " + (cells.verdict == "**short**" ? "SHORT" : cells.verdict);
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<base::json::Value> rows_for_machines(const Measured& measured) {
  std::vector<base::json::Value> rows;
  const Row& row = measured.row;
  for (std::size_t i = 0; i < measured.numbers.size(); ++i) {
    if (measured.numbers[i].empty()) continue;
    const Spread spread = spread_of(measured.numbers[i]);
    base::json::Value object = base::json::Value()
                                   .set("type", "measured")
                                   .set("row", row.id)
                                   .set("contestant", i == 0 ? row.ours.label : row.others[i - 1].label)
                                   .set("rounds", std::uint64_t{measured.numbers[i].size()})
                                   .set("median", spread.median)
                                   .set("min", spread.min)
                                   .set("max", spread.max);
    if (i == 0) {
      const Reached reached = judge(measured);
      if (reached != Reached::not_judged) object.set("reached", reached == Reached::yes);
      if (!row.sizes.empty() && reached != Reached::not_judged) object.set("slope", slope_of(measured));
    } else if (row.sizes.empty() && !ratios(measured, i - 1).empty()) {
      object.set("ratio", spread_of(ratios(measured, i - 1)).median);
    }
    rows.push_back(std::move(object));
  }
  return rows;
}

std::string markdown_table(const std::vector<Measured>& all) {
  std::string text =
      "| what | who | median | least .. most | ours is better by | reach | "
      "|\n|---|---|---|---|---|---|---|\n";
  for (const Measured& measured : all) {
    for (const Cells& cells : cells_of(measured)) {
      text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", cells.what, cells.who, cells.median,
                          cells.range, cells.ratio, cells.reach, cells.verdict);
    }
  }
  return text;
}

std::expected<std::string, std::string> with_section(std::string_view document, std::string_view name,
                                                     std::string_view text) {
  const std::string begin = fmt::format(fmt::runtime(kMark), name, "begin");
  const std::string end = fmt::format(fmt::runtime(kMark), name, "end");
  const std::string section = fmt::format("{}\n{}{}", begin, text, end);
  const std::size_t from = document.find(begin);
  if (from == std::string_view::npos) {
    const std::string_view gap = document.empty() || document.ends_with("\n\n") ? "" : "\n";
    return fmt::format("{}{}{}\n", document, gap, section);
  }
  const std::size_t to = document.find(end, from);
  if (to == std::string_view::npos)
    return std::unexpected(
        fmt::format("\"{}\" is there, and \"{}\" is not: put it where the section ends", begin, end));
  return fmt::format("{}{}{}", document.substr(0, from), section, document.substr(to + end.size()));
}

}  // namespace wallop::cli
