// SPDX-License-Identifier: Apache-2.0
// What of a plan libfiu can do, and what is refused, with what to do instead.
#include "cli/fiu/arming.h"

#include <catch2/catch.hpp>
#include <memory>

#include "base/fields.h"
#include "cli/fiu/armed_text.h"
#include "cli/fixture.h"
#include "faults/catalogue.h"

namespace wallop::cli::libfiu {
namespace {

using testing::contains;

std::vector<faults::Fault> faults_of(std::string_view json) {
  std::vector<faults::Fault> faults;
  const base::json::Problems problems = base::read_document(json, faults);
  base::ensure(problems.empty(), "a plan of the test reads");
  return faults;
}

std::string text_of(std::string_view json) {
  const auto plan = arm(faults_of(json), 1);
  return plan ? to_text(*plan) : "";
}

// All refusals in one text; "" where there is none.
std::string refused(std::string_view json) {
  const auto plan = arm(faults_of(json), 1);
  std::string all;
  if (!plan) {
    for (const Refusal& refusal : plan.error()) all += refusal.what + " | " + refusal.hint + "\n";
  }
  return all;
}

TEST_CASE("numbers, runs, chances and bounds are armed at the points of their verbs") {
  CHECK(text_of(R"([{"kind":"failed_sync","when":{"op":"sync","nth":3,"per":"device"}}])") ==
        "points=posix/io/sync/fdatasync errno=5 nth=3");
  CHECK(
      text_of(R"([{"kind":"io_error","errno":"ENOSPC","when":{"op":["write","truncate"],"from":5,"count":2,)"
              R"("per":"device","max":1}}])") ==
      "points=posix/io/rw/pwrite,posix/io/rw/ftruncate errno=28 from=5 count=2 max=1");
  CHECK(contains(text_of(R"([{"kind":"io_error","when":{"op":"read","chance":"1/100"}}])"),
                 "points=posix/io/rw/pread errno=5 chance=1 in=100 seed="));
}

TEST_CASE("what is armed reads back") {
  const auto read = std::make_unique<ArmedFaults>();
  REQUIRE(read_armed(text_of(R"([{"kind":"failed_sync","when":{"every":2,"per":"device"}},
                                 {"kind":"io_error","errno":"EROFS","when":{"op":"rename"}}])"),
                     *read));
  REQUIRE(read->count == 2);
  CHECK(read->faults[0].every == 2);
}

TEST_CASE("fiu-run's own words are given where it can do without counting") {
  const auto words = [](std::string_view json) { return fiu_run_words(*arm(faults_of(json), 1)); };
  CHECK(words(R"([{"kind":"failed_sync","when":{"op":"sync"}}])") ==
        "fiu-run -x -c 'enable name=posix/io/sync/fdatasync,failinfo=5'");
  CHECK(words(R"([{"kind":"io_error","when":{"op":"read","chance":"1/4","max":1}}])") ==
        "fiu-run -x -c 'enable_random name=posix/io/rw/pread,failinfo=5,probability=0.25,onetime'");
  CHECK(words(R"([{"kind":"failed_sync","when":{"op":"sync","nth":3,"per":"device"}}])").empty());
}

TEST_CASE("what libfiu is not told of a call is refused") {
  CHECK(contains(refused(R"([{"kind":"failed_sync","when":{"path":"*.wal"}}])"), "\"path\""));
  CHECK(contains(refused(R"([{"kind":"failed_sync","when":{"at":"1s"}}])"), "\"at\""));
  CHECK(contains(refused(R"([{"kind":"failed_sync","when":{"during":{"from":"1s","to":"2s"}}}])"),
                 "\"during\""));
  CHECK(contains(refused(R"([{"kind":"failed_sync","when":{"nth":3}}])"), "\"per\": \"device\""));
  CHECK(contains(refused(R"([{"kind":"io_error","when":{"op":"allocate"}}])"), "no point for \"allocate\""));
}

TEST_CASE("two errnos at one point are refused, as libfiu keeps one") {
  CHECK(contains(refused(R"([{"kind":"io_error","when":{"op":"write"}},
                             {"kind":"io_error","errno":"ENOSPC","when":{"op":"write"}}])"),
                 "one errno for each point"));
}

// Goal: a kind that does more than fail must never be armed as one that fails. Method: the example of every
// kind, without its trigger's place and time, is either a plain errno or refused.
TEST_CASE("of all kinds those that only fail are armed, and no other") {
  std::vector<std::string_view> armed;
  for (const faults::KindInfo& kind : faults::kinds()) {
    std::vector<faults::Fault> faults(1);
    base::json::Problems problems;
    base::Reading reading(problems);
    const auto written =
        base::json::Value().set("kind", kind.name).set("when", base::json::Value().set("op", "sync"));
    faults::Fault::read_json(written, faults[0], reading);
    if (problems.empty() && arm(faults, 1)) armed.push_back(kind.name);
  }
  CHECK(armed == std::vector<std::string_view>{"failed_sync", "io_error"});
}

}  // namespace
}  // namespace wallop::cli::libfiu
