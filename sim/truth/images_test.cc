// SPDX-License-Identifier: Apache-2.0
// Traces played to images.
#include "sim/truth/images.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

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

Medium posix_after(std::string_view text) {
  const ModelSpec& posix = *find_model("posix");
  const auto played = play(read(text), posix);
  REQUIRE(played.has_value());
  Medium medium(posix, Disk());
  for (const Entry& entry : played->entries) medium.apply(entry);
  return medium;
}

const std::string_view kPending = R"(
{"op":"create","path":"a"}
{"op":"write","path":"a","offset":0,"bytes":600,"fill":"A"}
)";

TEST_CASE("more images than asked for are none") {
  const Medium medium = posix_after(kPending);
  REQUIRE(images_of(medium, {}, 100).has_value());
  REQUIRE_FALSE(images_of(medium, {}, 5).has_value());
}

TEST_CASE("a set of images ends at its bounds, and when it is interrupted") {
  using End = ImageSet::End;
  REQUIRE(ImageSet(100).add(posix_after(kPending), {}) == End::all);
  REQUIRE(ImageSet(5).add(posix_after(kPending), {}) == End::too_many);
  int asked_count = 0;
  ImageSet interrupted(100, [&] { return ++asked_count == 3; });
  REQUIRE(interrupted.add(posix_after(kPending), {}) == End::interrupted);
  REQUIRE(interrupted.images().size() == 2);
  // Sparse files: little is written, and an image of them is 16 MiB.
  std::string text;
  for (char name = 'a'; name <= 'p'; ++name) {
    text += fmt::format("{{\"op\":\"create\",\"path\":\"{}\"}}\n", name);
    text += fmt::format(
        "{{\"op\":\"write\",\"path\":\"{}\",\"offset\":1048575,\"bytes\":1,\"fill\":\"A\"}}\n", name);
  }
  REQUIRE(ImageSet(100).add(posix_after(text), {}) == End::too_large);
  // Different answers, one image: a name that comes and goes.
  text = "{\"op\":\"create\",\"path\":\"a\"}\n";
  for (int i = 0; i < 20; ++i)
    text += "{\"op\":\"remove\",\"path\":\"a\"}\n{\"op\":\"create\",\"path\":\"a\"}\n";
  REQUIRE(ImageSet(50).add(posix_after(text), {}) == End::too_alike);
}

TEST_CASE("the bounds hold for the images of several media together") {
  ImageSet alone(100);
  REQUIRE(alone.add(posix_after(kPending), {}) == ImageSet::End::all);
  ImageSet set(alone.images().size() + 1);
  REQUIRE(set.add(posix_after(kPending), {}) == ImageSet::End::all);
  REQUIRE(set.add(posix_after("{\"op\":\"create\",\"path\":\"b\"}"), {}) == ImageSet::End::all);
  REQUIRE(set.add(posix_after("{\"op\":\"create\",\"path\":\"c\"}"), {}) == ImageSet::End::too_many);
}

}  // namespace
}  // namespace wallop::sim
