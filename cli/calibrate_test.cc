// SPDX-License-Identifier: Apache-2.0
// wallop calibrate, typed: what it refuses before it measures, what it writes, and who reads that.
#include <catch2/catch.hpp>
#include <filesystem>

#include "cli/fixture.h"
#include "scenarios/run/load.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using testing::contains;
using testing::lines_of;
using testing::Terminal;

std::vector<std::string> names_in(Terminal& terminal) {
  return terminal.machine().files.list(".").value_or(std::vector<std::string>{"?"});
}

TEST_CASE("a calibration is refused before it measures where its file could not be written or named") {
  Terminal terminal;
  const auto refusal = [&](const std::string& file) {
    REQUIRE(terminal.type({"calibrate", "--dir", terminal.path(""), "-o", file}) == Exit::usage);
    return terminal.messages();
  };
  REQUIRE(contains(refusal("disk"), "a scenario knows a disk's file by its ending; say disk.disk.json"));
  REQUIRE(contains(refusal("no/disk.json"), "-o: stat no: No such file or directory"));
  REQUIRE(contains(refusal("/proc/disk.json"), "-o: open /proc/disk.json.partial: "));
  REQUIRE(terminal.machine().files.make_directory("d.json").has_value());
  REQUIRE(contains(refusal("d.json"), "a directory has that name"));
  REQUIRE(names_in(terminal) == std::vector<std::string>{"d.json"});
}

TEST_CASE("a directory that is not there, or is none, is told, and no file is written") {
  Terminal terminal;
  terminal.write("file", "x");
  REQUIRE(terminal.type({"calibrate", "--dir", terminal.path("missing"), "-o", "mine.json"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "missing: No such file or directory"));
  REQUIRE(terminal.type({"calibrate", "--dir", terminal.path("file"), "-o", "mine.json"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "it is not a directory"));
  REQUIRE(names_in(terminal) == std::vector<std::string>{"file"});
}

TEST_CASE("a budget in which nothing could be seen is refused, and so is one that is none") {
  Terminal terminal;
  const auto refusal = [&](const std::string& budget) {
    REQUIRE(terminal.type({"calibrate", "--dir", ".", "-o", "m.json", "--budget", budget}) == Exit::usage);
    return terminal.messages();
  };
  REQUIRE(contains(refusal("4s"), "at least 5s"));
  REQUIRE(contains(refusal("soon"), "--budget"));
}

TEST_CASE("where files lie in memory there is no device to calibrate") {
  std::error_code missing;
  if (!std::filesystem::is_directory("/dev/shm", missing)) return;
  Terminal terminal;
  REQUIRE(terminal.type({"calibrate", "--dir", "/dev/shm", "-o", "mine.json"}) == Exit::usage);
  REQUIRE(contains(terminal.messages(), "tmpfs has no device"));
}

TEST_CASE("an interrupt ends it with 130; an earlier file stays as it was, and nothing is left") {
  Terminal terminal;
  terminal.write("mine.json", "{}");
  int asked = 0;
  terminal.interrupted = [&] { return ++asked > 500; };
  REQUIRE(terminal.type({"calibrate", "--dir", terminal.path(""), "-o", "mine.json"}) == Exit::interrupted);
  REQUIRE(contains(terminal.messages(), "interrupted; nothing was written"));
  REQUIRE(terminal.read("mine.json") == "{}");
  REQUIRE(names_in(terminal) == std::vector<std::string>{"mine.json"});
}

constexpr std::string_view kOnIt =
    R"({ "version": 1, "name": "on-it", "about": "x", "engine": { "name": "reference_wal" },
  "world": { "disk": "mine.disk.json" }, "workload": { "operations": 20, "writers": [ {} ] } })";

TEST_CASE("what a calibration writes is a disk that a scenario runs on, and its rows say how good it is") {
  Terminal terminal;
  terminal.write("mine.disk.json", "an earlier file");
  const Exit exit = terminal.type({"calibrate", "--dir", terminal.path(""), "-o", "mine.disk.json",
                                   "--budget", "5s", "--format", "jsonl"});
  REQUIRE(exit == Exit::passed);  // However far the twin is off on this machine.
  std::size_t twins = 0;
  for (const std::string& line : lines_of(terminal.data())) {
    const auto row = base::json::parse(line);
    REQUIRE(row.has_value());
    if (*row->find("type") != Value("twin")) continue;
    ++twins;
    for (const char* member : {"name", "unit", "predicted", "measured", "error_permille", "n", "status"})
      CHECK(row->find(member) != nullptr);
  }
  REQUIRE(twins >= 11);
  REQUIRE(scenarios::load_disk(terminal.machine().files, "mine.disk.json").has_value());
  REQUIRE(names_in(terminal) == std::vector<std::string>{"mine.disk.json"});
  terminal.write("on-it.json", kOnIt);
  REQUIRE(terminal.type({"run", "on-it.json", "--format", "jsonl"}) == Exit::passed);
  REQUIRE(contains(terminal.data(), R"("disk":"mine.disk.json")"));
}

}  // namespace
}  // namespace wallop::cli
