// SPDX-License-Identifier: Apache-2.0
// wallop selftest: what it says, in all formats, and that nothing is left behind.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/json.h"
#include "cli/fixture.h"
#include "cli/loop_mounts.h"

namespace wallop::cli {
namespace {

using testing::contains;
using testing::Terminal;

bool is_empty(const std::string& directory) {
  return std::filesystem::is_empty(directory);
}

bool is_mounted(const std::string& path) {
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    if (contains(line, path)) return true;
  }
  return false;
}

TEST_CASE("selftest passes, names every proof, and leaves nothing behind") {
  Terminal terminal;
  REQUIRE(terminal.type({"selftest", "--budget", "1s", "--dir", terminal.path("")}) == Exit::passed);
  for (const std::string_view id : {"kernel", "synced-data", "sampling", "calm"}) {
    INFO(id);
    REQUIRE(contains(terminal.data(), id));
  }
  REQUIRE(contains(terminal.data(), "calls on "));
  REQUIRE(contains(terminal.data(), "random traces"));
  REQUIRE(contains(terminal.data(), ", 0 failed"));
  REQUIRE(is_empty(terminal.path("")));
}

TEST_CASE("selftest in json is one document with a version and the counts of each proof") {
  Terminal terminal;
  REQUIRE(terminal.type({"selftest", "--budget", "1ms", "--seed", "7", "--format", "json", "--dir",
                         terminal.path("")}) == Exit::passed);
  const auto document = base::json::parse(terminal.data());
  REQUIRE(document);
  REQUIRE(*document->find("version") == base::json::Value(std::uint64_t{1}));
  REQUIRE(*document->find("seed") == base::json::Value(std::uint64_t{7}));
  const auto& proofs = *document->find("proofs")->get<base::json::Array>();
  REQUIRE(proofs.size() >= 4);
  for (const auto& proof : proofs) REQUIRE_FALSE(proof.find("counts")->get<base::json::Object>()->empty());
}

TEST_CASE("an interrupted selftest ends with 130 and leaves nothing behind") {
  Terminal terminal;
  terminal.interrupted = [] { return true; };
  REQUIRE(terminal.type({"selftest", "--dir", terminal.path("")}) == Exit::interrupted);
  REQUIRE(is_empty(terminal.path("")));
}

TEST_CASE("selftest says what is wrong with its options") {
  Terminal terminal;
  REQUIRE(terminal.type({"selftest", "--budget", "soon"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "--budget"));
  REQUIRE(terminal.type({"selftest", "--dir", terminal.path("not-there")}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "--dir"));
}

TEST_CASE("each file system is mounted or left out with a reason, and none stays") {
  const base::testing::ScratchDirectory scratch;
  {
    const LoopMounts loops(scratch.path());
    REQUIRE(loops.mounts().size() + loops.left_out().size() == 3);
    for (const LoopMount& mount : loops.mounts()) REQUIRE(is_empty(mount.path));
    for (const std::string& reason : loops.left_out()) REQUIRE(contains(reason, ": "));
  }
  REQUIRE_FALSE(is_mounted(scratch.path()));
}

}  // namespace
}  // namespace wallop::cli
