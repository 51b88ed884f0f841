// SPDX-License-Identifier: Apache-2.0
#include "cli/json_lines.h"

#include <catch2/catch.hpp>

#include "reports/sample_result.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using reports::Status;

// What a reader of the line gets.
Value reread(const Value& row) {
  const std::string text = base::json::to_text(row, base::json::Layout::compact);
  REQUIRE(text.find('\n') == std::string::npos);
  auto parsed = base::json::parse(text);
  REQUIRE(parsed.has_value());
  REQUIRE(*parsed == row);
  return *parsed;
}

std::vector<std::string> keys_of(const Value& row) {
  std::vector<std::string> keys;
  for (const base::json::Member& member : *row.get<base::json::Object>()) keys.push_back(member.key);
  return keys;
}

TEST_CASE("a run's row has the names that scripts rely on") {
  const Value row = reread(scenario_row(reports::testing::failing("crash/x")));
  REQUIRE(keys_of(row) == std::vector<std::string>{"type", "scenario", "file", "seed", "status",
                                                   "expected_failure", "engine", "model", "disk", "journal",
                                                   "journal_entries", "virtual_ns", "wall_ns", "summary",
                                                   "verdicts", "faults", "finding", "replay"});
  REQUIRE(*row.find("type")->get<std::string>() == "scenario");
  REQUIRE(*row.find("scenario")->get<std::string>() == "crash/x");
  REQUIRE(*row.find("status")->get<std::string>() == "FAIL");
  REQUIRE(row.find("journal")->get<std::string>()->size() == 16);
}

TEST_CASE("a run that passed has nothing to replay") {
  const Value row = reread(scenario_row(reports::testing::passing("smoke/x")));
  REQUIRE(row.find("replay") == nullptr);
  REQUIRE(row.find("finding") == nullptr);
}

TEST_CASE("an exploration's row has its states") {
  reports::ScenarioResult result = reports::testing::passing("crash/x");
  result.states.emplace();
  result.states->images = 12'406;
  const Value row = reread(exploration_row(result));
  REQUIRE(*row.find("type")->get<std::string>() == "exploration");
  REQUIRE(*row.find("states")->find("images")->get<std::uint64_t>() == 12'406);
}

TEST_CASE("the last row counts every status and has the exit code") {
  Judgement judgement;
  for (const Status status : {Status::pass, Status::pass, Status::fail, Status::manual})
    judgement.add(status);
  const Value row = reread(end_row(judgement, Exit::failed));
  REQUIRE(*row.find("exit")->get<std::uint64_t>() == 1);
  REQUIRE(*row.find("passed")->get<std::uint64_t>() == 2);
  REQUIRE(*row.find("failed")->get<std::uint64_t>() == 1);
  REQUIRE(*row.find("manual")->get<std::uint64_t>() == 1);
}

TEST_CASE("the first row has the version of the format and what made it") {
  const Value row = reread(start_row("wallop run x"));
  REQUIRE(*row.find("version")->get<std::uint64_t>() == 1);
  REQUIRE(*row.find("command")->get<std::string>() == "wallop run x");
  REQUIRE_FALSE(row.find("commit")->get<std::string>()->empty());
}

}  // namespace
}  // namespace wallop::cli
