// SPDX-License-Identifier: Apache-2.0
// Loading scenarios for run and explore.
#include "cli/scenario_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/command_line.h"
#include "reports/text.h"
#include "scenarios/run/runner.h"

namespace wallop::cli {

std::size_t name_width(const std::vector<scenarios::LoadedScenario>& loaded) {
  constexpr std::size_t kWidthMax = 48;
  std::size_t width = 0;
  for (const scenarios::LoadedScenario& scenario : loaded) width = std::max(width, scenario.name.size());
  return std::min(width, kWidthMax);
}

namespace {

void add_seeds(std::vector<Planned>& planned, const scenarios::LoadedScenario& scenario,
               const std::string& stem, const std::optional<std::uint64_t>& seed) {
  const std::vector<std::uint64_t> seeds = seed ? std::vector{*seed} : scenario.scenario.seeds();
  for (const std::uint64_t each : seeds) {
    planned.push_back({scenario, each, stem + (seeds.size() == 1 ? "" : fmt::format("-seed-{}", each))});
  }
}

}  // namespace

std::vector<Planned> plan(const std::vector<scenarios::LoadedScenario>& loaded, const Instead& instead) {
  std::vector<Planned> planned;
  for (const scenarios::LoadedScenario& scenario : loaded) {
    if (instead.models.empty()) add_seeds(planned, scenario, scenario.name, instead.seed);
    for (const std::string& model : instead.models) {
      scenarios::LoadedScenario under = scenario;
      under.scenario.world.model = model;
      add_seeds(planned, under, fmt::format("{}-{}", scenario.name, model), instead.seed);
    }
  }
  return planned;
}

std::vector<std::string> misplaced(const std::vector<std::string>& paths) {
  std::vector<std::string> lines;
  for (const std::string& path : paths) {
    if (path.ends_with(".repro.json"))
      lines.push_back(fmt::format("{}  a counterexample, no scenario  wallop replay {}", path, quoted(path)));
  }
  return lines;
}

std::expected<scenarios::Library, Exit> load_scenarios(const std::vector<std::string>& paths,
                                                       Session& session, Console& console) {
  const std::vector<std::string> no_scenarios = misplaced(paths);
  for (const std::string& line : no_scenarios) console.complain(line);
  if (!no_scenarios.empty()) return std::unexpected(Exit::usage);

  scenarios::Library library = scenarios::load(session.machine.files, paths, scenarios::known());
  for (const scenarios::FileProblem& problem : library.problems) console.complain(describe(problem));
  if (!library.problems.empty()) {
    console.complain(fmt::format("nothing was run: {}", reports::counted(library.problems.size(), "error")));
    return std::unexpected(Exit::usage);
  }
  if (library.scenarios.empty()) {
    console.complain(fmt::format("no scenario in {}", fmt::join(paths, ", ")));
    return std::unexpected(Exit::inconclusive);
  }
  for (const scenarios::LoadedScenario& long_one : library.left_out) {
    if (console.detail() != Detail::quiet)
      console.say(fmt::format("left out, as it takes long: {}   wallop run {}", long_one.name,
                              quoted(long_one.file)));
  }
  return library;
}

}  // namespace wallop::cli
