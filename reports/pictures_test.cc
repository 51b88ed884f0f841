// SPDX-License-Identifier: Apache-2.0
#include "reports/pictures.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <pugixml.hpp>
#include <string_view>

#include "reports/sample_result.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

using testing::holds;

// Where words stand in a picture: a box, level or rising by 45 degrees.
struct Words {
  std::string text;
  double x, y, begin, end;  // Its base line, and its ends along that.
  bool rises;

  using Corner = std::array<double, 2>;
  [[nodiscard]] std::array<Corner, 4> corners() const {
    const double along = rises ? std::sqrt(.5) : 1, up = rises ? std::sqrt(.5) : 0;
    const auto at = [&](double length, double height) {
      return Corner{x + length * along - height * up, y - length * up - height * along};
    };
    return {at(begin, -2), at(end, -2), at(end, 9), at(begin, 9)};
  }
};

std::vector<Words> words_of(const std::string& svg) {
  pugi::xml_document document;
  REQUIRE(document.load_string(svg.c_str()));
  std::vector<Words> all;
  for (const pugi::xml_node node : document.child("svg").children("text")) {
    const std::string_view anchor = node.attribute("text-anchor").as_string();
    const std::string text = node.text().as_string();
    const double length = static_cast<double>(letters_in(text)) * kLetterWidth;
    const double begin = anchor == "end" ? -length : anchor == "middle" ? -length / 2 : 0;
    all.push_back({text, node.attribute("x").as_double(), node.attribute("y").as_double(), begin,
                   begin + length, !node.attribute("transform").empty()});
  }
  return all;
}

// Whether one of the directions in which their sides lie has a gap between the two boxes.
bool touch(const Words& a, const Words& b) {
  constexpr std::array<std::array<double, 2>, 4> kDirections{{{1, 0}, {0, 1}, {1, 1}, {1, -1}}};
  for (const auto& direction : kDirections) {
    std::array<double, 2> low{1e9, 1e9}, high{-1e9, -1e9};
    for (std::size_t box = 0; box < 2; ++box) {
      for (const auto& corner : (box == 0 ? a : b).corners()) {
        const double at = corner[0] * direction[0] + corner[1] * direction[1];
        low[box] = std::min(low[box], at);
        high[box] = std::max(high[box], at);
      }
    }
    if (high[0] <= low[1] || high[1] <= low[0]) return false;
  }
  return true;
}

// The names of a story's steps one after the other: what the canary of a real run does, and appends in a row.
Story story_of(const std::vector<std::string>& verbs) {
  Story story = *testing::failing("a").story;
  story.lines.clear();
  for (const std::string& verb : verbs)
    story.lines.push_back({story.lines.size() * 2 + 5, verb, "LSN 1", "", ""});
  story.lines.push_back({90, "POWER LOSS", "", "", ""});
  return story;
}

bool is_well_formed(const std::string& svg) {
  pugi::xml_document document;
  return document.load_string(svg.c_str()) && document.child("svg").child("title") &&
         document.child("svg").child("desc");
}

TEST_CASE("a bar beyond its limit is drawn in the colour of failure from the limit on") {
  const std::string over = used_bar(testing::check(Status::fail, "a"));
  CHECK(holds(over, "d=\"M80 7L126.4 7\" fill=\"none\" stroke=\"var(--verm)\""));
  CHECK_FALSE(holds(used_bar(testing::check(Status::pass, "a")), "--verm"));
}

TEST_CASE("without a share of the limit there is no bar") {
  CHECK(used_bar(testing::check(Status::skip, "a")).empty());
  CHECK(limit_picture(testing::check(Status::skip, "a"), "id").empty());
}

TEST_CASE("what the power loss took is told in the colour of failure, with the reason") {
  const std::string picture = story_picture(*testing::failing("a").story, "id");
  CHECK(holds(picture, ">not there</text>"));
  CHECK(holds(picture, ">created at 8, its directory never synced</text>"));
}

TEST_CASE("a story without a disk has no picture") {
  Story story = *testing::failing("a").story;
  story.disk.clear();
  CHECK(story_picture(story, "id").empty());
}

TEST_CASE("a long story shows its last steps") {
  Story story = *testing::failing("a").story;
  story.lines.insert(story.lines.begin(), 100, StoryLine{7777, "sync", "x", "", ""});
  const std::string picture = story_picture(story, "id");
  CHECK(holds(picture, ">11 append</text>"));
}

TEST_CASE("no two words of a story's picture touch") {
  Story named = story_of({"create", "write"});
  named.disk[0].name = "a/rather/deep/directory/0000000000000001.wal";
  const std::vector<Story> stories{
      *testing::failing("a").story,
      named,
      story_of({"create", "sync"}),
      story_of({"sync dir", "create", "sync dir", "create", "allocate", "sync", "write", "write", "sync",
                "sync dir", "write", "sync", "append", "write", "accepted", "promise"}),
      story_of(std::vector<std::string>(16, "append")),
      story_of(std::vector<std::string>(16, "truncate and more"))};
  for (const Story& story : stories) {
    const std::vector<Words> words = words_of(story_picture(story, "id"));
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::size_t j = i + 1; j < words.size(); ++j) {
        INFO(words[i].text << " | " << words[j].text);
        CHECK_FALSE(touch(words[i], words[j]));
      }
    }
  }
}

TEST_CASE("two words that do touch are seen to") {
  Words level{"a", 100, 100, 0, 60, false}, rising{"b", 120, 130, 0, 60, true};
  CHECK(touch(level, rising));
  rising.x += 60;
  CHECK_FALSE(touch(level, rising));
}

TEST_CASE("a promise is drawn where it was made, not where its append began") {
  const std::string picture = story_picture(story_of({"append", "promise"}), "id");
  std::size_t dots = 0;
  for (auto at = picture.find("r=\"5\""); at != std::string::npos; at = picture.find("r=\"5\"", at + 1))
    ++dots;
  CHECK(dots == 1);
}

TEST_CASE("the end of a long name is what is shown of it") {
  Story story = story_of({"create"});
  story.disk[0].name = "a/rather/deep/directory/0000000000000001.wal";
  CHECK(holds(story_picture(story, "id"), ">…ry/0000000000000001.wal<"));
}

TEST_CASE("no text breaks a picture") {
  Verdict verdict = testing::check(Status::fail, "<\"&'>");
  verdict.observed = verdict.limit = "</svg>";
  Story story = *testing::failing("a").story;
  story.promised = story.disk[0].name = story.lines[0].verb = story.disk[1].why = "</svg><script>\x01";
  for (const std::string& svg : {used_bar(verdict), limit_picture(verdict, "a"), promise_picture(story, "b"),
                                 story_picture(story, "c")})
    CHECK(is_well_formed(svg));
}

}  // namespace
}  // namespace wallop::reports
