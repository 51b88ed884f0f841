// SPDX-License-Identifier: Apache-2.0
#include "reports/html.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <memory>
#include <set>

#include "base/testing/scratch_directory.h"
#include "io/posix_world.h"
#include "reports/sample_result.h"

namespace wallop::reports {
namespace {

using testing::holds;

std::string page(const Result& result) {
  return to_html(result).html;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto from = text.find(begin);
  INFO(begin);
  REQUIRE(from != std::string::npos);
  const auto at = from + begin.size();
  return text.substr(at, text.find(end, at) - at);
}

// What the browser will compute, by a program that is not ours.
std::string sha256_in_base64(const std::string& text) {
  const base::testing::ScratchDirectory scratch;
  io::PosixWorld machine(scratch.path());
  REQUIRE(
      (*machine.world().files.open("text", {.create = true}))->write_at(0, std::as_bytes(std::span(text))));
  const std::string command =
      "sha256sum <" + scratch.path("text") + " | cut -c1-64 | tr a-f A-F | basenc -d -i --base16 | base64";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 45> digest{};
  REQUIRE(std::fread(digest.data(), 1, 44, out.get()) == 44);
  return digest.data();
}

// Every text of a result, set to one.
Result all_texts(const std::string& text) {
  Result result = testing::sample_result();
  result.wallop_version = result.commit = result.compiler = result.command = result.started = text;
  for (Fact& fact : result.environment) fact.name = fact.value = text;
  for (ScenarioResult& scenario : result.scenarios) {
    scenario.name = scenario.about = scenario.file = scenario.disk = scenario.summary =
        scenario.journal_hash = text;
    for (Verdict& verdict : scenario.verdicts)
      verdict.id = verdict.remark = verdict.remedy = verdict.observed = text;
    for (Mark& mark : scenario.marks) mark.label = text;
    for (FaultReceipt& receipt : scenario.receipts)
      receipt.label = receipt.trigger = receipt.first = receipt.scenario = text;
    if (!scenario.story) continue;
    Story& story = *scenario.story;
    story.finding = story.promised = story.found = story.oracle = story.replay = text;
    for (StoryLine& line : story.lines) line.verb = line.subject = line.extent = line.note = text;
    for (DiskRow& row : story.disk) row.name = row.before = row.after = row.why = text;
  }
  ChecklistResult& checklist = *result.checklist;
  checklist.profile = checklist.device = checklist.floor = text;
  for (Verdict& check : checklist.checks)
    check.id = check.observed = check.limit = check.remark = check.remedy = text;
  for (RecoveryPoint& point : checklist.recovery) point.label = text;
  return result;
}

// Whether a place is outside of all tags, or in a quoted attribute of one.
bool is_text(const std::string& html, std::size_t at) {
  const auto tag = html.rfind('<', at);
  if (html.rfind('>', at) > tag) return true;
  return std::count(html.begin() + static_cast<std::ptrdiff_t>(tag),
                    html.begin() + static_cast<std::ptrdiff_t>(at), '"') %
             2 ==
         1;
}

TEST_CASE("the policy names the page's own style and script by their hashes") {
  const std::string html = page(testing::sample_result());
  const std::string policy = between(html, "Content-Security-Policy\" content=\"", "\"");
  CHECK(holds(policy, "style-src 'sha256-" + sha256_in_base64(between(html, "<style>", "</style>")) + "'"));
  CHECK(
      holds(policy, "script-src 'sha256-" + sha256_in_base64(between(html, "<script>", "</script>")) + "'"));
  CHECK_FALSE(holds(policy, "unsafe"));
}

TEST_CASE("the page asks nothing of the network and styles nothing in place") {
  const std::string html = page(testing::sample_result());
  for (const char* banned : {"http:", "https:", "src=", "url(", "@import", " style=", "<link", "srcset"})
    CHECK_FALSE(holds(html, banned));
}

TEST_CASE("no text of a result becomes a tag, an attribute or a template") {
  const std::string html = page(all_texts("<script>alert(1)</script>\" onload='x' {{headline}} <img src=x>"));
  CHECK(html.find("<script>") == html.rfind("<script>"));
  CHECK_FALSE(holds(html, "<img"));
  for (auto at = html.find("onload"); at != std::string::npos; at = html.find("onload", at + 1))
    CHECK(is_text(html, at));
  CHECK(holds(html, "{{headline}}"));
}

TEST_CASE("the same result gives the same bytes") {
  CHECK(page(testing::sample_result()) == page(testing::sample_result()));
}

TEST_CASE("no id stands twice, and every link within the page leads somewhere") {
  Result result = testing::sample_result();
  result.scenarios.push_back(testing::failing("crash/another"));
  const std::string html = page(result);
  std::set<std::string> ids;
  for (auto at = html.find(" id=\""); at != std::string::npos; at = html.find(" id=\"", at + 1))
    CHECK(ids.insert(html.substr(at + 5, html.find('"', at + 5) - at - 5)).second);
  for (auto at = html.find("href=\"#"); at != std::string::npos; at = html.find("href=\"#", at + 1))
    CHECK(ids.count(html.substr(at + 7, html.find('"', at + 7) - at - 7)) == 1);
}

TEST_CASE("every picture has a role, a title and a description") {
  const std::string html = page(testing::sample_result());
  for (auto at = html.find("<svg"); at != std::string::npos; at = html.find("<svg", at + 1)) {
    const std::string element = html.substr(at, html.find("</svg>", at) - at);
    const bool decorative = holds(element, "aria-hidden=\"true\"");
    REQUIRE((decorative ||
             (holds(element, "role=\"img\"") && holds(element, "<title") && holds(element, "<desc"))));
  }
}

TEST_CASE("all plots of a sound machine are drawn") {
  const Page drawn = to_html(testing::sample_result());
  CHECK(drawn.undrawn.empty());
  for (const char* id :
       {"disk-percentiles-t", "sim-percentiles-t", "sim-over-time-t", "recovery-over-bytes-t"})
    CHECK(holds(drawn.html, id));
}

TEST_CASE("without gnuplot the page says so once a figure and keeps the tables") {
  const Page undrawn = to_html(testing::sample_result(), "no-such-gnuplot");
  CHECK(undrawn.undrawn == std::vector<std::string>{"gnuplot: no-such-gnuplot: not found"});
  CHECK(holds(undrawn.html, "Not drawn: gnuplot: no-such-gnuplot: not found."));
  CHECK(holds(undrawn.html, "<details open><summary>Data</summary>"));
  CHECK(holds(undrawn.html, "<td>p99.9</td>"));
}

TEST_CASE("parts without data are absent") {
  const std::string html = page(testing::result_of(0));
  for (const char* part : {"checks", "scenarios", "story", "latency", "time", "recovery", "faults", "states",
                           "environment", "reproduce"})
    CHECK_FALSE(holds(html, "<section id=\"" + std::string(part) + "\""));
  CHECK(holds(html, "Nothing was run"));
}

TEST_CASE("a failing page names its failures in the title and the cards") {
  const std::string html = page(testing::sample_result());
  CHECK(holds(html, "<title>Not ready: sync.p99, crash/rotation-no-dirsync · Wallop report</title>"));
  CHECK(holds(html, "<h2>7.90 ms, limit 5 ms</h2>"));
  CHECK(holds(html, "<h2>LSN 2 was acknowledged at 11 and is gone</h2>"));
}

std::size_t cards_on(const std::string& html) {
  std::size_t cards = 0;
  for (auto at = html.find("class=\"card\""); at != std::string::npos;
       at = html.find("class=\"card\"", at + 1))
    ++cards;
  return cards;
}

TEST_CASE("two failures of one kind have a card each, and the rest are counted") {
  Result result;
  result.checklist.emplace().checks = {testing::check(Status::fail, "append.p99"),
                                       testing::check(Status::fail, "sync.p99")};
  CHECK(cards_on(page(result)) == 2);
  CHECK_FALSE(holds(page(result), "more failure"));
  result.checklist.reset();
  for (const char* name : {"crash/a", "crash/b", "crash/c"})
    result.scenarios.push_back(testing::failing(name));
  CHECK(cards_on(page(result)) == 2);
  CHECK(holds(page(result), "<a href=\"#story-2\">"));
  CHECK(holds(page(result), "And 1 more failure below."));
}

TEST_CASE("one check and one scenario have the cards where both kinds failed") {
  Result result;
  result.checklist.emplace().checks = {testing::check(Status::fail, "append.p99"),
                                       testing::check(Status::fail, "sync.p99")};
  result.scenarios = {testing::failing("crash/a"), testing::failing("crash/b")};
  const std::string html = page(result);
  CHECK(holds(html, "failing check, real disk</span><span class=\"id\">append.p99<"));
  CHECK(holds(html, "failing scenario, simulated</span><span class=\"id\">crash/a<"));
  CHECK(holds(html, "And 2 more failures below."));
}

TEST_CASE("what to do stands apart from what was seen, as a sentence") {
  Result result;
  Verdict check = testing::check(Status::inconclusive, "sync.p99");
  check.remark = "644 samples, and p99 needs 1,000";
  check.remedy = "a larger sync.count";
  result.checklist.emplace().checks = {check};
  CHECK(holds(page(result),
              "<b>644 samples, and p99 needs 1,000</b><span class=\"mend\">A larger sync.count.</span>"));
}

TEST_CASE("an exploration is told from a run of the same scenario") {
  Result result = testing::result_of(1);
  CHECK_FALSE(holds(page(result), ">explored</span>"));
  StateCount& states = result.scenarios[0].states.emplace();
  states.images = 5'157;
  states.all = true;
  CHECK(holds(page(result), ">explored</span>"));
  CHECK(holds(page(result), ">all 5,157 states walked<"));
}

TEST_CASE("a page without failures has no card, no story and no colour in its verdict") {
  Result result = testing::result_of(2);
  result.checklist.emplace().checks = {testing::check(Status::pass, "append.p99")};
  const std::string html = page(result);
  CHECK(holds(html, "<h1>Ready</h1>"));
  CHECK_FALSE(holds(html, "class=\"card\""));
  CHECK_FALSE(holds(html, "id=\"story\""));
}

TEST_CASE("a scenario that only broke a limit gets a section with its limits and a command") {
  Result result;
  result.scenarios = {testing::too_slow("slow/too-slow")};
  const std::string html = page(result);
  CHECK(holds(html, "The failing scenario: slow/too-slow"));
  CHECK(holds(html, "<code>wallop run scenarios/slow/too-slow.json --seed 1</code>"));
}

TEST_CASE("a fault that never fired stands first, as a warning") {
  const std::string rows = between(page(testing::sample_result()), "class=\"receipt\"", "</table>");
  CHECK(rows.find("latent_sector_error") < rows.find("torn_write"));
  CHECK(rows.find("WARN") < rows.find("latent_sector_error"));
}

TEST_CASE("the canary is marked and its failures are not counted as failures") {
  const std::string html = page(testing::sample_result());
  CHECK(holds(html, "canary/ack-before-sync</span> <span class=\"tag\">canary</span>"));
  CHECK(holds(html, "12,406 states were walked, all there are within the bounds: 0 failures"));
}

TEST_CASE("ten failing scenarios have a section each, the others are counted") {
  Result result;
  for (int i = 0; i < 13; ++i) result.scenarios.push_back(testing::failing("crash/" + std::to_string(i)));
  const std::string html = page(result);
  CHECK(holds(html, "id=\"story-10\""));
  CHECK_FALSE(holds(html, "id=\"story-11\""));
  CHECK(holds(html, "And 3 more failures: see the table above."));
}

TEST_CASE("the page of 200 scenarios is under 2 MB") {
  CHECK(page(testing::result_of(200)).size() < 2'000'000);
}

TEST_CASE("the page of a huge and hostile result is under 2 MB too") {
  Result result;
  const Result hostile = all_texts(std::string(3'000, '<'));
  for (int i = 0; i < 40; ++i)
    result.scenarios.insert(result.scenarios.end(), hostile.scenarios.begin(), hostile.scenarios.end());
  CHECK(page(result).size() < 2'000'000);
}

}  // namespace
}  // namespace wallop::reports
