// SPDX-License-Identifier: Apache-2.0
// The commands that run something: run, explore, replay, check.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>

#include "cli/fixture.h"
#include "cli/out_directory.h"
#include "reports/result_json.h"
#include "sim/model.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using testing::contains;
using testing::lines_of;
using testing::Terminal;

// A scenario of a few appends. `engine` is the log, `more` further members.
std::string small(std::string_view name, std::string_view engine, std::string_view more) {
  return fmt::format(R"({{ "version": 1, "name": "{}", "about": "x",
    "world": {{ "model": "posix", "disk": "instant" }},
    "engine": {{ "name": "{}", "options": {{ "sync": "always", "segment_bytes": "64KiB", "spare_segments": 0 }} }},
    "workload": {{ "operations": 2, "writers": [ {{ "count": 1, "value_bytes": 100 }} ] }}{}{} }})",
                     name, engine, more.empty() ? "" : ", ", more);
}

constexpr std::string_view kWalked = R"("explore": { "strategy": "exhaustive", "recovery_depth": 0 })";
constexpr std::string_view kCanary =
    R"("explore": { "strategy": "exhaustive", "recovery_depth": 0 }, "expect": { "verdict": "fail", "oracle": "durable" })";
constexpr std::string_view kTooSlow = R"("expect": { "metrics": [ "records.acknowledged > 1000" ] })";

// Four that pass and one in the middle that does not.
void write_library(Terminal& terminal) {
  for (const std::string name : {"a", "b", "d", "e"})
    terminal.write(fmt::format("set/{}.json", name), small(name, "reference_wal", ""));
  terminal.write("set/c.json", small("c", "reference_wal", kTooSlow));
}

std::vector<Value> rows_of(const Terminal& terminal, std::string_view type) {
  std::vector<Value> rows;
  for (const std::string& line : lines_of(terminal.data())) {
    auto row = base::json::parse(line);
    REQUIRE(row.has_value());
    if (*row->find("type")->get<std::string>() == type) rows.push_back(std::move(*row));
  }
  return rows;
}

std::string journals(const Terminal& terminal) {
  std::string text;
  for (const Value& row : rows_of(terminal, "scenario"))
    text += *row.find("scenario")->get<std::string>() + " " + *row.find("journal")->get<std::string>() + "\n";
  return text;
}

TEST_CASE("scenarios that pass are a line each and a sum") {
  Terminal terminal;
  terminal.write("good.json", small("good", "reference_wal", ""));
  REQUIRE(terminal.type({"run", "good.json"}) == Exit::passed);
  const std::vector<std::string> lines = lines_of(terminal.data());
  REQUIRE(lines.size() == 2);
  REQUIRE(lines[0].starts_with("PASS  good   seed 1"));
  REQUIRE(lines[1].starts_with("1 scenario: 1 passed"));
}

TEST_CASE("a failure has the command that repeats it, and is told again when others came after it") {
  Terminal terminal;
  write_library(terminal);
  REQUIRE(terminal.type({"run", "set"}) == Exit::failed);
  const std::vector<std::string> lines = lines_of(terminal.data());
  const auto is_failure = [](const std::string& line) { return line.starts_with("FAIL  c"); };
  REQUIRE(std::ranges::count_if(lines, is_failure) == 2);
  REQUIRE(contains(terminal.data(), "      replay   wallop run set/c.json --seed 1"));
  REQUIRE(lines.back().starts_with("5 scenarios: 4 passed, 1 failed"));
}

TEST_CASE("quiet tells failures alone") {
  Terminal terminal;
  write_library(terminal);
  REQUIRE(terminal.type({"run", "set", "-q"}) == Exit::failed);
  REQUIRE_FALSE(contains(terminal.data(), "PASS"));
  REQUIRE(contains(terminal.data(), "FAIL  c"));
  REQUIRE(terminal.type({"run", "set/a.json", "-q"}) == Exit::passed);
  REQUIRE(terminal.data().empty());
}

TEST_CASE("results do not depend on how many run side by side") {
  Terminal terminal;
  write_library(terminal);
  REQUIRE(terminal.type({"run", "set", "--format", "jsonl", "-j", "1"}) == Exit::failed);
  const std::string one = journals(terminal);
  REQUIRE(lines_of(one).size() == 5);
  for (const std::string workers : {"2", "8"}) {
    REQUIRE(terminal.type({"run", "set", "--format", "jsonl", "-j", workers}) == Exit::failed);
    REQUIRE(journals(terminal) == one);
  }
}

