// SPDX-License-Identifier: Apache-2.0
// Telling the two kinds of plan apart, and reading either with its places.
#include "cli/fiu/plan_file.h"

#include <optional>

#include "base/fields.h"
#include "scenarios/run/load.h"
#include "scenarios/run/runner.h"

namespace wallop::cli::libfiu {
namespace {

struct FaultList {
  std::optional<std::string> about;
  std::vector<faults::Fault> faults;

  template <class Visitor>
  void fields(Visitor& v) {
    v("about", about, "What goes wrong, in a sentence.");
    v("faults", faults, "As a scenario has them.", base::Need::required);
  }
};

base::json::Problems read_list(const base::json::Value& document, PlanFile& into) {
  FaultList list;
  base::json::Problems problems;
  base::Reading reading(problems);
  base::read(document, list, reading);
  if (problems.empty()) {
    for (faults::Flaw& flaw : faults::name_flaws(list.faults))
      reading.within("faults/" + flaw.key, [&] { reading.problem(document.place(), flaw.what, flaw.hint); });
  }
  into.faults = std::move(list.faults);
  return problems;
}

base::json::Problems read_scenario_plan(const std::string& text, const scenarios::Known& known,
                                        PlanFile& into) {
  scenarios::ReadScenario read = scenarios::read_scenario(text, known);
  into.seed = read.scenario.seeds().front();
  into.faults = std::move(read.scenario.faults);
  return std::move(read.problems);
}

}  // namespace

std::expected<PlanFile, std::vector<std::string>> read_plan(io::FileSystem& files, const std::string& path) {
  const auto text = scenarios::read_text(files, path);
  if (!text) return std::unexpected(std::vector{io::describe(text.error())});
  const auto document = base::json::parse(*text);
  if (!document) return std::unexpected(std::vector{base::json::describe(path, document.error())});
  PlanFile plan;
  const bool is_scenario = document->find("engine") != nullptr;
  const base::json::Problems problems =
      is_scenario
          ? read_scenario_plan(*text, scenarios::with_disk_files(scenarios::known(), files, path), plan)
          : read_list(*document, plan);
  if (problems.empty()) return plan;
  std::vector<std::string> lines;
  for (const base::json::Problem& problem : problems) lines.push_back(base::json::describe(path, problem));
  return std::unexpected(std::move(lines));
}

}  // namespace wallop::cli::libfiu
