// SPDX-License-Identifier: Apache-2.0
// Counterexamples as files.
#include "scenarios/run/explore.h"

namespace wallop::scenarios {
namespace {

constexpr std::uint32_t kReproVersion = 1;

}  // namespace

std::string to_json(const Repro& repro) {
  return base::json::to_text(base::print(repro), base::json::Layout::indented) + "\n";
}

base::json::Problems read_repro(std::string_view text, Repro& into) {
  auto document = base::json::parse(text);
  if (!document) return {std::move(document.error())};
  base::json::Problems problems;
  base::Reading reading(problems);
  base::read(*document, into, reading);
  if (!problems.empty()) return problems;
  if (into.version != kReproVersion)
    return {{document->find("version")->place(), "a counterexample of another version",
             "this binary reads version 1"}};
  const base::json::Value& scenario = *document->find("scenario");
  problems = check_names(into.scenario, scenario, known());
  if (problems.empty()) problems = check_sense(into.scenario, scenario);
  return problems;
}

}  // namespace wallop::scenarios
