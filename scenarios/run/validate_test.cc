// SPDX-License-Identifier: Apache-2.0
// Whatever is wrong with a scenario is said in one line with its place; nothing that is wrong is let pass.
#include "scenarios/run/validate.h"

#include <catch2/catch.hpp>

#include "scenarios/run/fixture.h"

namespace wallop::scenarios {
namespace {

using namespace testing;

std::string complaints_of(std::string_view workload, std::string_view more) {
  return complaints(scenario_with(std::string(workload) + ",\n" + std::string(more)));
}

TEST_CASE("the smallest scenario is right") {
  REQUIRE(complaints(scenario_with(kOneAppend)).empty());
  REQUIRE(complaints("// A comment.\n" + scenario_with(kTenSeconds)).empty());
}

TEST_CASE("a misspelt key is named with the nearest one") {
  REQUIRE(
      complaints(scenario_with(R"("workload": { "operations": 1, "writers": [ { "valu_bytes": 1 } ] })")) ==
      "f:2:47  unknown key \"valu_bytes\" in /workload/writers/0  did you mean \"value_bytes\"?");
  REQUIRE(complaints_of(kOneAppend, R"(  "explor": {})") ==
          "f:3:3  unknown key \"explor\" in /  did you mean \"explore\"?");
}

TEST_CASE("a value with a wrong unit shows how to write it") {
  REQUIRE(complaints_of(kTenSeconds, R"("crash": { "kind": "power_loss", "at": "20 ms" })") ==
          "f:3:40  \"20 ms\" is no duration in /crash/at  write \"20ms\"");
  REQUIRE(complaints_of(kOneAppend, R"("world": { "capacity": "1 GiB" })") ==
          "f:3:24  \"1 GiB\" is no number of bytes in /world/capacity  write \"1GiB\"");
}

TEST_CASE("an unknown metric is an error before anything runs") {
  REQUIRE(complaints_of(kOneAppend, R"("expect": { "metrics": [ "append.latncy.p99 < 1ms" ] })") ==
          "f:3:27  unknown metric \"append.latncy.p99\" in /expect/metrics/0  did you mean "
          "\"append.latency.p99\"?");
}

TEST_CASE("a duplicate key, an empty file and random bytes are refused where they stand") {
  REQUIRE(complaints_of(kOneAppend, R"("seed": 1, "seed": 2)") ==
          "f:3:12  duplicate key \"seed\"  the first stands at line 3");
  REQUIRE(complaints("") == "f:1:1  the file is empty");
  REQUIRE(complaints("\x01\xff\xfe").starts_with("f:1:1  "));
}

TEST_CASE("twenty thousand nested objects are refused, not walked") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "{\"a\":";
  REQUIRE(complaints(text) == "f:1:321  nested too deeply  at most 64 levels are read");
}

TEST_CASE("a number that is too big is refused with its bounds") {
  REQUIRE(complaints(scenario_with(R"("workload": { "operations": 1, "writers": [ { "count": 5000 } ] })")) ==
          "f:2:56  5000 is out of range in /workload/writers/0/count  between 1 and 1024");
  REQUIRE(complaints_of(kOneAppend, R"("seed": -1)") ==
          "f:3:9  -1 is out of range in /seed  between 0 and 18446744073709551615");
  REQUIRE(complaints_of(kOneAppend, R"("world": { "cpus": 1e3 })") ==
          "f:3:20  expected a whole number, found a number with a fraction in /world/cpus");
  REQUIRE(complaints_of(kOneAppend, R"("world": { "cpus": -4 })") ==
          "f:3:20  -4 is out of range in /world/cpus  between 1 and 256");
}

TEST_CASE("a size beyond its bounds is refused, whichever way it is written") {
  const std::string big = R"("workload": { "operations": 1, "writers": [ { "value_bytes": "17MiB" } ] })";
  REQUIRE(complaints(scenario_with(big)) ==
          "f:2:62  17825792 is out of range in /workload/writers/0/value_bytes  between 0 and 16777216");
  REQUIRE(
      complaints(scenario_with(R"("workload": { "operations": 1, "writers": [ { "key_bytes": 8 } ] })")) ==
      "f:2:60  8 is out of range in /workload/writers/0/key_bytes  between 16 and 65536");
}

TEST_CASE("a missing required key is said of the object that lacks it") {
  REQUIRE(
      complaints(
          R"({ "version": 1, "name": "x", "about": "A test.", "engine": { "name": "reference_wal" } })") ==
      "f:1:1  missing key \"workload\" in /");
  REQUIRE(complaints_of(kOneAppend, R"("crash": { "after": 1 })") ==
          "f:3:10  missing key \"kind\" in /crash");
}

TEST_CASE("another version of the format is refused") {
  std::string text = scenario_with(kOneAppend);
  text.replace(text.find("\"version\": 1"), 12, "\"version\": 2");
  REQUIRE(complaints(text) == "f:1:14  version 2 is not known in /version  version 1 is");
}

TEST_CASE("an unknown engine, model, disk or oracle is named with the nearest one") {
  std::string text = scenario_with(kOneAppend);
  text.replace(text.find("reference_wal"), 13, "reference_wall");
  REQUIRE(complaints(text) ==
          "f:1:70  unknown engine \"reference_wall\" in /engine/name  did you mean \"reference_wal\"?");
  REQUIRE(complaints_of(kOneAppend, R"("world": { "model": "xfs", "disk": "nvme" })") ==
          "f:3:21  unknown model \"xfs\" in /world/model  known: posix, ext4-ordered\n"
          "f:3:36  unknown disk \"nvme\" in /world/disk  known: instant, nvme-consumer, nvme-plp");
  REQUIRE(complaints_of(kOneAppend, R"("expect": { "oracles": [ "durable", "prefx" ] })") ==
          "f:3:37  unknown oracle \"prefx\" in /expect/oracles/1  did you mean \"prefix\"?");
}

TEST_CASE("all problems are told, in the order of the document") {
  REQUIRE(
      complaints_of(R"("workload": { "duration": "1 s", "writers": [ {} ] })",
                    R"("world": { "disk": "nvme-consumr" }, "expect": { "metrics": [ "loss.tim == 0" ] })") ==
      "f:2:27  \"1 s\" is no duration in /workload/duration  write \"1s\"\n"
      "f:3:20  unknown disk \"nvme-consumr\" in /world/disk  did you mean \"nvme-consumer\"?\n"
      "f:3:64  unknown metric \"loss.tim\" in /expect/metrics/0  did you mean \"loss.time\"?");
}

TEST_CASE("a workload must end, and once only") {
  REQUIRE(complaints(scenario_with(R"("workload": { "writers": [ {} ] })")) ==
          "f:2:13  the workload never ends in /workload  add \"operations\" or \"duration\"");
  REQUIRE(
      complaints(scenario_with(R"("workload": { "operations": 1, "duration": "1s", "writers": [ {} ] })")) ==
      "f:2:44  the workload ends twice, by \"duration\" and by \"operations\" in /workload/duration  leave "
      "one out");
  REQUIRE(complaints(scenario_with(R"("workload": { "duration": "0s", "writers": [ {} ] })")) ==
          "f:2:27  nothing can happen in no time in /workload/duration  write like \"10s\"");
  REQUIRE(complaints(scenario_with(R"("workload": { "writers": [ { "operations": 1 } ] })")).empty());
}

TEST_CASE("a disk's figures may stand in the scenario, and are read as a disk's file is") {
  REQUIRE(complaints_of(kOneAppend, R"("world": { "disk": { "channels": 4 } })").empty());
  REQUIRE(complaints_of(kOneAppend, R"("world": { "disk": { "chanels": 4 } })") ==
          "f:3:22  unknown key \"chanels\" in /world/disk  did you mean \"channels\"?");
  REQUIRE(complaints_of(kOneAppend, R"("world": { "disk": { "channels": 0 } })") ==
          "f:3:20  0 channels are not between 1 and 1024 in /world/disk");
  REQUIRE(complaints_of(kOneAppend, R"("world": { "disk": 4 })") ==
          "f:3:20  expected a disk's name, its file, or its figures, found a whole number in /world/disk");
}

TEST_CASE("a disk's file can only be named where somebody reads it") {
  REQUIRE(
      complaints_of(kOneAppend, R"("world": { "disk": "mine.disk.json" })") ==
      "f:3:20  nobody has read the disk's file \"mine.disk.json\" in /world/disk  name it in a scenario's "
      "file, or write its figures here");
}

TEST_CASE("on the disk that costs nothing a duration needs a rate") {
  constexpr std::string_view kInstant = R"("world": { "disk": "instant" })";
  REQUIRE(
      complaints_of(kTenSeconds, kInstant) ==
      "f:2:47  no time passes without a rate on disk \"instant\" in /workload/writers/0  give a \"rate\", or "
      "\"operations\" instead of \"duration\"");
  REQUIRE(complaints_of(kOneAppend, kInstant).empty());
}

TEST_CASE("somebody must write, at a rate at which something falls due, what fits a segment") {
  REQUIRE(complaints(scenario_with(R"("workload": { "operations": 1, "writers": [] })")) ==
          "f:2:43  nobody writes in /workload/writers  add {\"count\": 1}");
  REQUIRE(
      complaints(scenario_with(R"("workload": { "operations": 1, "writers": [ { "rate": "0/s" } ] })")) ==
      "f:2:55  no append ever falls due in /workload/writers/0/rate  leave it out to append without pause");
  std::string text =
      scenario_with(R"("workload": { "operations": 1, "writers": [ { "value_bytes": 9000 } ] })");
  text.replace(text.find("\"reference_wal\""), 15,
               R"("reference_wal", "options": { "segment_bytes": "8KiB" })");
  REQUIRE(complaints(text) ==
          "f:2:45  an append of 9016 bytes fits no segment in /workload/writers/0  segment_bytes is 8192");
}

TEST_CASE("a segment has one size") {
  std::string text = scenario_with(kOneAppend);
  text.replace(text.find("\"reference_wal\""), 15,
               R"("reference_wal", "options": { "segment_bytes": "8KiB", "segment_blocks": 16 })");
  REQUIRE(complaints(text).find("a segment has two sizes, in bytes and in blocks") != std::string::npos);
}

TEST_CASE("a crash must come, and once only") {
  REQUIRE(complaints_of(kTenSeconds, R"("crash": { "kind": "power_loss" })") ==
          "f:3:10  the crash never comes in /crash  add \"at\": a time, or \"after\": a number of appends");
  REQUIRE(complaints_of(kTenSeconds, R"("crash": { "kind": "power_loss", "at": "10s" })") ==
          "f:3:40  the crash never comes in /crash/at  the workload ends after 10s");
  REQUIRE(complaints_of(kOneAppend, R"("crash": { "kind": "power_loss", "after": 2 })") ==
          "f:3:43  the crash never comes in /crash/after  the workload makes 1 appends");
  REQUIRE(complaints_of(kTenSeconds, R"("crash": { "kind": "power_loss", "at": "1s", "after": 1 })") ==
          "f:3:55  the crash comes twice, by \"at\" and by \"after\" in /crash/after  leave one out");
}

TEST_CASE("a fault or a deletion after the end of the workload can never happen") {
  REQUIRE(
      complaints_of(kTenSeconds,
                    R"("faults": [ { "kind": "stall", "for": "1s", "when": { "at": ["1s", "11s"] } } ])") ==
      "f:3:61  nothing can happen at 11s in /faults/0/when/at  the workload ends after 10s");
  const std::string deletion = R"("delete": { "keep_segments": 1, "every": "1s" } })";
  REQUIRE(complaints(scenario_with(R"("workload": { "duration": "1s", "writers": [ {} ], )" + deletion)) ==
          "f:2:93  deletion never happens in /workload/delete/every  the workload ends after 1s");
}

TEST_CASE("a fault that waits for nobody is told whom it could wait for") {
  const auto waits_for = [](std::string_view whom) {
    return complaints_of(kTenSeconds, R"("faults": [ { "kind": "lost_sync", "when": { "after": ")" +
                                          std::string(whom) + R"(" } } ])");
  };
  for (const std::string_view mark : {"crash", "delete", "deleted"}) REQUIRE(waits_for(mark).empty());
  REQUIRE(
      waits_for("crahs") ==
      "f:3:55  no fault and no mark is called \"crahs\" in /faults/0/when/after  did you mean \"crash\"?");
}

