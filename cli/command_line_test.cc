// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <catch2/catch.hpp>

#include "cli/fixture.h"
#include "sim/model.h"

namespace wallop::cli {
namespace {

using testing::contains;

template <class R>
R requested(const std::vector<std::string>& arguments) {
  const auto request = parse_command_line(arguments);
  REQUIRE(request.has_value());
  REQUIRE(std::holds_alternative<R>(*request));
  return std::get<R>(*request);
}

std::string refused(const std::vector<std::string>& arguments) {
  const auto request = parse_command_line(arguments);
  REQUIRE_FALSE(request.has_value());
  return request.error().text;
}

const std::vector<std::string> kCommands{"bench",     "run",    "explore", "replay", "check", "validate",
                                         "calibrate", "schema", "explain", "new",    "report"};

TEST_CASE("a run takes its options in any order") {
  const auto run =
      requested<RunRequest>({"run", "--seed", "7", "a", "--strict", "b", "-j", "3", "--out=o", "-v"});
  REQUIRE(run.paths == std::vector<std::string>{"a", "b"});
  REQUIRE(run.seed == 7);
  REQUIRE(run.workers == 3);
  REQUIRE(run.out == "o");
  REQUIRE(run.strict);
  REQUIRE(run.presentation.detail == Detail::verbose);
  REQUIRE(run.presentation.format == Format::pretty);
}

TEST_CASE("what is not asked for is not there") {
  const auto run = requested<RunRequest>({"run", "a", "--format", "jsonl"});
  REQUIRE_FALSE(run.seed);
  REQUIRE_FALSE(run.out);
  REQUIRE_FALSE(run.strict);
  REQUIRE(run.workers >= 1);
  REQUIRE(run.presentation.format == Format::jsonl);
}

TEST_CASE("a budget is a duration with its unit") {
  REQUIRE(requested<ExploreRequest>({"explore", "a", "--budget", "1m30s"}).budget ==
          std::chrono::seconds(90));
  REQUIRE(contains(refused({"explore", "a", "--budget", "60"}), "--budget"));
  REQUIRE(contains(refused({"explore", "a", "--budget", "20 s"}), "write \"20s\""));
}

TEST_CASE("models are parted by commas, or all there are; what follows them is a scenario") {
  const auto explore = requested<ExploreRequest>({"explore", "--model", "xfs,posix,xfs", "a.json"});
  REQUIRE(explore.models == std::vector<std::string>{"xfs", "posix"});
  REQUIRE(explore.paths == std::vector<std::string>{"a.json"});
  REQUIRE(requested<ExploreRequest>({"explore", "a.json"}).models.empty());
  REQUIRE(requested<ExploreRequest>({"explore", "a.json", "--model", "all"}).models.size() ==
          sim::model_names().size());
}

TEST_CASE("a model that there is not is refused with the nearest one, or with all of them") {
  REQUIRE(contains(refused({"explore", "a", "--model", "xfs,btrsf"}),
                   "unknown model \"btrsf\"  did you mean \"btrfs\"?"));
  REQUIRE(contains(refused({"explore", "a", "--model", "fat32-on-a-stick"}), "posix, xfs"));
}

TEST_CASE("checks to look at may be parted by commas") {
  const auto check = requested<CheckRequest>({"check", "--dir", ".", "--only", "sync.p99,soak"});
  REQUIRE(check.only == std::vector<std::string>{"sync.p99", "soak"});
  REQUIRE(check.profile == "default");
}

TEST_CASE("a wrong word is told with the right one") {
  REQUIRE(contains(refused({"rum", "a"}), "unknown command \"rum\"  did you mean \"run\"?"));
  REQUIRE(
      contains(refused({"run", "a", "--sed", "1"}), "unknown option \"--sed\"  did you mean \"--seed\"?"));
  REQUIRE(contains(refused({"report", "a", "b", "--out", "c"}), "unknown argument \"b\""));
}

TEST_CASE("what is missing or out of range is refused with the way to the help") {
  REQUIRE(contains(refused({}), "wallop --help"));
  REQUIRE(contains(refused({"run"}), "wallop run --help"));
  REQUIRE(contains(refused({"check"}), "--dir"));
  REQUIRE(contains(refused({"run", "a", "--seed", "x"}), "--seed"));
  REQUIRE(contains(refused({"run", "a", "--seed", "-1"}), "--seed"));
  REQUIRE(contains(refused({"run", "a", "-j", "0"}), "--jobs"));
  REQUIRE(contains(refused({"run", "a", "--format", "xml"}), "pretty"));
  REQUIRE(contains(refused({"run", "a", "-q", "-v"}), "contradict"));
  REQUIRE(contains(refused({"schema", "poem"}), "scenario"));
}

TEST_CASE("the help of every command ends with examples of it") {
  for (const std::string& command : kCommands) {
    const std::string help = requested<TextRequest>({command, "--help"}).text;
    const std::size_t examples = help.find("Examples:\n  wallop " + command);
    INFO(help);
    REQUIRE(examples != std::string::npos);
    REQUIRE(help.find("Options:") < examples);
  }
  const std::string help = requested<TextRequest>({"--help"}).text;
  for (const std::string& command : kCommands) REQUIRE(contains(help, "  " + command + " "));
}

TEST_CASE("the version names commit and compiler") {
  const std::string text = requested<TextRequest>({"--version"}).text;
  REQUIRE(text.starts_with("wallop "));
  REQUIRE(contains(text, " ("));
  REQUIRE(text.ends_with(")\n"));
}

TEST_CASE("a command is shown as it can be pasted") {
  REQUIRE(as_typed({"run", "a b.json", "--seed", "1"}) == "wallop run 'a b.json' --seed 1");
  REQUIRE(quoted("it's") == "'it'\\''s'");
  REQUIRE(quoted("") == "''");
  REQUIRE(quoted("out/x.repro.json") == "out/x.repro.json");
}

}  // namespace
}  // namespace wallop::cli
