// SPDX-License-Identifier: Apache-2.0
#include "reports/markdown.h"

#include <catch2/catch.hpp>

#include "reports/sample_result.h"

namespace wallop::reports {
namespace {

std::size_t place(const std::string& text, std::string_view what) {
  const auto at = text.find(what);
  INFO(what);
  REQUIRE(at != std::string::npos);
  return at;
}

TEST_CASE("failures stand before the tables") {
  const std::string text = to_markdown(testing::sample_result());
  CHECK(text.find("# Wallop: Not ready") == 0);
  CHECK(place(text, "### FAIL `sync.p99`") < place(text, "## Checks"));
  CHECK(place(text, "wallop replay out/crash.rotation") < place(text, "## Checks"));
}

TEST_CASE("canaries and faults that never fired are marked") {
  const std::string text = to_markdown(testing::sample_result());
  place(text, "PASS (canary)");
  place(text, "- `latent_sector_error` in `crash/rot-in-tail`");
}

TEST_CASE("no text can add a column, a tag or an emphasis") {
  Result result;
  result.scenarios.push_back(testing::passing("a|b`c"));
  result.scenarios[0].summary = "x | y <script> *z*\nnext";
  const std::string text = to_markdown(result);
  place(text, "| `a/b'c` |");
  place(text, "| x \\| y &lt;script> \\*z\\* next |");
}

TEST_CASE("the summary of any result is under one megabyte, and says what it leaves out") {
  Result result = testing::result_of(2'000);
  for (ScenarioResult& scenario : result.scenarios) {
    scenario = testing::failing(std::string(5'000, '<'));
    scenario.summary = scenario.verdicts[0].remark = scenario.story->finding = std::string(5'000, '<');
    scenario.receipts.assign(
        10,
        FaultReceipt{
            .scenario = "", .label = std::string(500, '<'), .trigger = std::string(500, '<'), .first = ""});
  }
  const std::string text = to_markdown(result);
  CHECK(text.size() < kMarkdownBytesMax);
  place(text, "more, all in result.json");
}

TEST_CASE("the summary leaves out parts without data") {
  const std::string text = to_markdown(testing::result_of(1));
  CHECK(text.find("## Checks") == std::string::npos);
  CHECK(text.find("FAIL") == std::string::npos);
}

}  // namespace
}  // namespace wallop::reports
