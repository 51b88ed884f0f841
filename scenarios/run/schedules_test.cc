// SPDX-License-Identifier: Apache-2.0
// Many schedules: races are caught, what is caught replays and is small, and nothing hangs on the order in
// which schedules are walked.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "scenarios/run/double_check.h"
#include "scenarios/run/explore.h"
#include "scenarios/run/leaf.h"
#include "scenarios/run/repro_fixture.h"
#include "scenarios/run/whole.h"

namespace wallop::scenarios {
namespace {

using reports::Status;
using testing::repro_of;

constexpr std::string_view kPct = R"({ "kind": "pct" })";
constexpr std::string_view kSeeded = R"({ "kind": "seeded" })";

// Two writers, four appends each, on a small log.
LoadedScenario race(
    std::string_view engine, std::string_view schedule, std::string_view more = "",
    std::string_view explore = R"({ "schedules": 300, "recovery_depth": 0, "images_max": 8 })") {
  std::string text = R"({ "version": 1, "name": "case", "about": "A test.",
      "world": { "disk": "instant", "model": "posix" }, "engine": { "name": ")";
  text += engine;
  text += R"(" }, "workload": { "operations": 4, "writers": [ { "count": 2, "value_bytes": 32 } ] },
      "schedule": )";
  text.append(schedule).append(R"(, "explore": )").append(explore).append(more).append(" }");
  ReadScenario read = read_scenario(text, known());
  for (const auto& problem : read.problems) FAIL(base::json::describe(text, problem));
  return {"case.json", "test/case", std::move(read.scenario)};
}

std::string must_fail(std::string_view oracle) {
  return R"(, "expect": { "verdict": "fail", "oracle": ")" + std::string(oracle) + R"(" })";
}

// As if on several threads: all of the work first, in the opposite order.
void backwards(std::size_t count, const std::function<void(std::size_t)>& work,
               const std::function<bool(std::size_t)>& finished) {
  for (std::size_t i = count; i > 0; --i) work(i - 1);
  for (std::size_t i = 0; i < count && finished(i); ++i) {
  }
}

// ---- Races ----

TEST_CASE("seeded and PCT schedules catch each planted race, and a calm run catches none") {
  for (const std::string engine : {"two_writers_rotate", "ack_overtakes_sync"}) {
    for (const std::string_view schedule : {kPct, kSeeded}) {
      const Explored explored = explore(race(engine, schedule, must_fail("durable")), {});
      INFO(engine << ", " << schedule << ": " << explored.result.summary);
      REQUIRE((explored.result.status == Status::pass && explored.result.expected_failure));
      REQUIRE(explored.result.states->first_failure_schedule > 0);
      REQUIRE(explored.result.states->first_failure_state > 0);
    }
    const Explored calm = explore(race(engine, R"({ "kind": "run_to_block" })", "", "{}"), {});
    REQUIRE(calm.result.status == Status::pass);
  }
}

TEST_CASE("a log without the mistakes passes under the same schedules, and many of them differ") {
  for (const std::string_view schedule : {kPct, kSeeded}) {
    const Explored explored = explore(race("small_log", schedule), {});
    INFO(explored.result.summary);
    REQUIRE(explored.result.status == Status::pass);
    REQUIRE(explored.result.states->schedules == 300);
    REQUIRE(explored.result.states->schedules_distinct > 50);
  }
}

TEST_CASE("schedules that were drawn are called a sample, with how many and how") {
  const reports::StateCount states = *explore(race("small_log", kPct), {}).result.states;
  REQUIRE_FALSE(states.all);
  REQUIRE(states.strategy == "sampled");
  REQUIRE(states.bounds.starts_with("300 schedules drawn, pct of depth 3"));
}

TEST_CASE("the first schedule of an exploration is the one of wallop run") {
  const LoadedScenario loaded = race("small_log", kSeeded);
  const Leaf leaf = draw_leaf(Subject(loaded.scenario, 1), 0, 0);
  Worlds worlds;
  (void)run_scenario(loaded, 1, {}, &worlds);
  REQUIRE(first_difference(*leaf.world, *worlds.front()).empty());
}

// ---- Replay and shrinking ----

TEST_CASE("a schedule that was drawn repeats from its answers, entry by entry") {
  for (const std::string_view schedule : {kPct, kSeeded}) {
    const LoadedScenario loaded = race("small_log", schedule);
    const Subject subject(loaded.scenario, 1);
    std::set<std::uint64_t> journals;
    for (std::uint64_t ordinal = 0; ordinal < 30; ++ordinal) {
      const Leaf drawn = draw_leaf(subject, ordinal, 100);
      const Leaf again = repeat_leaf(subject, drawn.schedule);
      REQUIRE(first_difference(*drawn.world, *again.world).empty());
      REQUIRE(again.scheduling->unused().empty());
      journals.insert(drawn.world->journal().hash());
    }
    REQUIRE(journals.size() > 5);
  }
}

TEST_CASE("a race that was caught replays, and its schedule is calmer than the one that was drawn") {
  for (const std::string engine : {"two_writers_rotate", "ack_overtakes_sync"}) {
    for (const std::string_view schedule : {kPct, kSeeded}) {
      const LoadedScenario loaded = race(engine, schedule, must_fail("durable"));
      const Explored explored = explore(loaded, {});
      const Counterexample& failure = explored.failures.back();
      Repro repro;
      REQUIRE(read_repro(to_json(repro_of(failure)), repro).empty());
      const Replayed replayed = replay(repro);
      INFO(engine << ", " << schedule << ": " << failure.finding.what);
      REQUIRE(replayed.same);
      REQUIRE(replayed.unused.empty());
      const std::size_t decisions = schedule_of(failure.answers).size();
      REQUIRE((decisions >= 1 && decisions <= 4));
    }
  }
}

TEST_CASE("without the preemption that shrinking kept, the failure is gone") {
  const Explored explored = explore(race("ack_overtakes_sync", kSeeded, must_fail("durable")), {});
  Repro repro = repro_of(explored.failures.back());
  repro.answers = crash_of(repro.answers);
  REQUIRE_FALSE(replay(repro).finding.failed());
}

// ---- Endings ----

TEST_CASE("a deadlock is caught, and its story says what each thread waits for and called last") {
  const Explored explored = explore(race("lock_order", kPct), {});
  REQUIRE(explored.result.status == Status::fail);
  REQUIRE(explored.failures.front().finding.oracle == "deadlock");
  const reports::Story& story = *explored.result.story;
  REQUIRE(story.fibres.size() == 3);
  REQUIRE(story.fibres[1].name == "writer 0");
  REQUIRE(story.fibres[1].doing == "waits for mutex 2, held by fibre 2 (writer 1)");
  REQUIRE(story.fibres[1].call.starts_with("after sync of log/000"));
  REQUIRE(story.fibres[2].doing == "waits for mutex 3, held by fibre 1 (writer 0)");
}

TEST_CASE("an ending that must come makes a canary pass, in a run and in an exploration; else it is blind") {
  const LoadedScenario loaded = race("lock_order", kPct, must_fail("deadlock"));
  const Explored whole = run_whole(loaded, {});
  REQUIRE((whole.result.status == Status::pass && whole.result.expected_failure));
  REQUIRE(run_whole(race("small_log", kPct, must_fail("deadlock")), {}).result.status == Status::fail);
}

TEST_CASE("a counterexample that is a deadlock replays as one") {
  const Explored explored = explore(race("lock_order", kSeeded), {});
  const Repro repro = repro_of(explored.failures.front());
  const Replayed replayed = replay(repro);
  REQUIRE(replayed.same);
  REQUIRE(replayed.story.fibres.size() == 3);
}

TEST_CASE("threads that spin for each other are a livelock, and a run past its bound is told from it") {
  const Explored spinning =
      explore(race("spins_for_each_other", R"({ "kind": "pct", "quiet_steps_max": 10000 })"), {});
  REQUIRE(spinning.failures.front().finding.oracle == "livelock");
  const Explored bounded =
      explore(race("small_log", R"({ "kind": "run_to_block", "steps_max": 50 })", "", "{}"), {});
  REQUIRE(bounded.failures.front().finding.oracle == "step_bound");
}

// ---- Side by side ----

TEST_CASE("whoever walks schedules first, the result is the same") {
  for (const std::string& more : {std::string(), must_fail("durable")}) {
    for (const std::string_view bounds :
         {R"({ "schedules": 60, "recovery_depth": 0, "images_max": 8 })",
          R"({ "schedules": 60, "recovery_depth": 0, "images_max": 8, "budget_states": 300 })"}) {
      const LoadedScenario loaded = race("two_writers_rotate", kPct, more, bounds);
      const Explored one_by_one = explore(loaded, {});
      ExploreOptions options;
      options.side_by_side = backwards;
      const Explored other = explore(loaded, options);
      REQUIRE(base::print(other.result) == base::print(one_by_one.result));
      REQUIRE(other.failures.size() == one_by_one.failures.size());
    }
  }
}

// ---- Double check ----

TEST_CASE("what was the same twice passes the double check") {
  ExploreOptions options;
  options.double_check = true;
  REQUIRE(run_whole(race("small_log", kPct), options).nondeterminism.empty());
}

TEST_CASE("the first entry that was not the same is named in both forms") {
  ExploreOptions options;
  options.double_check = true;
  const std::string difference = explore(race("counts_in_the_process", kPct), options).nondeterminism;
  INFO(difference);
  REQUIRE(difference.starts_with("schedule 1: entry "));
  REQUIRE(difference.find(" was \"write  ") != std::string::npos);
  REQUIRE(difference.find(", and run again it was \"write  ") != std::string::npos);
}

}  // namespace
}  // namespace wallop::scenarios
