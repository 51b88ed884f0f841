// SPDX-License-Identifier: Apache-2.0
// Traces played to images.
#include "sim/truth/images.h"

#include <catch2/catch.hpp>

namespace wallop::sim {
namespace {

Trace read(std::string_view text) {
  auto trace = read_trace(text);
  REQUIRE(trace.has_value());
  return std::move(*trace);
}

std::set<PlainImage> images_at(const Trace& trace, std::string_view model, std::size_t cut) {
  const ModelSpec& spec = *find_model(model);
  const auto played = play(trace, spec);
  REQUIRE(played.has_value());
  Medium medium(spec, Disk());
  for (std::size_t i = 0; i < played->cuts.at(cut); ++i) medium.apply(played->entries[i]);
  auto images = images_of(medium, {}, 1000);
  REQUIRE(images.has_value());
  return *images;
}

const std::string_view kAppend = R"(
{"op":"create","path":"a"}
{"op":"sync_directory","path":"."}
{"op":"write","path":"a","offset":0,"bytes":600,"fill":"A"}
{"op":"sync","path":"a"}
)";

TEST_CASE("a cut stands after so many operations") {
  const Trace trace = read(kAppend);
  REQUIRE(images_at(trace, "posix", 0) == std::set<PlainImage>{{}});
  REQUIRE(images_at(trace, "posix", 1).size() == 2);
  REQUIRE(images_at(trace, "posix", 2) == std::set<PlainImage>{{{}, {{"a", ""}}}});
  REQUIRE(images_at(trace, "posix", 4) == std::set<PlainImage>{{{}, {{"a", std::string(600, 'A')}}}});
}

TEST_CASE("an image has its directories and its files' bytes") {
  const Trace trace = read(R"({"op":"mkdir","path":"d"}
{"op":"create","path":"d/a"}
{"op":"write_durable","path":"d/a","offset":0,"bytes":3,"fill":"x"}
{"op":"sync_directory","path":"d"}
{"op":"sync_directory","path":"."})");
  REQUIRE(images_at(trace, "posix", 5) == std::set<PlainImage>{{{"d"}, {{"d/a", "xxx"}}}});
}

TEST_CASE("an operation that fails makes the trace bad, with its line and the reason") {
  const auto played = play(read("\n{\"op\":\"sync\",\"path\":\"a\"}"), *find_model("posix"));
  REQUIRE_FALSE(played.has_value());
  REQUIRE(played.error().line == 2);
  REQUIRE(played.error().reason.find("ENOENT") != std::string::npos);
}

TEST_CASE("more images than asked for are none") {
  const Trace trace = read(kAppend);
  const ModelSpec& posix = *find_model("posix");
  const auto played = play(trace, posix);
  Medium medium(posix, Disk());
  for (std::size_t i = 0; i < played->cuts.at(3); ++i) medium.apply(played->entries[i]);
  REQUIRE(images_of(medium, {}, 100).has_value());
  REQUIRE_FALSE(images_of(medium, {}, 5).has_value());
}

}  // namespace
}  // namespace wallop::sim