TEST_CASE("a fault's own mistakes are told with its place in the scenario") {
  REQUIRE(
      complaints_of(kTenSeconds, R"("faults": [ { "kind": "stal", "for": "1s", "when": { "at": "1s" } } ])")
          .starts_with("f:3:23  unknown fault kind \"stal\" in /faults/0/kind  did you mean \"stall\"?"));
  REQUIRE(complaints_of(kTenSeconds,
                        R"("faults": [ { "kind": "stall", "name": "a", "for": "1s", "when": { "at": "1s" } },
                                       { "kind": "failed_sync", "name": "a", "when": { "nth": 1 } } ])")
              .starts_with("f:4:73  the name \"a\" is taken in /faults/1/name"));
}

TEST_CASE("exploration needs a fixed number of appends, and samples where it samples") {
  REQUIRE(complaints_of(kTenSeconds, R"("explore": {})") ==
          "f:2:27  an explored workload needs a fixed number of appends in /workload/duration  write "
          "\"operations\" "
          "instead");
  REQUIRE(complaints_of(kOneAppend, R"("explore": { "samples": 5 })") ==
          "f:3:25  an exhaustive search draws no samples in /explore/samples  leave it out, or write "
          "\"strategy\": "
          "\"sampled\"");
}

TEST_CASE("an expected failure names the oracle that must fail") {
  REQUIRE(complaints_of(kOneAppend, R"("expect": { "verdict": "fail" })") ==
          "f:3:24  which oracle must fail? in /expect/verdict  add \"oracle\": \"durable\" or another");
  REQUIRE(complaints_of(kOneAppend, R"("expect": { "oracle": "durable" })") ==
          "f:3:23  no oracle fails where the verdict is pass in /expect/oracle  leave it out, or write "
          "\"verdict\": "
          "\"fail\"");
  REQUIRE(
      complaints_of(kOneAppend,
                    R"("expect": { "verdict": "fail", "oracle": "opens", "oracles": ["durable"] })") ==
      "f:3:42  oracle \"opens\" is not among those that are asked in /expect/oracle  add it to \"oracles\"");
}

