// SPDX-License-Identifier: Apache-2.0
// Exploration walks what it says, finds the log that is wrong, and what it finds replays.
#include "scenarios/run/explore.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "scenarios/run/crash_state.h"
#include "scenarios/run/repro_fixture.h"
#include "scenarios/run/story.h"

namespace wallop::scenarios {
namespace {

using reports::Status;
using testing::repro_of;

// Two synced appends, walked whole without recovery crashes, where a test says nothing else.
class Case {
 public:
  Case& engine(std::string name) {
    engine_ = std::move(name);
    return *this;
  }
  Case& explore(std::string text) {
    explore_ = std::move(text);
    return *this;
  }
  Case& with(std::string more) {
    more_ += ", " + more;
    return *this;
  }
  Case& model(std::string_view name) {
    model_ = name;
    return *this;
  }
  Case& after_recovery(int appends) {
    workload_ = R"(, "after_recovery": )" + std::to_string(appends);
    return *this;
  }
  Case& fails_on_purpose() { return engine("ack_before_sync"); }

  [[nodiscard]] LoadedScenario loaded() const {
    const std::string text =
        R"({ "version": 1, "name": "case", "about": "A test.", "world": { "disk": "instant", "model": ")" +
        model_ + R"(" }, "engine": { "name": ")" + engine_ +
        R"(", "options": { "sync": "always", "segment_bytes": "64KiB", "spare_segments": 0 } },
             "workload": { "operations": 2, "writers": [ {} ])" +
        workload_ + R"( }, "explore": )" + explore_ + more_ + " }";
    ReadScenario read = read_scenario(text, known());
    for (const auto& problem : read.problems) FAIL(base::json::describe(text, problem));
    return {"case.json", "test/case", std::move(read.scenario)};
  }
  [[nodiscard]] Explored run(const ExploreOptions& options = {}) const {
    return scenarios::explore(loaded(), options);
  }

 private:
  std::string engine_ = "reference_wal";
  std::string model_ = "posix";
  std::string explore_ = R"({ "recovery_depth": 0 })";
  std::string workload_, more_;
};

// ---- What is walked ----

