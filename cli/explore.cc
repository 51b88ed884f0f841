// SPDX-License-Identifier: Apache-2.0
// wallop explore: crash states, walked or sampled within a budget.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/units.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/counterexamples.h"
#include "cli/json_lines.h"
#include "cli/lines.h"
#include "cli/scenario_set.h"
#include "cli/side_by_side.h"
#include "cli/telling.h"
#include "cli/trust.h"
#include "scenarios/run/explore.h"

namespace wallop::cli {
namespace {

using scenarios::LoadedScenario;

// What is explored: scenarios that say how, and those that were named by themselves. Of the latter each must
// have a workload that ends by a count; what is wrong is told.
std::expected<std::vector<LoadedScenario>, Exit> select(std::vector<LoadedScenario> loaded,
                                                        const ExploreRequest& request, Console& console) {
  std::vector<LoadedScenario> selected;
  for (LoadedScenario& scenario : loaded) {
    const bool is_named = std::ranges::find(request.paths, scenario.file) != request.paths.end();
    const bool is_bounded = scenario.scenario.workload.append_count().has_value();
    if (is_named && !is_bounded) {
      console.complain(
          fmt::format("{}  its workload ends by the clock, so that its crash states have no end  give it "
                      "\"operations\" instead of \"duration\"",
                      scenario.file));
      return std::unexpected(Exit::usage);
    }
    if (is_bounded && (is_named || scenario.scenario.explore)) selected.push_back(std::move(scenario));
  }
  if (!selected.empty()) return selected;
  console.complain(fmt::format("no scenario with \"explore\" in {}", fmt::join(request.paths, ", ")));
  return std::unexpected(Exit::inconclusive);
}

// The wall time of all explorations, shared out as they begin: each gets an equal part of what is left, so
// that what small ones leave is there for large ones.
class Budget {
 public:
  Budget(std::optional<io::Duration> whole, io::Instant begin, std::size_t count, std::size_t workers)
      : whole_(whole), begin_(begin), count_(count), workers_(std::min(workers, count)) {}

  [[nodiscard]] std::optional<io::Duration> share(std::size_t number, io::Instant now) const {
    if (!whole_) return std::nullopt;
    const io::Duration left = std::max(*whole_ - (now - begin_), io::Duration::zero());
    const std::size_t to_come = count_ - number;
    if (to_come <= workers_) return left;
    return left / static_cast<std::int64_t>(to_come) * static_cast<std::int64_t>(workers_);
  }

 private:
  std::optional<io::Duration> whole_;
  io::Instant begin_;
  std::size_t count_, workers_;
};

class Explorer {
 public:
  Explorer(const ExploreRequest& request, std::size_t count, Session& session)
      : session_(session),
        begin_(session.machine.clock.now()),
        budget_(request.budget, begin_, count, request.workers),
        schedule_workers_(workers_within(request.workers, count)),
        double_check_(request.double_check) {}

  // On any thread.
  scenarios::Explored explore(const Planned& planned, std::size_t number) {
    io::Clock& clock = session_.machine.clock;
    const io::Instant begin = clock.now();
    std::uint64_t states_told = 0, failures_told = 0;
    scenarios::ExploreOptions options;
    options.seed = planned.seed;
    options.budget = budget_.share(number, begin);
    options.wall_clock = [&clock] { return clock.now(); };
    options.interrupted = session_.interrupted;
    options.side_by_side = crew_of(schedule_workers_);
    options.double_check = double_check_;
    options.progress = [&](std::uint64_t states, std::uint64_t failures) {
      states_ += states - std::exchange(states_told, states);
      failures_ += failures - std::exchange(failures_told, failures);
    };
    scenarios::Explored explored = scenarios::explore(planned.scenario, options);
    explored.result.wall_time = clock.now() - begin;
    return explored;
  }

  // For the progress line: all explorations together.
  [[nodiscard]] std::string so_far() const {
    using std::chrono::milliseconds;
    const auto elapsed = std::chrono::duration_cast<milliseconds>(session_.machine.clock.now() - begin_);
    const std::uint64_t states = states_.load();
    const std::uint64_t rate =
        elapsed.count() <= 0 ? 0 : states * 1'000 / static_cast<std::uint64_t>(elapsed.count());
    return fmt::format("explore  {} states  {}/s  {} broken ", base::with_commas(states),
                       base::with_commas(rate), failures_.load());
  }

 private:
  Session& session_;
  io::Instant begin_;
  Budget budget_;
  std::size_t schedule_workers_;  // Of each exploration.
  bool double_check_;
  std::atomic<std::uint64_t> states_{0}, failures_{0};
};

// Writes its counterexamples, and says in the story how to see the first one again.
void keep_counterexamples(scenarios::Explored& explored, const Planned& planned,
                          const std::optional<OutDirectory>& out, Session& session, Console& console) {
  const LoadedScenario& scenario = planned.scenario;
  const auto repros = repros_of(scenario.name, planned.seed, explored.failures);
  const std::string replay = out ? write_repros(repros, planned.stem, *out, session, console) : "";
  if (!explored.result.story) return;
  explored.result.story->replay =
      !replay.empty() ? replay
                      : fmt::format("wallop explore {} --model {} --seed {} --out out", quoted(scenario.file),
                                    scenario.scenario.world.model, planned.seed);
}

}  // namespace

Exit explore(const ExploreRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  auto library = load_scenarios(request.paths, session, console);
  if (!library) return library.error();
  const auto selected = select(std::move(library->scenarios), request, console);
  if (!selected) return selected.error();
  auto out = prepare_out(request.out, Earlier::kept, session, console);
  if (!out) return out.error();

  console.row(start_row(session.command));
  reports::Result frame = new_result(session);
  const std::vector<Planned> planned = plan(*selected, {.seed = request.seed, .models = request.models});
  Explorer explorer(request, planned.size(), session);
  Telling telling(console, {exploration_line, exploration_row}, selected->size(), planned.size(),
                  name_width(*selected));
  side_by_side<scenarios::Explored>(
      {planned.size(), request.workers, [&] { telling.progress(explorer.so_far()); }, session.interrupted},
      [&](std::size_t i) { return explorer.explore(planned[i], i); },
      [&](std::size_t i, scenarios::Explored explored) {
        keep_counterexamples(explored, planned[i], *out, session, console);
        std::vector<std::string> errors;
        if (!explored.nondeterminism.empty()) errors.push_back(nondeterminism(explored.nondeterminism));
        if (auto blind = blindness(planned[i].scenario.scenario, explored.result))
          errors.push_back(std::move(*blind));
        telling.add(std::move(explored.result), errors);
      });
  return telling.finish(std::move(frame), *out, request.strict ? Strictness::strict : Strictness::lenient,
                        session);
}

}  // namespace wallop::cli