TEST_CASE("a seed on the command line stands for those of the scenario") {
  Terminal terminal;
  terminal.write("s.json", small("s", "reference_wal", R"("seeds": [ 3, 4 ])"));
  REQUIRE(terminal.type({"run", "s.json", "--format", "jsonl"}) == Exit::passed);
  REQUIRE(rows_of(terminal, "scenario").size() == 2);
  REQUIRE(terminal.type({"run", "s.json", "--format", "jsonl", "--seed", "9"}) == Exit::passed);
  const std::vector<Value> rows = rows_of(terminal, "scenario");
  REQUIRE(rows.size() == 1);
  REQUIRE(*rows[0].find("seed")->get<std::uint64_t>() == 9);
}

TEST_CASE("json is one result that reads back") {
  Terminal terminal;
  write_library(terminal);
  REQUIRE(terminal.type({"run", "set", "--format", "json"}) == Exit::failed);
  const auto result = reports::from_json(terminal.data());
  REQUIRE(result.has_value());
  REQUIRE(result->scenarios.size() == 5);
  REQUIRE(result->command == "wallop run set --format json");
}

TEST_CASE("reports are on disk before the command ends, and a run starts them anew") {
  Terminal terminal;
  write_library(terminal);
  for (int i = 0; i < 2; ++i) {
    REQUIRE(terminal.type({"run", "set", "--out", "out"}) == Exit::failed);
    const auto result = reports::from_json(terminal.read("out/result.json"));
    REQUIRE(result.has_value());
    REQUIRE(result->scenarios.size() == 5);
    for (const std::string file : {"out/report.html", "out/report.md", "out/junit.xml"})
      REQUIRE_FALSE(terminal.read(file).empty());
  }
  REQUIRE(contains(terminal.data(), "report out/report.html"));
}

