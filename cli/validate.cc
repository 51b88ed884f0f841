// SPDX-License-Identifier: Apache-2.0
// wallop validate: everything that is wrong with scenario files, at once, with places.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/json_lines.h"
#include "cli/scenario_set.h"
#include "reports/text.h"
#include "scenarios/run/load.h"
#include "scenarios/run/runner.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using scenarios::FileProblem;

constexpr std::uint64_t kValidationVersion = 1;

Value with_problem(Value object, const FileProblem& problem) {
  return object.set("file", problem.file)
      .set("line", std::uint64_t{problem.problem.place.line})
      .set("column", std::uint64_t{problem.problem.place.column})
      .set("what", problem.problem.what)
      .set("hint", problem.problem.hint);
}

void tell_in_json(Console& console, const scenarios::Library& library) {
  Value problems{base::json::Array{}};
  for (const FileProblem& problem : library.problems) {
    console.row(with_problem(Value().set("type", "problem"), problem));
    problems.push(with_problem(Value(), problem));
  }
  const std::uint64_t valid = library.scenarios.size();
  console.row(
      Value().set("type", "end").set("valid", valid).set("problems", std::uint64_t{library.problems.size()}));
  const Value document =
      Value().set("version", kValidationVersion).set("valid", valid).set("problems", std::move(problems));
  console.document(base::json::to_text(document, base::json::Layout::indented));
}

}  // namespace

Exit validate(const ValidateRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  console.row(start_row(session.command));
  const std::vector<std::string> no_scenarios = misplaced(request.paths);
  for (const std::string& line : no_scenarios) console.complain(line);
  if (!no_scenarios.empty()) return Exit::usage;

  const scenarios::Library library =
      scenarios::load(session.machine.files, request.paths, scenarios::known());
  for (const FileProblem& problem : library.problems) console.say(describe(problem));
  tell_in_json(console, library);
  if (!library.problems.empty()) {
    console.say(reports::counted(library.problems.size(), "error"));
    return Exit::usage;
  }
  if (library.scenarios.empty()) {
    console.complain(fmt::format("no scenario in {}", fmt::join(request.paths, ", ")));
    return Exit::inconclusive;
  }
  console.say(fmt::format("{}, no error", reports::counted(library.scenarios.size(), "scenario")));
  return Exit::passed;
}

}  // namespace wallop::cli