TEST_CASE("a name must be fit for a file's name, and seeds be given once") {
  std::string text = scenario_with(kOneAppend);
  text.replace(text.find("\"x\""), 3, "\"../x\"");
  REQUIRE(complaints(text) == "f:1:25  \"../x\" is no name in /name  lower-case letters, digits and hyphens");
  REQUIRE(complaints_of(kOneAppend, R"("seed": 1, "seeds": [2])") ==
          "f:3:21  both \"seed\" and \"seeds\" are given in /seeds  leave one out");
  REQUIRE(complaints_of(kOneAppend, R"("seeds": [])") ==
          "f:3:10  no seed is given in /seeds  name at least one");
}

TEST_CASE("keys of PCT and several schedules need a schedule that has them") {
  const auto with = [](std::string_view more) {
    return complaints(scenario_with(std::string(kOneAppend) + ", " + std::string(more)));
  };
  REQUIRE(with(R"("schedule": { "kind": "pct", "depth": 2 }, "explore": { "schedules": 9 })").empty());
  REQUIRE(with(R"("schedule": { "kind": "seeded", "depth": 2 })").find("only pct has a depth") !=
          std::string::npos);
  REQUIRE(with(R"("schedule": { "kind": "seeded", "length": 2 })").find("only pct has a length") !=
          std::string::npos);
  REQUIRE(with(R"("explore": { "schedules": 9 })").find("there is one schedule alone") != std::string::npos);
}

}  // namespace
}  // namespace wallop::scenarios
