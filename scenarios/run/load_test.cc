// SPDX-License-Identifier: Apache-2.0
// Which files are scenarios, what they are called, and that nothing about a file stops the others.
#include "scenarios/run/load.h"

#include <catch2/catch.hpp>

#include "base/testing/scratch_directory.h"
#include "io/posix_world.h"
#include "scenarios/run/fixture.h"

namespace wallop::scenarios {
namespace {

using namespace testing;

// A folder of files to be made and loaded.
class Folder {
 public:
  Folder& directory(std::string_view path) {
    REQUIRE(files().make_directory(path).has_value());
    return *this;
  }
  Folder& file(std::string_view path, std::string_view text) {
    const auto made = files().open(path, {.create = true});
    REQUIRE(made.has_value());
    REQUIRE((*made)->write_at(0, std::as_bytes(std::span(text))).has_value());
    return *this;
  }
  Folder& scenario(std::string_view path, std::string_view name) {
    std::string text = scenario_with(kOneAppend);
    text.replace(text.find("\"x\""), 3, "\"" + std::string(name) + "\"");
    return file(path, text);
  }

  Library load(const std::vector<std::string>& paths) { return scenarios::load(files(), paths, few_names()); }
  std::vector<std::string> names(const std::vector<std::string>& paths) {
    std::vector<std::string> found;
    for (const LoadedScenario& loaded : load(paths).scenarios) found.push_back(loaded.name);
    return found;
  }
  // The first problem as a user sees it.
  std::string complaint(const std::string& path) {
    const Library library = load({path});
    return library.problems.empty() ? "" : describe(library.problems.front());
  }

 private:
  io::FileSystem& files() { return world_.world().files; }

