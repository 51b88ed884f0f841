// SPDX-License-Identifier: Apache-2.0
// Which figures the page has, and what stands where gnuplot could not draw one.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "reports/page.h"

namespace wallop::reports {
namespace {

data cells_of(const std::vector<std::string>& texts) {
  data cells{data::type::list};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    data cell;
    set_text(cell, "cell", texts[i]);
    set_flag(cell, "numeric", i > 0);
    cells.push_back(cell);
  }
  return cells;
}

// The inline SVG, or why there is none.
std::expected<std::string, std::string> drawn(const Figure& figure, std::string_view gnuplot) {
  auto svg = run_gnuplot(figure.plot, gnuplot);
  return svg ? follow_page(*svg, figure.caption) : svg;
}

data figure_data(const Figure& figure, PageContext& context) {
  data entry;
  set_text(entry, "claim", figure.claim);
  set_text(entry, "figure_note", figure.note);
  set_flag(entry, "wide", figure.plot.width > 500);
  const auto svg = drawn(figure, context.gnuplot);
  set_markup(entry, "svg", svg ? *svg : "");
  set_text(entry, "undrawn", svg ? "" : svg.error());
  if (!svg && std::find(context.undrawn.begin(), context.undrawn.end(), svg.error()) == context.undrawn.end())
    context.undrawn.push_back(svg.error());
  entry.set("table_head", cells_of(figure.table.head));
  data rows{data::type::list};
  const auto& table = figure.table.rows;
  const std::size_t shown = std::min(table.size(), context.rows_max * 3 / 2);
  for (std::size_t i = 0; i < shown; ++i) rows.push_back(data("cells", cells_of(table[i])));
  set_text(entry, "table_more", table.size() > shown ? counted(table.size() - shown, "row") : "");
  entry.set("table_rows", rows);
  return entry;
}

// A list of figures under `name`, and whether it holds any under `section`.
struct FigureList {
  data list{data::type::list};
  bool any = false;

  void add(const std::optional<Figure>& figure, PageContext& context) {
    if (!figure) return;
    list.push_back(figure_data(*figure, context));
    any = true;
  }
  void put(data& page, const char* section, const char* name) {
    set_flag(page, section, any);
    page.set(name, list);
  }
};

std::string where_of(const ChecklistResult& checklist) {
  return checklist.device.empty() ? "Real disk" : "Real disk, " + checklist.device;
}

std::string where_of(const ScenarioResult& scenario) {
  return fmt::format("Simulated: {}{}, seed {}{}", scenario.name,
                     scenario.disk.empty() ? "" : ", disk " + scenario.disk, scenario.seed,
                     scenario.journal_hash.empty() ? "" : ", journal " + scenario.journal_hash);
}

Measured measured_of(const ChecklistResult& checklist) {
  return {"disk",          where_of(checklist), checklist.latencies, checklist.over_time,
          checklist.marks, checklist.checks};
}

Measured measured_of(const ScenarioResult& scenario) {
  return {"sim",          where_of(scenario), scenario.latencies, scenario.over_time,
          scenario.marks, scenario.verdicts};
}

// How much a scenario's run over time has to show: that it failed, faults that lasted, faults.
auto interest(const ScenarioResult& scenario) {
  std::size_t lasting = 0, instants = 0;
  for (const Mark& mark : scenario.marks) {
    if (mark.kind == "fault") ++(mark.begin < mark.end ? lasting : instants);
  }
  return std::tuple(scenario.status == Status::fail, lasting, instants);
}

// The scenario whose figures are drawn: the most interesting one that was measured; null where none was.
const ScenarioResult* shown_scenario(const Result& result) {
  const ScenarioResult* best = nullptr;
  for (const ScenarioResult& scenario : result.scenarios) {
    if (scenario.over_time.size() < 2 || scenario.expected_failure) continue;
    if (best == nullptr || interest(scenario) > interest(*best)) best = &scenario;
  }
  return best;
}

// Of each label's largest size: where its time went, in s/GB.
void set_split(data& page, const std::vector<RecoveryPoint>& points) {
  std::map<std::string, RecoveryPoint> largest;
  for (const RecoveryPoint& point : points) {
    auto& known = largest[point.label];
    if (point.bytes >= known.bytes) known = point;
  }
  data head{data::type::list};
  std::vector<std::string> whole, reading, checksums, rest;
  for (const auto& [label, point] : largest) {
    data column;
    set_text(column, "cell", fmt::format("{}, {}", label, base::humane_bytes(point.bytes)));
    head.push_back(column);
    const Duration other = std::max(point.elapsed - point.read_time - point.checksum_time, Duration{});
    reading.push_back(seconds_per_gigabyte(point.read_time, point.bytes));
    checksums.push_back(seconds_per_gigabyte(point.checksum_time, point.bytes));
    rest.push_back(seconds_per_gigabyte(other, point.bytes));
    whole.push_back(seconds_per_gigabyte(point.elapsed, point.bytes));
  }
  data rows{data::type::list};
  const auto add = [&](std::string_view part, const std::vector<std::string>& cells) {
    data row;
    set_text(row, "part", part);
    row.set("cells", cells_of(cells));
    rows.push_back(row);
  };
  add("reading", reading);
  add("checksums", checksums);
  add("the rest", rest);
  add("all", whole);
  set_text(page, "split_about", "s/GB");
  page.set("split_head", head);
  page.set("split_rows", rows);
}

}  // namespace

void add_figures(data& page, PageContext& context) {
  const auto& checklist = context.result.checklist;
  const ScenarioResult* const scenario = shown_scenario(context.result);
  std::optional<Measured> real, simulated;
  if (checklist) real.emplace(measured_of(*checklist));
  if (scenario != nullptr) simulated.emplace(measured_of(*scenario));
  FigureList latency, time, recovery;
  if (real) latency.add(percentile_figure(*real), context);
  if (simulated) latency.add(percentile_figure(*simulated), context);
  if (simulated) time.add(over_time_figure(*simulated), context);
  if (real) time.add(over_time_figure(*real), context);
  if (checklist) {
    recovery.add(recovery_figure(checklist->recovery, where_of(*checklist)), context);
    set_split(page, checklist->recovery);
  }
  latency.put(page, "latency", "latency_figures");
  time.put(page, "time", "time_figures");
  recovery.put(page, "recovery", "recovery_figures");
  if (latency.any) context.add_contents("latency", "Latency");
  if (time.any) context.add_contents("time", "Over time");
  if (recovery.any) context.add_contents("recovery", "Recovery");
}

}  // namespace wallop::reports
