// SPDX-License-Identifier: Apache-2.0
// The commands that run nothing: validate, schema, explain, new, report.
#include <catch2/catch.hpp>

#include "cli/fixture.h"
#include "reports/result_json.h"
#include "reports/sample_result.h"
#include "scenarios/run/runner.h"
#include "scenarios/run/scenario.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using testing::contains;
using testing::lines_of;
using testing::Terminal;

constexpr std::string_view kGood =
    R"({ "version": 1, "name": "good", "about": "x", "engine": { "name": "reference_wal" },
  "workload": { "operations": 2, "writers": [ {} ] } })";

std::string with_typo() {
  std::string text(kGood);
  text.replace(text.find("operations"), 10, "operatons");
  return text;
}

TEST_CASE("a valid scenario is told in a line") {
  Terminal terminal;
  terminal.write("good.json", kGood);
  REQUIRE(terminal.type({"validate", "good.json"}) == Exit::passed);
  REQUIRE(terminal.data() == "1 scenario, no error\n");
  REQUIRE(terminal.messages().empty());
}

TEST_CASE("an invalid one is told with line, column and what was meant") {
  Terminal terminal;
  terminal.write("typo.json", with_typo());
  REQUIRE(terminal.type({"validate", "typo.json"}) == Exit::usage);
  REQUIRE(contains(terminal.data(),
                   "typo.json:2:17  unknown key \"operatons\" in /workload  did you mean \"operations\"?"));
  REQUIRE(lines_of(terminal.data()).back().ends_with("error"));
}

TEST_CASE("problems are data in every format") {
  Terminal terminal;
  terminal.write("typo.json", with_typo());
  REQUIRE(terminal.type({"validate", "typo.json", "--format", "json"}) == Exit::usage);
  const auto document = base::json::parse(terminal.data());
  REQUIRE(document.has_value());
  const Value& first = document->find("problems")->get<base::json::Array>()->front();
  REQUIRE(*first.find("line")->get<std::uint64_t>() == 2);
  REQUIRE(*first.find("file")->get<std::string>() == "typo.json");
  REQUIRE(terminal.type({"validate", "typo.json", "--format", "jsonl"}) == Exit::usage);
  for (const std::string& line : lines_of(terminal.data())) REQUIRE(base::json::parse(line).has_value());
}

TEST_CASE("whatever a file holds, it is an error with its name and no crash") {
  Terminal terminal;
  std::string noise;
  for (int i = 0; i < 4096; ++i) noise += static_cast<char>((i * 7919) >> 3);
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "{\"a\":";
  const std::vector<std::pair<std::string, std::string>> files{{"empty.json", ""},
                                                               {"noise.json", noise},
                                                               {"deep.json", deep},
                                                               {"array.json", "[]"},
                                                               {"cut.json", "{ \"version\": "}};
  for (const auto& [name, text] : files) {
    terminal.write(name, text);
    REQUIRE(terminal.type({"validate", name}) == Exit::usage);
    REQUIRE(terminal.data().starts_with(name));
    for (const std::string command : {"run", "explore", "replay"}) {
      REQUIRE(terminal.type({command, name}) == Exit::usage);
      REQUIRE(terminal.messages().starts_with(name));
      REQUIRE(terminal.data().empty());
    }
    REQUIRE(terminal.type({"report", name, "--out", "out"}) == Exit::usage);
    REQUIRE(terminal.messages().starts_with(name));
  }
}

TEST_CASE("a file that is not there is a mistake, a folder without scenarios matched nothing") {
  Terminal terminal;
  terminal.write("folder/notes.txt", "x");
  for (const std::string command : {"run", "explore", "validate"}) {
    REQUIRE(terminal.type({command, "nowhere.json"}) == Exit::usage);
    REQUIRE(contains(terminal.data() + terminal.messages(), "nowhere.json"));
    REQUIRE(terminal.type({command, "folder"}) == Exit::inconclusive);
    REQUIRE(contains(terminal.messages(), "no scenario in folder"));
  }
  REQUIRE(terminal.type({"replay", "nowhere.json"}) == Exit::usage);
  REQUIRE(terminal.type({"report", "nowhere.json", "--out", "out"}) == Exit::usage);
}