  base::testing::ScratchDirectory scratch_;
  io::PosixWorld world_{scratch_.path()};
};

using Names = std::vector<std::string>;

// scenarios/a.json, scenarios/slow/b.json and scenarios/slow/deep/c.json.
void make_three(Folder& folder) {
  folder.directory("scenarios").directory("scenarios/slow").directory("scenarios/slow/deep");
  folder.scenario("scenarios/slow/deep/c.json", "c").scenario("scenarios/a.json", "a");
  folder.scenario("scenarios/slow/b.json", "b");
}

TEST_CASE("a folder gives its scenarios and those of its subfolders, in order of their paths") {
  Folder folder;
  make_three(folder);
  REQUIRE(folder.names({"scenarios"}) == Names{"a", "slow/b", "slow/deep/c"});
  REQUIRE(folder.names({"scenarios/"}) == Names{"a", "slow/b", "slow/deep/c"});
}

TEST_CASE("a scenario has the same name however it is reached") {
  Folder folder;
  make_three(folder);
  REQUIRE(folder.names({"scenarios/slow"}) == Names{"slow/b", "slow/deep/c"});
  REQUIRE(folder.names({"scenarios/slow/b.json"}) == Names{"slow/b"});
  REQUIRE(folder.names({"scenarios/slow/b.json", "scenarios", "scenarios/slow"}) ==
          Names{"a", "slow/b", "slow/deep/c"});
}

TEST_CASE("outside a folder called scenarios a name begins below what was asked for") {
  Folder folder;
  folder.directory("mine").directory("mine/slow").scenario("mine/slow/b.json", "b");
  REQUIRE(folder.names({"mine"}) == Names{"slow/b"});
  REQUIRE(folder.names({"mine/slow/b.json"}) == Names{"b"});
}

TEST_CASE("repro files, hidden files, schemas and other files are no scenarios") {
  Folder folder;
  folder.directory("s").directory("s/schema").scenario("s/a.json", "a").file("s/b.repro.json", "{}");
  folder.file("s/.c.json", "{}").file("s/d.txt", "").file("s/schema/e.json", "{}").file("s/README.md", "#");
  REQUIRE(folder.names({"s"}) == Names{"a"});
  REQUIRE(folder.load({"s"}).problems.empty());
}

// A scenario on the disk of that file, in s/.
void make_one_on(Folder& folder, std::string_view disk) {
  folder.directory("s").file("s/a.json", scenario_with(R"("world": { "disk": ")" + std::string(disk) +
                                                       R"(" },)" + "\n" + std::string(kOneAppend)));
}

TEST_CASE("a disk's own file is read from where the scenario stands, and is no scenario itself") {
  Folder folder;
  make_one_on(folder, "../mine.disk.json");
  folder.file("mine.disk.json", R"({ "channels": 7 })").file("s/other.disk.json", "{}");
  const Library library = folder.load({"s"});
  REQUIRE(library.problems.empty());
  REQUIRE(library.scenarios.front().scenario.world.disk.name == "../mine.disk.json");
  REQUIRE(library.scenarios.front().scenario.world.disk.spec()->channels == 7);
}

TEST_CASE("what is wrong with a disk's file is told with both places") {
  Folder folder;
  make_one_on(folder, "mine.disk.json");
  REQUIRE(
      folder.complaint("s").starts_with("s/a.json:2:20  the disk's file: open s/mine.disk.json: No such"));
  folder.file("s/mine.disk.json", "{\n  \"chanels\": 7 }");
  REQUIRE(folder.complaint("s") ==
          "s/a.json:2:20  the disk's file: s/mine.disk.json:2:3  unknown key \"chanels\" in /  did you mean "
          "\"channels\"? in /world/disk");
}

TEST_CASE("a disk's file that contradicts itself is told in a sentence") {
  Folder folder;
  make_one_on(folder, "mine.disk.json");
  folder.file("s/mine.disk.json", R"({ "channels": 0 })");
  REQUIRE(folder.complaint("s") ==
          "s/a.json:2:20  the disk's file: s/mine.disk.json:1:1  0 channels are not between 1 and 1024 in "
          "/world/disk");
}

TEST_CASE("a file with problems is reported with its place and does not stop the others") {
  Folder folder;
  folder.directory("s").file("s/a.json", "{\n  \"version\": 1, }").scenario("s/b.json", "b");
  REQUIRE(folder.complaint("s").starts_with("s/a.json:2:17  syntax error"));
  REQUIRE(folder.names({"s"}) == Names{"b"});
}

TEST_CASE("two scenarios with one name in one folder are refused") {
  Folder folder;
  folder.directory("s").scenario("s/a.json", "same").scenario("s/b.json", "same");
  REQUIRE(folder.complaint("s") == "s/b.json  another scenario is called \"same\" too  change \"name\"");
}

TEST_CASE("a file of more than a mebibyte is refused unread") {
  Folder folder;
  folder.file("big.json", std::string(kScenarioFileBytesMax + 1, ' '));
  REQUIRE(folder.complaint("big.json") ==
          "big.json  read: too large; 1048577 bytes; at most 1048576 are read");
}

TEST_CASE("a path that leads nowhere is a problem") {
  Folder folder;
  REQUIRE(folder.complaint("nowhere.json") == "nowhere.json  stat: No such file or directory (ENOENT)");
  REQUIRE(folder.load({"nowhere.json"}).scenarios.empty());
}

TEST_CASE("folders nested beyond the limit are told, not followed") {
  Folder folder;
  std::string path = "s";
  folder.directory(path);
  for (std::size_t i = 0; i < kFolderDepthMax; ++i) folder.directory(path += "/d");
  folder.scenario(path + "/deep.json", "deep");
  REQUIRE(folder.complaint("s") == path + "  not looked into  folders nest at most 16 deep");
  REQUIRE(folder.names({"s"}).empty());
}

TEST_CASE("a scenario that takes long runs where it or its own folder is named, and not with more") {
  Folder folder;
  folder.directory("scenarios").directory("scenarios/soak");
  std::string text = scenario_with(kOneAppend);
  text.replace(text.find("\"version\""), 0, "\"long\": true, ");
  folder.file("scenarios/soak/x.json", text);
  REQUIRE(folder.names({"scenarios"}).empty());
  REQUIRE(folder.load({"scenarios"}).left_out.at(0).name == "soak/x");
  REQUIRE(folder.names({"scenarios/soak"}) == Names{"soak/x"});
  REQUIRE(folder.names({"scenarios/soak/x.json"}) == Names{"soak/x"});
}

}  // namespace
}  // namespace wallop::scenarios