TEST_CASE("where reports cannot be written nothing is run") {
  Terminal terminal;
  terminal.write("good.json", small("good", "reference_wal", ""));
  terminal.write("file", "x");
  REQUIRE(terminal.type({"run", "good.json", "--out", "file/out"}) == Exit::usage);
  REQUIRE(terminal.data().empty());
  terminal.write("out/result.json", "no result");
  REQUIRE(terminal.type({"check", "--dir", terminal.path("."), "--out", "out"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "out/result.json:1:"));
}

TEST_CASE("an interrupt keeps what was found until then") {
  Terminal terminal;
  write_library(terminal);
  int asked = 0;
  terminal.interrupted = [&] { return ++asked > 1; };
  REQUIRE(terminal.type({"run", "set", "-j", "1", "--out", "out"}) == Exit::interrupted);
  const auto result = reports::from_json(terminal.read("out/result.json"));
  REQUIRE(result.has_value());
  REQUIRE(result->scenarios.size() < 5);
  REQUIRE(contains(terminal.data(), "interrupted, "));
}

TEST_CASE("a double check passes over a log that is the same twice") {
  Terminal terminal;
  terminal.write("good.json", small("good", "reference_wal", ""));
  for (const std::string command : {"run", "explore"})
    REQUIRE(terminal.type({command, "good.json", "--double-check"}) == Exit::passed);
}

TEST_CASE("a double check names the first entry in which a log was not the same twice, in both forms") {
  Terminal terminal;
  terminal.write("bad.json", small("bad", "counts_in_the_process", ""));
  for (const std::string command : {"run", "explore"}) {
    REQUIRE(terminal.type({command, "bad.json"}) == Exit::passed);
    REQUIRE(terminal.type({command, "bad.json", "--double-check"}) == Exit::harness);
    INFO(terminal.data());
    REQUIRE(contains(terminal.data(), "nondeterminism: "));
    REQUIRE(contains(terminal.data(), " was \"write  "));
    REQUIRE(contains(terminal.data(), ", and run again it was \"write  "));
  }
}

TEST_CASE("a log that is wrong on purpose passes when it is caught") {
  Terminal terminal;
  terminal.write("canary.json", small("canary", "ack_before_sync", kCanary));
  for (const std::string command : {"run", "explore"}) {
    REQUIRE(terminal.type({command, "canary.json"}) == Exit::passed);
    REQUIRE(contains(terminal.data(), "failed as it must"));
  }
}

TEST_CASE("a log that is right, called wrong on purpose, makes the harness blind") {
  Terminal terminal;
  terminal.write("blind.json", small("blind", "reference_wal", kCanary));
  for (const std::string command : {"run", "explore"}) {
    REQUIRE(terminal.type({command, "blind.json"}) == Exit::harness);
    REQUIRE(contains(terminal.data(), "blind"));
  }
}

TEST_CASE("an exploration says how many states it walked and that those were all") {
  Terminal terminal;
  terminal.write("walked.json", small("walked", "reference_wal", kWalked));
  REQUIRE(terminal.type({"explore", "walked.json"}) == Exit::passed);
  REQUIRE(terminal.data().starts_with("PASS  walked   posix            exhaustive   cuts "));
  for (const std::string part : {"   all ", "   distinct ", "   recovery depth 0   0 failures   "})
    REQUIRE(contains(terminal.data(), part));
}

TEST_CASE("models on the command line take the place of the scenario's, one line each") {
  Terminal terminal;
  terminal.write("walked.json", small("walked", "reference_wal", kWalked));
  REQUIRE(terminal.type({"explore", "--model", "xfs,lying-cache", "walked.json", "--out", "out"}) ==
          Exit::passed);
  const std::vector<std::string> lines = lines_of(terminal.data());
  REQUIRE(lines[0].starts_with("PASS  walked   xfs "));
  REQUIRE(contains(lines[0], "undetectable 0 "));
  REQUIRE(lines[1].starts_with("PASS  walked   lying-cache "));
  REQUIRE_FALSE(contains(lines[1], "undetectable 0 "));
  REQUIRE(contains(lines[2], "2 runs of 1 scenario: 2 passed"));
  REQUIRE(terminal.type({"explore", "walked.json", "--model", "all", "--out", "out"}) == Exit::passed);
  const auto result = reports::from_json(terminal.read("out/result.json"));
  REQUIRE(result.has_value());
  REQUIRE(result->scenarios.size() == sim::model_names().size());
  for (const reports::ScenarioResult& scenario : result->scenarios)
    REQUIRE(std::ranges::count(result->scenarios, scenario.model, &reports::ScenarioResult::model) == 1);
}

TEST_CASE("a counterexample found under a model of the command line is replayed under it") {
  Terminal terminal;
  terminal.write("broken.json", small("broken", "ack_before_sync", kWalked));
  REQUIRE(terminal.type({"explore", "broken.json", "--model", "btrfs", "--out", "out"}) == Exit::failed);
  REQUIRE(contains(terminal.data(), "wallop replay out/broken-btrfs.repro.json"));
  REQUIRE(contains(terminal.read("out/broken-btrfs.repro.json"), "\"btrfs\""));
  REQUIRE(terminal.type({"replay", "out/broken-btrfs.repro.json"}) == Exit::failed);
  REQUIRE(contains(terminal.data(), "model btrfs"));
}

TEST_CASE("where every log loses, one that is wrong on purpose shows nothing, and blinds nobody") {
  Terminal terminal;
  terminal.write("canary.json", small("canary", "ack_before_sync", kCanary));
  REQUIRE(terminal.type({"explore", "canary.json", "--model", "lying-cache", "-v"}) == Exit::passed);
  REQUIRE(contains(terminal.data(), "under this model every log loses"));
  REQUIRE(contains(terminal.data(), "lost by the model: "));
}

TEST_CASE("an exploration that ends early never says all") {
  Terminal terminal;
  terminal.write("cut.json", small("cut", "reference_wal", R"("explore": { "budget_states": 10 })"));
  REQUIRE(terminal.type({"explore", "cut.json"}) == Exit::passed);
  REQUIRE(contains(terminal.data(), "sampled "));
  REQUIRE_FALSE(contains(terminal.data(), "   all "));
}

TEST_CASE("of a folder those are explored that say how; a workload that ends by the clock is refused") {
  Terminal terminal;
  terminal.write("set/a.json", small("a", "reference_wal", ""));
  REQUIRE(terminal.type({"explore", "set"}) == Exit::inconclusive);
  REQUIRE(terminal.type({"explore", "set/a.json"}) == Exit::passed);
  REQUIRE(terminal.type({"new", "by-clock"}) == Exit::passed);
  terminal.write("by-clock.json", terminal.data());
  REQUIRE(terminal.type({"explore", "by-clock.json"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "operations"));
}

TEST_CASE("a counterexample can be stepped through, as often as one likes") {
  Terminal terminal;
  terminal.write("set/broken.json", small("broken", "ack_before_sync", kWalked));
  REQUIRE(terminal.type({"explore", "set/broken.json", "--out", "out"}) == Exit::failed);
  REQUIRE(contains(terminal.data(), "replay   wallop replay out/broken.repro.json"));
  REQUIRE_FALSE(terminal.read("out/broken.repro.json").empty());

  REQUIRE(terminal.type({"replay", "out/broken.repro.json"}) == Exit::failed);
  const std::string first = terminal.data();
  for (const std::string part : {"POWER LOSS", "promised  ", "found  ", "verdict   durable: "})
    REQUIRE(contains(first, part));
  REQUIRE(terminal.type({"replay", "out/broken.repro.json"}) == Exit::failed);
  REQUIRE(terminal.data() == first);
}

TEST_CASE("a counterexample that no longer fails is good news, unless this very commit has found it") {
  Terminal terminal;
  terminal.write("broken.json", small("broken", "ack_before_sync", kWalked));
  REQUIRE(terminal.type({"explore", "broken.json", "--out", "out"}) == Exit::failed);
  std::string repro = terminal.read("out/broken.repro.json");
  const std::string engine = "ack_before_sync";
  repro.replace(repro.find(engine), engine.size(), "reference_wal");
  terminal.write("same.repro.json", repro);
  const Exit same_commit = terminal.type({"replay", "same.repro.json"});
  REQUIRE((same_commit == Exit::harness || contains(repro, "\"unknown\"")));

  const std::size_t commit = repro.find("\"commit\"");
  repro.replace(repro.find('"', commit + 8) + 1, 4, "0000");
  terminal.write("other.repro.json", repro);
  REQUIRE(terminal.type({"replay", "other.repro.json"}) == Exit::passed);
  REQUIRE(contains(terminal.data(), "it holds now"));
}

TEST_CASE("a run that breaks a promise brings a counterexample to step through") {
  Terminal terminal;
  constexpr std::string_view kCrash =
      R"("crash": { "kind": "power_loss", "after": 2 }, "explore": { "recovery_depth": 0 })";
  terminal.write("broken.json", small("broken", "ack_before_sync", kCrash));
  const Exit exit = terminal.type({"run", "broken.json", "--out", "out", "--seed", "2"});
  INFO(terminal.data());
  REQUIRE(exit == Exit::failed);
  REQUIRE(contains(terminal.data(), "wallop replay out/broken.repro.json"));
}

TEST_CASE("counterexamples of several seeds do not overwrite each other") {
  Terminal terminal;
  constexpr std::string_view kSeeds =
      R"("seeds": [ 2, 3 ], "crash": { "kind": "power_loss", "after": 2 }, "explore": { "recovery_depth": 0 })";
  terminal.write("broken.json", small("broken", "ack_before_sync", kSeeds));
  REQUIRE(terminal.type({"run", "broken.json", "--out", "out"}) == Exit::failed);
  for (const std::string seed : {"2", "3"})
    REQUIRE(contains(terminal.read("out/broken-seed-" + seed + ".repro.json"), "\"seed\""));
}

TEST_CASE("the scenario that one starts from runs and passes") {
  Terminal terminal;
  REQUIRE(terminal.type({"new", "my-first"}) == Exit::passed);
  terminal.write("my-first.json", terminal.data());
  const Exit exit = terminal.type({"run", "my-first.json", "--strict"});
  INFO(terminal.data());
  REQUIRE(exit == Exit::passed);
}

TEST_CASE("an explored result is added to what a run left, and replaces an explored one") {
  Terminal terminal;
  terminal.write("once.json", small("once", "reference_wal", ""));
  terminal.write("walked.json", small("walked", "reference_wal", kWalked));
  REQUIRE(terminal.type({"run", "once.json", "walked.json", "--out", "out"}) == Exit::passed);
  for (int i = 0; i < 2; ++i)
    REQUIRE(terminal.type({"explore", "once.json", "walked.json", "--out", "out"}) == Exit::passed);
  const auto result = reports::from_json(terminal.read("out/result.json"));
  REQUIRE(result.has_value());
  REQUIRE(result->scenarios.size() == 3);
  REQUIRE_FALSE(result->scenarios[0].states.has_value());
  REQUIRE(result->scenarios[1].states.has_value());
}

TEST_CASE("instants are written as RFC 3339 has them") {
  REQUIRE(rfc3339(io::WallTime(std::chrono::seconds(0))) == "1970-01-01T00:00:00Z");
  REQUIRE(rfc3339(io::WallTime(std::chrono::seconds(1'795'670'356))) == "2026-11-26T05:19:16Z");
}

TEST_CASE("a checklist of one item judges it, and joins the result that is there") {
  Terminal terminal;
  terminal.write("good.json", small("good", "reference_wal", ""));
  REQUIRE(terminal.type({"run", "good.json", "--out", "out"}) == Exit::passed);
  const std::string here = terminal.path(".");
  REQUIRE(terminal.type({"check", "--dir", here, "--only", "soak", "--out", "out"}) == Exit::passed);
  REQUIRE(contains(terminal.data(), "MANUAL  soak"));
  REQUIRE(lines_of(terminal.data()).back().starts_with("Ready: 1 to do.   report out/report.html"));
  const auto result = reports::from_json(terminal.read("out/result.json"));
  REQUIRE(result.has_value());
  REQUIRE(result->scenarios.size() == 1);
  REQUIRE(result->checklist.has_value());
}

TEST_CASE("what the checklist cannot do is told before it begins") {
  Terminal terminal;
  REQUIRE(terminal.type({"check", "--dir", terminal.path("nowhere"), "--only", "soak"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "nowhere"));
  REQUIRE(terminal.type({"check", "--dir", terminal.path("."), "--profile", "defalt"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "default"));
  REQUIRE(terminal.type({"check", "--dir", terminal.path("."), "--only", "sync.p9"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "sync.p99"));
}

}  // namespace
}  // namespace wallop::cli
