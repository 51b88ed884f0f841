// SPDX-License-Identifier: Apache-2.0
// The checklist's own directory: all of it goes, and nothing else.
#include "checklist/own_directory.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>

#include "base/testing/scratch_directory.h"
#include "io/posix_world.h"

namespace wallop::checklist {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  base::testing::ScratchDirectory scratch;
  io::PosixWorld world{scratch.path()};

  OwnDirectory make() {
    auto own = OwnDirectory::make(world.world(), scratch.path(), "own-");
    REQUIRE(own.has_value());
    return std::move(*own);
  }
  void touch(const std::string& path) {
    REQUIRE(world.world().files.open(path, {.create = true, .exclusive = true}).has_value());
  }
  bool empty() const { return fs::is_empty(scratch.path()); }
};

TEST_CASE("the directory and all below it are gone with the object") {
  Fixture fixture;
  {
    const OwnDirectory own = fixture.make();
    fs::create_directories(own.path("a/b/c"));
    fixture.touch(own.path("a/b/c/file"));
    fixture.touch(own.path("file"));
    CHECK_FALSE(fixture.empty());
  }
  CHECK(fixture.empty());
}

TEST_CASE("what a symbolic link in it points to stays, and the link goes") {
  Fixture fixture;
  fs::create_directory(fixture.scratch.path("foreign"));
  fixture.touch(fixture.scratch.path("foreign/file"));
  {
    const OwnDirectory own = fixture.make();
    fs::create_directory_symlink(fixture.scratch.path("foreign"), own.path("link"));
  }
  CHECK(fs::exists(fixture.scratch.path("foreign/file")));
  CHECK(std::distance(fs::directory_iterator(fixture.scratch.path()), {}) == 1);
}

TEST_CASE("a neighbour with the same prefix stays") {
  Fixture fixture;
  fs::create_directory(fixture.scratch.path("own-00000000"));
  fixture.touch(fixture.scratch.path("own-00000000/file"));
  {
    const OwnDirectory own = fixture.make();
  }
  CHECK(fs::exists(fixture.scratch.path("own-00000000/file")));
}

TEST_CASE("a directory moved from removes nothing") {
  Fixture fixture;
  OwnDirectory first = fixture.make();
  const OwnDirectory second = std::move(first);
  CHECK(first.remove().has_value());
  CHECK(fs::exists(second.path()));
}

TEST_CASE("removing goes on after a failure and reports it") {
  Fixture fixture;
  OwnDirectory own = fixture.make();
  const std::string path = own.path();
  fs::create_directories(own.path("1/2/3/4/5/6/7/8/9"));  // Deeper than the checklist ever makes.
  fixture.touch(own.path("file"));
  CHECK_FALSE(own.remove().has_value());
  CHECK_FALSE(fs::exists(path + "/file"));
}

TEST_CASE("a parent that is not there is told, and nothing is made") {
  Fixture fixture;
  const auto own = OwnDirectory::make(fixture.world.world(), fixture.scratch.path("missing"), "own-");
  REQUIRE_FALSE(own.has_value());
  CHECK(own.error().code == io::Code::not_found);
}

}  // namespace
}  // namespace wallop::checklist
