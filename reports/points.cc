// SPDX-License-Identifier: Apache-2.0
// Sums by engine, in the order of its points.
#include "reports/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace wallop::reports {

std::vector<std::string> points_in_words(std::span<const ScenarioResult> runs) {
  std::map<std::string, std::vector<PointRow>> by_engine;
  for (const ScenarioResult& run : runs) {
    if (run.points.empty()) continue;
    auto [sum, is_new] = by_engine.try_emplace(run.engine, run.points);
    for (std::size_t i = 0; !is_new && i < std::min(sum->second.size(), run.points.size()); ++i)
      sum->second[i].passed += run.points[i].passed;
  }
  std::vector<std::string> lines;
  for (const auto& [engine, points] : by_engine) {
    std::size_t passed = 0;
    std::string never;
    for (const PointRow& point : points) {
      if (point.passed > 0) ++passed;
      if (point.passed == 0) never += (never.empty() ? "; never " : ", ") + point.name;
    }
    lines.push_back(fmt::format("{}: {} of {} points passed{}", engine, passed, points.size(), never));
  }
  return lines;
}

}  // namespace wallop::reports
