// SPDX-License-Identifier: Apache-2.0
#include "reports/result_json.h"

#include <catch2/catch.hpp>
#include <string>

#include "reports/sample_result.h"

namespace wallop::reports {
namespace {

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// The first problem of a document that has one.
base::json::Problem problem_in(const std::string& text) {
  const auto read = from_json(text);
  REQUIRE_FALSE(read);
  return read.error().front();
}

std::string one_distribution() {
  Result result;
  result.scenarios.push_back(testing::passing("a/b"));
  result.scenarios[0].latencies.push_back({"append.latency", {}});
  for (const std::uint64_t value : {9U, 9U, 40U}) result.scenarios[0].latencies[0].histogram.record(value);
  return to_json(result);
}

TEST_CASE("a result reads back as it was written") {
  const std::string text = to_json(testing::sample_result());
  const auto read = from_json(text);
  REQUIRE(read);
  CHECK(to_json(*read) == text);
}

TEST_CASE("a distribution keeps its raw buckets") {
  const Result written = testing::sample_result();
  const auto read = from_json(to_json(written));
  REQUIRE(read);
  REQUIRE(read->checklist->latencies.size() == 2);
  CHECK(read->checklist->latencies[0].histogram == written.checklist->latencies[0].histogram);
}

TEST_CASE("histograms merged after reading are those of all values recorded at once") {
  Distribution odd{"append.latency", {}}, even = odd, all = odd;
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    (i % 2 == 0 ? even : odd).histogram.record(i * i);
    all.histogram.record(i * i);
  }
  Result result;
  result.scenarios.push_back(testing::passing("a/b"));
  result.scenarios[0].latencies = {odd, even};
  auto read = from_json(to_json(result)).value().scenarios[0].latencies;
  read[0].histogram.merge(read[1].histogram);
  CHECK(read[0].histogram == all.histogram);
}

TEST_CASE("a bucket is a pair of its smallest value and its count") {
  CHECK(one_distribution().find("\"buckets\":[[9,2],[40,1]]") != std::string::npos);
}

TEST_CASE("every scenario has a line of its own") {
  const std::string text = to_json(testing::result_of(3));
  CHECK(text.find("\n{\"status\":\"PASS\",\"name\":\"soak/scenario-2\"") != std::string::npos);
}

TEST_CASE("another version is refused whole, with its place") {
  const auto problem = problem_in(with(one_distribution(), "\"version\": 1", "\"version\": 2"));
  CHECK(problem.place.line == 2);
  CHECK(problem.what == "version 2 in /version");
  CHECK(problem.hint == "this Wallop reads version 1");
}

TEST_CASE("a result without a version is none") {
  CHECK(problem_in("{}").what == "missing key \"version\" in /");
}

TEST_CASE("a misspelt member is found") {
  CHECK(problem_in(with(one_distribution(), "\"commit\"", "\"comit\"")).what == "unknown key \"comit\" in /");
}

TEST_CASE("buckets that do not add up are refused") {
  CHECK(problem_in(with(one_distribution(), "[9,2]", "[9,3]")).what ==
        "count, min and max do not fit the buckets in /scenarios/0/latencies/0");
}

TEST_CASE("buckets that do not ascend, or are no pairs of numbers, are refused") {
  const std::string expected = "expected buckets [smallest value, count > 0] in ascending order";
  for (const char* wrong : {"[41,2]", "[9]", "[9,0]", "[9,\"2\"]", "7", "[-9,2]"})
    CHECK(problem_in(with(one_distribution(), "[9,2]", wrong)).what.find(expected) == 0);
}

TEST_CASE("text that is no JSON is a problem with a place") {
  CHECK(problem_in("{\"version\": 1,").place.line == 1);
}

TEST_CASE("the schema asks for a version and describes buckets as pairs") {
  const std::string schema = base::json::to_text(result_schema(), base::json::Layout::compact);
  CHECK(schema.find("\"required\":[\"version\"]") != std::string::npos);
  CHECK(schema.find("\"minItems\":2,\"maxItems\":2") != std::string::npos);
}

}  // namespace
}  // namespace wallop::reports