TEST_CASE("two synced appends: more than a thousand crash states, walked whole, and none fails") {
  const Explored explored = Case().explore(R"({ "recovery_depth": 2 })").run();
  const reports::StateCount& states = *explored.result.states;
  REQUIRE(explored.result.status == Status::pass);
  REQUIRE((states.all && states.bounds.empty()));
  REQUIRE(states.images > 1'000);
  REQUIRE((states.distinct > 300 && states.distinct < states.images));
  REQUIRE((states.failures == 0 && states.silent == 0 && states.undetectable == 0));
}

TEST_CASE("each further crash during recovery adds states") {
  std::uint64_t before = 0;
  for (const std::string depth : {"0", "1", "2"}) {
    const Explored explored = Case().explore(R"({ "recovery_depth": )" + depth + " }").run();
    REQUIRE(explored.result.states->images > before);
    before = explored.result.states->images;
  }
}

TEST_CASE("what is appended after a recovery is held to its promise by the next one") {
  const Explored without = Case().explore(R"({ "recovery_depth": 1 })").run();
  const Explored with = Case().after_recovery(1).explore(R"({ "recovery_depth": 1 })").run();
  REQUIRE(with.result.status == Status::pass);
  REQUIRE(with.result.states->images > without.result.states->images);
}

TEST_CASE("the same exploration twice counts the same and has the same journal") {
  const Case scenario = Case().explore(R"({ "strategy": "sampled", "samples": 300, "recovery_depth": 1 })");
  const Explored one = scenario.run();
  const Explored other = scenario.run();
  REQUIRE(one.result.journal_hash == other.result.journal_hash);
  REQUIRE(one.result.states->images == other.result.states->images);
  REQUIRE(one.result.states->distinct == other.result.states->distinct);
}

TEST_CASE("what was left out is said, and is not called all") {
  struct Bounded {
    std::string explore, bounds;
  };
  for (const auto& [text, bounds] :
       {Bounded{R"({ "recovery_depth": 0, "cuts_max": 5 })", "5 of 33 cuts"},
        Bounded{R"({ "recovery_depth": 2, "budget_states": 100 })", "stopped after 100 states"},
        Bounded{R"({ "recovery_depth": 0, "images_max": 2 })", "more than 2 images: so many drawn"},
        Bounded{R"({ "strategy": "sampled", "samples": 40, "recovery_depth": 0 })", "40 samples of"}}) {
    const Explored explored = Case().explore(text).run();
    INFO(text << ": " << explored.result.states->bounds);
    REQUIRE_FALSE(explored.result.states->all);
    REQUIRE(explored.result.states->bounds.find(bounds) != std::string::npos);
  }
}

TEST_CASE("an exploration stops when its time is over, and when somebody says so") {
  ExploreOptions options;
  io::Instant now;
  options.budget = std::chrono::milliseconds(1);
  options.wall_clock = [&] { return now += std::chrono::microseconds(400); };
  const Case scenario = Case().explore(R"({ "recovery_depth": 2 })");
  REQUIRE(scenario.run(options).result.states->bounds == "stopped when its time was over");
  ExploreOptions interrupted;
  interrupted.interrupted = [] { return true; };
  REQUIRE(scenario.run(interrupted).result.status == Status::inconclusive);
}

// ---- What is found ----

TEST_CASE("a log that acknowledges before it syncs fails durable, and each failure replays") {
  const Explored explored = Case().fails_on_purpose().run();
  REQUIRE(explored.result.status == Status::fail);
  REQUIRE(explored.result.states->failures > 0);
  REQUIRE_FALSE(explored.failures.empty());
  for (const Counterexample& failure : explored.failures) {
    REQUIRE(failure.finding.oracle == "durable");
    Repro repro;
    REQUIRE(read_repro(to_json(repro_of(failure)), repro).empty());
    const Replayed replayed = replay(repro);
    REQUIRE(replayed.same);
    REQUIRE(replayed.unused.empty());
    REQUIRE(replayed.journal_hash == explored.result.journal_hash);
  }
}

TEST_CASE("a failure shrinks to one cut and one lost sector") {
  const Explored explored = Case().fails_on_purpose().run();
  const Counterexample& failure = explored.failures.front();
  REQUIRE(failure.answers.size() == 2);
  REQUIRE(failure.answers[0].site == "crash.cut");
  REQUIRE(failure.answers[1].site == "crash.sector");
  REQUIRE(failure.journal_entries < failure.shrunk_from);
}

TEST_CASE("a canary passes because it fails as it must, and is caught as blind where it does not") {
  const std::string must_fail = R"("expect": { "verdict": "fail", "oracle": "durable" })";
  const Explored caught = Case().fails_on_purpose().with(must_fail).run();
  REQUIRE((caught.result.status == Status::pass && caught.result.expected_failure));
  const Explored blind = Case().with(must_fail).run();
  REQUIRE(blind.result.status == Status::fail);
}

TEST_CASE("the story ends with the power loss, and says what was promised, found and lost") {
  const Explored explored = Case().fails_on_purpose().run();
  const reports::Story& story = *explored.result.story;
  REQUIRE(story.lines.back().verb == "POWER LOSS");
  REQUIRE(story.lines.back().number == explored.failures.front().journal_entries);
  REQUIRE((story.promised == "LSN 1..1" && story.found == "nothing"));
  const auto log = std::ranges::find(story.disk, "log/0000000000000001.wal", &reports::DiskRow::name);
  REQUIRE(log != story.disk.end());
  REQUIRE(log->why.find("was not synced since") != std::string::npos);
}

TEST_CASE("a sync that fails out loud leaves the log honest in every state, and its receipt is shown") {
  const std::string fault =
      R"("faults": [ { "kind": "failed_sync", "when": { "path": "*.wal", "nth": 4 } } ])";
  const Explored explored = Case().with(fault).run();
  REQUIRE(explored.result.status == Status::pass);
  REQUIRE(explored.result.states->all);
  REQUIRE(explored.result.receipts.front().fired == 1);
  REQUIRE(explored.result.receipts.front().first.find(" call ") != std::string::npos);
}

// ---- Models ----

TEST_CASE("under every shipped model the log loses nothing that the model keeps, and hides nothing") {
  for (const std::string_view model : sim::model_names()) {
    const Explored explored = Case().model(model).explore(R"({ "recovery_depth": 1 })").run();
    const reports::StateCount& states = *explored.result.states;
    INFO(model << ": " << explored.result.summary);
    REQUIRE(explored.result.status == Status::pass);
    REQUIRE(states.all);
    REQUIRE((states.failures == 0 && states.silent == 0));
    REQUIRE((states.undetectable > 0) == (model == "lying-cache"));
  }
}

TEST_CASE("a log that acknowledges before it syncs is caught under every shipped model that keeps its word") {
  for (const std::string_view model : sim::model_names()) {
    const Explored explored = Case().model(model).fails_on_purpose().run();
    INFO(model);
    REQUIRE((explored.result.states->failures > 0) == (model != "lying-cache"));
  }
}

TEST_CASE("on a device that lies, losses are counted by what is known of them") {
  const Explored explored = Case().model("lying-cache").run();
  const auto durable = std::ranges::find(explored.result.verdicts, "durable", &reports::Verdict::id);
  REQUIRE(durable->status == Status::pass);
  REQUIRE(durable->observed.find("lost by the model: ") == 0);
}

// ---- Replaying ----

TEST_CASE("decisions that nobody asks for any more are named") {
  Repro repro = repro_of(Case().fails_on_purpose().run().failures.front());
  repro.answers.push_back({"crash.sector", 0, 99, 0, 2, 1});
  const Replayed replayed = replay(repro);
  REQUIRE(replayed.same);
  REQUIRE(replayed.unused == sim::Answers{repro.answers.back()});
}

TEST_CASE("a log that has been mended no longer fails in that state") {
  Repro repro = repro_of(Case().fails_on_purpose().run().failures.front());
  repro.scenario.engine.name = "reference_wal";
  const Replayed replayed = replay(repro);
  REQUIRE_FALSE(replayed.same);
  REQUIRE_FALSE(replayed.finding.failed());
}

TEST_CASE("a counterexample of another version, or of an engine that is not there, is refused") {
  Repro repro = repro_of(Case().fails_on_purpose().run().failures.front());
  Repro into;
  repro.version = 2;
  REQUIRE(read_repro(to_json(repro), into).size() == 1);
  repro.version = 1;
  repro.scenario.engine.name = "no_such_log";
  REQUIRE(read_repro(to_json(repro), into).size() == 1);
  REQUIRE(read_repro("{", into).size() == 1);
}

TEST_CASE("power is lost during recovery where the answers say so, and the story has both chapters") {
  const LoadedScenario loaded = Case().loaded();
  const Subject subject(loaded.scenario, 1);
  sim::World workload(world_options(loaded.scenario, 1));
  REQUIRE_FALSE(run_workload(workload, loaded.scenario, 1).failed());
  const std::uint64_t end = workload.journal().count();
  const Reached reached =
      reach(subject, workload, {{"crash.cut", 0, 0, 0, end + 1, end - 4}, {"crash.cut", 1, 0, 0, 99, 2}});
  REQUIRE(reached.losses.size() == 2);
  REQUIRE(reached.losses.back().cut == 2);
  REQUIRE_FALSE(reached.finding().failed());
  const reports::Story story = tell(subject, workload, reached, 0);
  REQUIRE(std::ranges::count(story.lines, "POWER LOSS", &reports::StoryLine::verb) == 2);
}

}  // namespace
}  // namespace wallop::scenarios
