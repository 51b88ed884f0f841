// SPDX-License-Identifier: Apache-2.0
// wallop run: scenarios in the simulated world, side by side, told in order.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/counterexamples.h"
#include "cli/json_lines.h"
#include "cli/lines.h"
#include "cli/scenario_set.h"
#include "cli/side_by_side.h"
#include "cli/telling.h"
#include "cli/trust.h"
#include "scenarios/run/explore.h"
#include "scenarios/run/runner.h"

namespace wallop::cli {
namespace {

using namespace std::chrono_literals;
using reports::ScenarioResult;
using reports::Status;
using scenarios::LoadedScenario;

// How long a failing run may be searched for a counterexample that can be stepped through.
constexpr io::Duration kSearchMax = 10s;

struct Ran {
  ScenarioResult result;
  std::vector<std::string> harness_errors;
  std::vector<scenarios::Repro> repros;
};

// Whether exploration may know the way to a failure: one of a promise, in a workload that exploration can
// walk.
bool is_searchable(const Planned& planned, const ScenarioResult& result) {
  return result.status == Status::fail && planned.scenario->scenario.explore.has_value() &&
         planned.scenario->scenario.workload.append_count().has_value();
}

class Runner {
 public:
  Runner(const RunRequest& request, Session& session) : request_(request), session_(session) {}

  // On any thread.
  Ran run(const Planned& planned) const {
    Ran ran;
    ran.result = timed(planned);
    if (request_.twice) compare(planned, ran);
    if (is_searchable(planned, ran.result)) {
      const bool canary = is_canary(planned.scenario->scenario);
      if (canary) catch_canary(planned, ran);
      if (!canary && request_.out) search(planned, ran);
    }
    if (auto blind = blindness(planned.scenario->scenario, ran.result))
      ran.harness_errors.push_back(std::move(*blind));
    return ran;
  }

 private:
  [[nodiscard]] ScenarioResult timed(const Planned& planned) const {
    const io::Instant begin = session_.machine.clock.now();
    ScenarioResult result = run_scenario(*planned.scenario, planned.seed, session_.interrupted);
    result.wall_time = session_.machine.clock.now() - begin;
    return result;
  }

  void compare(const Planned& planned, Ran& ran) const {
    const ScenarioResult again = timed(planned);
    if (session_.interrupted()) return;
    if (auto differs = nondeterminism(ran.result, again)) ran.harness_errors.push_back(std::move(*differs));
  }

  [[nodiscard]] scenarios::Explored explored(const Planned& planned) const {
    io::Clock& clock = session_.machine.clock;
    scenarios::ExploreOptions options;
    options.seed = planned.seed;
    options.budget = kSearchMax;
    options.wall_clock = [&clock] { return clock.now(); };
    options.failures_max = 1;
    options.interrupted = session_.interrupted;
    return scenarios::explore(*planned.scenario, options);
  }

  // One run has one crash or none; a log that is wrong on purpose may need another one to show it.
  void catch_canary(const Planned& planned, Ran& ran) const {
    scenarios::Explored found = explored(planned);
    if (found.result.status != Status::pass) return;
    ran.result.status = Status::pass;
    ran.result.expected_failure = true;
    ran.result.summary = found.result.summary;
    ran.result.verdicts = std::move(found.result.verdicts);
    ran.result.story = std::move(found.result.story);
  }

  // The failure stands as it was found; what the search adds is a story that one can step through.
  void search(const Planned& planned, Ran& ran) const {
    scenarios::Explored found = explored(planned);
    if (found.failures.empty()) return;
    ran.repros = repros_of(planned.scenario->name, planned.seed, found.failures);
    if (found.result.story) ran.result.story = std::move(found.result.story);
  }

  const RunRequest& request_;
  Session& session_;
};

}  // namespace

Exit run(const RunRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  const auto library = load_scenarios(request.paths, session, console);
  if (!library) return library.error();
  auto out = prepare_out(request.out, Earlier::replaced, session, console);
  if (!out) return out.error();

  console.row(start_row(session.command));
  reports::Result frame = new_result(session);
  const std::vector<Planned> planned = plan(library->scenarios, request.seed);
  const Runner runner(request, session);
  Telling telling(console, {scenario_line, scenario_row}, library->scenarios.size(), planned.size(),
                  name_width(library->scenarios));
  side_by_side<Ran>(
      {planned.size(), request.workers, [&] { telling.progress("run"); }, session.interrupted},
      [&](std::size_t i) { return runner.run(planned[i]); },
      [&](std::size_t i, Ran ran) {
        const std::string replay =
            *out ? write_repros(ran.repros, planned[i].stem, **out, session, console) : "";
        if (!replay.empty() && ran.result.story) ran.result.story->replay = replay;
        telling.add(std::move(ran.result), ran.harness_errors);
      });
  return telling.finish(std::move(frame), *out, request.strict ? Strictness::strict : Strictness::lenient,
                        session);
}

}  // namespace wallop::cli
