// SPDX-License-Identifier: Apache-2.0
#include "reports/junit.h"

#include <catch2/catch.hpp>
#include <pugixml.hpp>

#include "reports/sample_result.h"

namespace wallop::reports {
namespace {

// What a CI system sees.
struct Read {
  explicit Read(const Result& result) {
    REQUIRE(
        document.load_string(to_junit(result).c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single));
  }
  [[nodiscard]] pugi::xml_node suite(const char* name) const {
    return document.child("testsuites").find_child_by_attribute("testsuite", "name", name);
  }
  [[nodiscard]] pugi::xml_node test_case(const char* of, const char* name) const {
    return suite(of).find_child_by_attribute("testcase", "name", name);
  }
  pugi::xml_document document;
};

std::size_t count(pugi::xml_node suite, const char* outcome) {
  std::size_t found = 0;
  for (const pugi::xml_node test_case : suite.children("testcase"))
    found += test_case.child(outcome) ? 1U : 0U;
  return found;
}

TEST_CASE("the counts of each suite are those of its cases") {
  const Read read(testing::sample_result());
  for (const char* name : {"scenarios", "checks"}) {
    const pugi::xml_node suite = read.suite(name);
    CHECK(suite.attribute("failures").as_uint() == count(suite, "failure"));
    CHECK(suite.attribute("skipped").as_uint() == count(suite, "skipped"));
  }
  CHECK(read.suite("scenarios").attribute("tests").as_uint() == 14);
  CHECK(read.document.child("testsuites").attribute("failures").as_uint() == 2);
}

TEST_CASE("a failure says what was found and how to repeat it") {
  const Read read(testing::sample_result());
  const auto failure = read.test_case("scenarios", "rotation-no-dirsync").child("failure");
  CHECK(std::string(failure.attribute("message").value()) == "LSN 2 was acknowledged at 11 and is gone");
  CHECK(std::string(failure.attribute("type").value()) == "durable");
  CHECK(std::string(failure.text().get()).find("wallop replay out/crash.rotation") != std::string::npos);
}

TEST_CASE("a check that was not judged is skipped, with the reason") {
  const Read read(testing::sample_result());
  CHECK(std::string(read.test_case("checks", "cpu").child("skipped").attribute("message").value()) ==
        "SKIP: not permitted here");
  CHECK(read.test_case("checks", "soak").child("skipped"));
  CHECK(read.test_case("checks", "memory").child("skipped"));
}

TEST_CASE("a warning passes and is told") {
  const Read read(testing::sample_result());
  const auto disk = read.test_case("checks", "disk");
  CHECK_FALSE(disk.child("failure"));
  CHECK(std::string(disk.child("system-out").text().get()) == "WARN: margin under 5 %");
}

TEST_CASE("a canary that was caught passes") {
  CHECK_FALSE(Read(testing::sample_result()).test_case("scenarios", "ack-before-sync").first_child());
}

TEST_CASE("folders become classes") {
  const Read read(testing::sample_result());
  CHECK(std::string(read.test_case("scenarios", "stalling-disk").attribute("classname").value()) ==
        "scenarios.slow");
}

TEST_CASE("text that XML cannot hold does not break the file") {
  Result result;
  result.scenarios.push_back(testing::failing("a/<b>&\"\x02"));
  result.scenarios[0].story->finding = "]]> \x1b[31m";
  const Read read(result);
  CHECK(read.test_case("scenarios", "<b>&\"\uFFFD"));
}

TEST_CASE("without a checklist there is one suite") {
  CHECK_FALSE(Read(testing::result_of(1)).suite("checks"));
}

}  // namespace
}  // namespace wallop::reports
