// SPDX-License-Identifier: Apache-2.0
#include "reports/write.h"

#include <catch2/catch.hpp>

#include "base/testing/scratch_directory.h"
#include "io/posix_world.h"
#include "reports/result_json.h"
#include "reports/sample_result.h"

namespace wallop::reports {
namespace {

const std::vector<std::string> kAll{"junit.xml", "report.html", "report.md", "result.json"};

struct Disk {
  base::testing::ScratchDirectory scratch;
  io::PosixWorld machine{scratch.path()};
  io::FileSystem& files = machine.world().files;

  [[nodiscard]] std::string read(const std::string& name) const {
    const auto file = files.open(name, {.read_only = true});
    REQUIRE(file);
    std::string text((*file)->size().value(), '\0');
    REQUIRE((*file)->read_at(0, std::as_writable_bytes(std::span(text))) == text.size());
    return text;
  }
  void write(const std::string& name, const std::string& text) const {
    REQUIRE((*files.open(name, {.create = true}))->write_at(0, std::as_bytes(std::span(text))));
  }
};

TEST_CASE("all reports go into the directory, which is made") {
  const Disk disk;
  REQUIRE(write_all(disk.files, "out", testing::result_of(1)));
  CHECK(disk.files.list("out") == kAll);
  CHECK(disk.read("out/result.json") == to_json(testing::result_of(1)));
}

TEST_CASE("older reports are replaced whole") {
  const Disk disk;
  REQUIRE(write_all(disk.files, "out", testing::sample_result()));
  REQUIRE(write_all(disk.files, "out", testing::result_of(0)));
  CHECK(disk.read("out/result.json") == to_json(testing::result_of(0)));
  CHECK(disk.files.list("out") == kAll);
}

TEST_CASE("what an interrupted write left behind does not show") {
  const Disk disk;
  REQUIRE(disk.files.make_directory("out"));
  disk.write("out/result.json.partial", std::string(1'000'000, 'x'));
  REQUIRE(write_all(disk.files, "out", testing::result_of(0)));
  CHECK(disk.read("out/result.json") == to_json(testing::result_of(0)));
}

TEST_CASE("a directory that cannot be made is an error and nothing is written") {
  const Disk disk;
  const auto written = write_all(disk.files, "no/such/out", testing::result_of(0));
  REQUIRE_FALSE(written);
  CHECK(written.error().code == io::Code::not_found);
  CHECK(disk.files.list(".")->empty());
}

TEST_CASE("a name that is a directory is an error, and the reports after it are not touched") {
  const Disk disk;
  REQUIRE(disk.files.make_directory("out"));
  REQUIRE(disk.files.make_directory("out/junit.xml"));
  CHECK_FALSE(write_all(disk.files, "out", testing::result_of(0)));
  CHECK_FALSE(disk.files.stat("out/report.html"));
}

TEST_CASE("missing plots are told, and are no failure") {
  const Disk disk;
  const auto written = write_all(disk.files, "out", testing::sample_result(), "no-such-gnuplot");
  REQUIRE(written);
  CHECK(written->size() == 1);
}

}  // namespace
}  // namespace wallop::reports
