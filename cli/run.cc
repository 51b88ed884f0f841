// SPDX-License-Identifier: Apache-2.0
// wallop run: scenarios in the simulated world, side by side, told in order.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/counterexamples.h"
#include "cli/json_lines.h"
#include "cli/lines.h"
#include "cli/scenario_set.h"
#include "cli/side_by_side.h"
#include "cli/telling.h"
#include "cli/trust.h"
#include "scenarios/run/whole.h"

namespace wallop::cli {
namespace {

using reports::ScenarioResult;

struct Ran {
  ScenarioResult result;
  std::vector<std::string> harness_errors;
  std::vector<scenarios::Repro> repros;
};

class Runner {
 public:
  Runner(const RunRequest& request, std::size_t run_count, Session& session)
      : request_(request), run_count_(run_count), session_(session) {}

  // On any thread.
  Ran run(const Planned& planned) const {
    Ran ran;
    scenarios::Explored whole = timed(planned);
    if (!whole.result.expected_failure)
      ran.repros = repros_of(planned.scenario.name, planned.seed, whole.failures);
    ran.result = std::move(whole.result);
    if (!whole.nondeterminism.empty()) ran.harness_errors.push_back(nondeterminism(whole.nondeterminism));
    if (auto blind = blindness(planned.scenario.scenario, ran.result))
      ran.harness_errors.push_back(std::move(*blind));
    return ran;
  }

 private:
  [[nodiscard]] scenarios::Explored timed(const Planned& planned) const {
    scenarios::ExploreOptions options;
    options.seed = planned.seed;
    options.interrupted = session_.interrupted;
    options.side_by_side = crew_of(workers_within(request_.workers, run_count_));
    options.double_check = request_.double_check;
    const io::Instant begin = session_.machine.clock.now();
    scenarios::Explored whole = run_whole(planned.scenario, options);
    whole.result.wall_time = session_.machine.clock.now() - begin;
    return whole;
  }

  const RunRequest& request_;
  std::size_t run_count_;
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
  const std::vector<Planned> planned = plan(library->scenarios, {.seed = request.seed});
  const Runner runner(request, planned.size(), session);
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
