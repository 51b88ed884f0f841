// SPDX-License-Identifier: Apache-2.0
// Profiles: the built-in ones are whole, and what is misspelt is said where it stands.
#include "checklist/profile.h"

#include <fmt/format.h>
#include <algorithm>
#include <catch2/catch.hpp>

#include "base/testing/scratch_directory.h"
#include "checklist/check.h"
#include "io/posix_world.h"
#include "scenarios/run/load.h"

namespace wallop::checklist {
namespace {

// A profile whose items are `items`; its other parts are `parts`.
std::string profile_text(std::string_view items, std::string_view parts = "") {
  return fmt::format("{{ \"version\": 1, \"name\": \"p\",{}\n\"items\": [{}] }}", parts, items);
}

// The first thing wrong with it, as a line.
std::string complaint(const std::string& text) {
  const auto profile = parse_profile(text);
  return profile ? "" : base::json::describe("p.json", profile.error().front());
}

std::expected<Profile, std::vector<std::string>> load(std::string_view name_or_file) {
  io::PosixWorld world(".");
  return load_profile(world.world().files, name_or_file);
}

TEST_CASE("every built-in profile can be loaded by the name that it bears") {
  REQUIRE(profile_names() == std::vector<std::string_view>{"ci-quick", "default"});
  for (const std::string_view name : profile_names()) {
    const auto profile = load(name);
    REQUIRE(profile.has_value());
    CHECK(profile->name == name);
  }
}

TEST_CASE("the default profile lists every check, in the catalogue's order") {
  const auto profile = load("default");
  REQUIRE(profile.has_value());
  REQUIRE(profile->items.size() == check_catalogue().size());
  for (std::size_t i = 0; i < profile->items.size(); ++i)
    CHECK(profile->items[i].id == check_catalogue()[i].id);
}

TEST_CASE("a profile prints to what reads back to the same") {
  for (const std::string_view name : profile_names()) {
    const base::json::Value printed = base::print(*load(name));
    const auto again = parse_profile(base::json::to_text(printed, base::json::Layout::indented));
    REQUIRE(again.has_value());
    CHECK(base::print(*again) == printed);
  }
}

// The keys of an object and of the objects in it.
std::vector<std::string> keys_of(const base::json::Value& object) {
  std::vector<std::string> keys;
  for (const base::json::Member& member : *object.get<base::json::Object>()) {
    keys.push_back(member.key);
    if (member.value.get<base::json::Object>() == nullptr) continue;
    for (const base::json::Member& inner : *member.value.get<base::json::Object>()) keys.push_back(inner.key);
  }
  return keys;
}

TEST_CASE("the guide names every key of a profile and every check") {
  io::PosixWorld world(WALLOP_SOURCE_DIR);
  const std::string guide = scenarios::read_text(world.world().files, "docs/checklist.md").value();
  std::vector<std::string> words = keys_of(base::print(*load("default")));
  REQUIRE(words.size() > 20);
  for (const Check& check : check_catalogue()) words.emplace_back(check.id);
  for (const std::string& word : words) {
    INFO(word);
    CHECK(guide.find("`" + word + "`") != std::string::npos);
  }
}

TEST_CASE("the profile that the guide shows is valid") {
  io::PosixWorld world(WALLOP_SOURCE_DIR);
  const std::string guide = scenarios::read_text(world.world().files, "docs/checklist.md").value();
  constexpr std::string_view kFence = "```jsonc\n";
  const std::size_t begin = guide.find(kFence) + kFence.size();
  CHECK(complaint(guide.substr(begin, guide.find("```", begin) - begin)).empty());
}

TEST_CASE("a misspelt check is told with its place and what was meant") {
  REQUIRE(complaint(profile_text(R"({"id": "append.p9", "expect": "append.latency.p99 < 10ms"})")) ==
          "p.json:2:18  unknown check \"append.p9\" in /items/0  did you mean \"append.p99\"?");
}

TEST_CASE("a misspelt metric and a misspelt key are told with what was meant") {
  CHECK(complaint(profile_text(R"({"id": "append.p99", "expect": "append.latncy.p99 < 10ms"})"))
            .ends_with("did you mean \"append.latency.p99\"?"));
  CHECK(complaint(profile_text(R"({"id": "cpu"})", R"("load": {"writer": 3},)"))
            .ends_with("unknown key \"writer\" in /load  did you mean \"writers\"?"));
}

TEST_CASE("a limit on a metric that the check does not measure is a mistake") {
  REQUIRE(complaint(profile_text(R"({"id": "append.p99", "expect": "sync.latency.p99 < 10ms"})")) ==
          "p.json:2:42  append.p99 judges append.latency, not sync.latency in /items/0  "
          "write \"append.latency... < ...\"");
}

TEST_CASE("a check without its limit, with one that it cannot have, or twice, is a mistake") {
  CHECK(complaint(profile_text(R"({"id": "recovery"})")).find("recovery needs a limit") != std::string::npos);
  CHECK(complaint(profile_text(R"({"id": "hardware", "expect": "sync.latency.p99 < 1ms"})"))
            .find("hardware takes no limit") != std::string::npos);
  CHECK(complaint(profile_text(R"({"id": "cpu"}, {"id": "cpu"})")).find("stands here twice") !=
        std::string::npos);
}

TEST_CASE("a profile that judges nothing, or measures nothing, is a mistake") {
  CHECK(complaint(profile_text("")).find("nothing is judged") != std::string::npos);
  CHECK(complaint(profile_text(R"({"id": "cpu"})", R"("load": {"rate": "0/s"},)"))
            .find("a load of no appends") != std::string::npos);
  CHECK(complaint(profile_text(R"({"id": "cpu"})", R"("recovery": {"sizes": ["2MB", "2MB"]},)"))
            .find("sizes that do not rise") != std::string::npos);
  CHECK(complaint(profile_text(R"({"id": "cpu"})", R"("recovery": {"sizes": []},)")).find("no size") !=
        std::string::npos);
}

TEST_CASE("what is no profile at all is told, never read as one") {
  for (const char* text :
       {"", "[]", "7", "{", "{}", R"({"version": 2, "name": "p", "items": [{"id": "cpu"}]})"}) {
    INFO(text);
    CHECK_FALSE(parse_profile(text).has_value());
  }
}

TEST_CASE("an unknown profile is told with the one that was meant") {
  REQUIRE(load("defualt").error() ==
          std::vector<std::string>{"unknown profile \"defualt\"  did you mean \"default\"?"});
  REQUIRE(load("./no-such-profile.json").error().front().find("No such file") != std::string::npos);
}

TEST_CASE("a profile in a file is read, and its problems are all told with the file's name") {
  const base::testing::ScratchDirectory scratch;
  io::PosixWorld world(scratch.path());
  const std::string text = profile_text(R"({"id": "cpus"}, {"id": "disc"})");
  auto file = world.world().files.open("mine.json", {.create = true});
  REQUIRE((*file)->write_at(0, std::as_bytes(std::span(text))).has_value());
  const auto profile = load_profile(world.world().files, "mine.json");
  REQUIRE(profile.error().size() == 2);
  CHECK(profile.error()[1].starts_with("mine.json:2:"));
}

TEST_CASE("a profile is narrowed to the items asked for, in its own order") {
  const std::vector<std::string> ids{"disk", "append.p99"};
  const auto narrowed = only(*load("default"), ids);
  REQUIRE(narrowed->items.size() == 2);
  CHECK(narrowed->items[0].id == "append.p99");
}

TEST_CASE("an item that the profile has not is told apart from a check that does not exist") {
  const std::vector<std::string> soak{"soak"}, misspelt{"sync.p9"};
  CHECK(only(*load("ci-quick"), soak).error() == "check \"soak\" is not in profile ci-quick");
  CHECK(only(*load("ci-quick"), misspelt).error() == "unknown check \"sync.p9\"  did you mean \"sync.p99\"?");
}

}  // namespace
}  // namespace wallop::checklist