TEST_CASE("a counterexample that is taken for a scenario is told what to do with it") {
  Terminal terminal;
  terminal.write("x.repro.json", "{}");
  REQUIRE(terminal.type({"run", "x.repro.json"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "wallop replay x.repro.json"));
}

TEST_CASE("schemas are printed as they are shipped") {
  Terminal terminal;
  for (const std::string of : {"scenario", "result", "profile", "repro"}) {
    REQUIRE(terminal.type({"schema", of}) == Exit::passed);
    const auto schema = base::json::parse(terminal.data());
    REQUIRE(schema.has_value());
    REQUIRE(schema->find("properties") != nullptr);
  }
  REQUIRE(terminal.type({"schema", "scenario"}) == Exit::passed);
  const std::string shipped = base::json::to_text(scenarios::scenario_schema(), base::json::Layout::indented);
  REQUIRE(terminal.data() == shipped + "\n");
}

TEST_CASE("a fault is explained with where it was seen and how it is written") {
  Terminal terminal;
  REQUIRE(terminal.type({"explain", "failed_sync"}) == Exit::passed);
  REQUIRE(terminal.data().starts_with("failed_sync   fault: a sync that fails out loud\n"));
  for (const std::string part :
       {"  what ", "  seen in ", "\"kind\": \"failed_sync\"", "lost_sync", "  key errno"})
    REQUIRE(contains(terminal.data(), part));
}

TEST_CASE("every name that a scenario or a profile may use is explained") {
  Terminal terminal;
  const scenarios::Known known = scenarios::known();
  std::vector<std::string_view> names = known.models;
  for (const auto* more : {&known.disks, &known.engines, &known.oracles})
    names.insert(names.end(), more->begin(), more->end());
  for (const scenarios::Metric& metric : scenarios::metric_catalogue()) names.push_back(metric.id);
  REQUIRE(names.size() > 20);
  for (const std::string_view name : names) {
    REQUIRE(terminal.type({"explain", std::string(name)}) == Exit::passed);
    const std::vector<std::string> lines = lines_of(terminal.data());
    INFO(terminal.data());
    REQUIRE(lines.front().starts_with(name));
    REQUIRE_FALSE(lines.front().ends_with(": "));
    REQUIRE(lines.size() >= 2);
  }
}

TEST_CASE("an oracle is explained in words") {
  Terminal terminal;
  for (const std::string_view oracle : scenarios::known().oracles) {
    REQUIRE(terminal.type({"explain", std::string(oracle)}) == Exit::passed);
    REQUIRE(contains(terminal.data(), "fails when"));
  }
}

TEST_CASE("a metric is found with a statistic too") {
  Terminal terminal;
  REQUIRE(terminal.type({"explain", "append.latency.p99.9"}) == Exit::passed);
  REQUIRE(terminal.data().starts_with("append.latency   metric"));
}

TEST_CASE("an unknown name is told with the nearest one") {
  Terminal terminal;
  REQUIRE(terminal.type({"explain", "faild_sync"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "did you mean \"failed_sync\"?"));
  REQUIRE(terminal.data().empty());
}

TEST_CASE("without a name everything is listed, as JSON too") {
  Terminal terminal;
  REQUIRE(terminal.type({"explain"}) == Exit::passed);
  for (const std::string heading :
       {"faults\n", "metrics\n", "oracles\n", "checks\n", "models\n", "disks\n", "engines\n"})
    REQUIRE(contains(terminal.data(), heading));
  REQUIRE(terminal.type({"explain", "--format", "json"}) == Exit::passed);
  const auto document = base::json::parse(terminal.data());
  REQUIRE(document.has_value());
  REQUIRE(document->find("entries")->get<base::json::Array>()->size() > 40);
}

TEST_CASE("a new scenario is valid, and its name is checked") {
  Terminal terminal;
  REQUIRE(terminal.type({"new", "my-first"}) == Exit::passed);
  terminal.write("my-first.json", terminal.data());
  REQUIRE(terminal.type({"validate", "my-first.json"}) == Exit::passed);
  REQUIRE(terminal.type({"new", "../My First"}) == Exit::usage);
  REQUIRE(terminal.data().empty());
}

TEST_CASE("a result is laid out again in every format") {
  Terminal terminal;
  const std::string text = reports::to_json(reports::testing::result_of(3));
  terminal.write("result.json", text);
  REQUIRE(terminal.type({"report", "result.json", "--out", "a/b"}) == Exit::passed);
  REQUIRE(terminal.read("a/b/result.json") == text);
  for (const std::string file : {"a/b/report.html", "a/b/report.md", "a/b/junit.xml"})
    REQUIRE_FALSE(terminal.read(file).empty());
  REQUIRE(contains(terminal.data(), "report a/b/report.html"));
}

TEST_CASE("a full disk behind standard output is an error, a reader that left is none") {
  Terminal terminal;
  terminal.output.error = ENOSPC;
  REQUIRE(terminal.type({"explain"}) == Exit::harness);
  REQUIRE(contains(terminal.messages(), "standard output"));
  terminal.output.error = EPIPE;
  REQUIRE(terminal.type({"explain"}) == Exit::passed);
  REQUIRE(terminal.messages().empty());
}

}  // namespace
}  // namespace wallop::cli
