// SPDX-License-Identifier: Apache-2.0
#include "reports/pictures.h"

#include <catch2/catch.hpp>
#include <pugixml.hpp>

#include "reports/sample_result.h"

namespace wallop::reports {
namespace {

bool holds(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
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
