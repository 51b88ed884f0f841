// SPDX-License-Identifier: Apache-2.0
// What each of the small kinds does to an operation, and to which ones. torn_write has a file of its own.
#include <cerrno>

#include "faults/fault_fixture.h"

namespace wallop::faults {
namespace {

// The names of the verbs that a fault hits, in the order of Verb.
std::string victims(std::string_view json) {
  const Fault read = fault(json);
  std::string names;
  for (const auto& entry : enum_names(Verb{})) {
    if (!effect_on(read, operation(entry.value))) continue;
    names += (names.empty() ? "" : " ") + std::string(entry.name);
  }
  return names;
}

TEST_CASE("a lost sync reports success and reaches nothing") {
  REQUIRE(effect_on(R"({ "kind": "lost_sync" })", operation(Verb::sync)) == Effect{.reach = Reach::nothing});
  REQUIRE(victims(R"({ "kind": "lost_sync" })") == "write_durable sync sync_all sync_directory");
}

TEST_CASE("a failed sync fails with EIO or the errno that is named, and reaches nothing") {
  REQUIRE(effect_on(R"({ "kind": "failed_sync" })", operation(Verb::sync)) == failure(EIO));
  REQUIRE(effect_on(R"({ "kind": "failed_sync", "errno": "ENOSPC" })", operation(Verb::sync)) ==
          failure(ENOSPC));
}

TEST_CASE("a failed sync hits directories and durable writes only where op names them") {
  REQUIRE(victims(R"({ "kind": "failed_sync" })") == "sync sync_all");
  REQUIRE(victims(R"({ "kind": "failed_sync", "when": { "op": ["sync_directory", "write_durable"] } })") ==
          "write_durable sync_directory");
}

TEST_CASE("an I/O error hits the calls that op names and must be told which") {
  REQUIRE(effect_on(R"({ "kind": "io_error", "errno": "EROFS", "when": { "op": "rename" } })",
                    operation(Verb::rename)) == failure(EROFS));
  REQUIRE(victims(R"({ "kind": "io_error", "when": { "op": ["stat", "lock"] } })") == "stat lock");
  REQUIRE(complaint(R"({ "kind": "io_error", "when": {} })") ==
          R"(f:1:31  "op" must say which operations in /when/op  write "op": "read")");
}

TEST_CASE("a full disk refuses what needs a block or a name, and nothing else") {
  REQUIRE(victims(R"({ "kind": "no_space" })") == "write write_durable allocate link make_directory");
  REQUIRE(effect_on(R"({ "kind": "no_space" })", operation(Verb::write)) == failure(ENOSPC));
}

TEST_CASE("a full disk refuses to open a file only where that makes it") {
  Op open = operation(Verb::open);
  REQUIRE_FALSE(effect_on(R"({ "kind": "no_space" })", open));
  open.creates = true;
  REQUIRE(effect_on(R"({ "kind": "no_space" })", open) == failure(ENOSPC));
}

TEST_CASE("a slow disk multiplies, delays or does both, and changes nothing else") {
  REQUIRE(effect_on(R"({ "kind": "slow_disk", "factor": 10 })", operation(Verb::sync)) ==
          Effect{.slowdown = 10});
  REQUIRE(effect_on(R"({ "kind": "slow_disk", "factor": 2, "delay": "3ms" })", operation(Verb::read)) ==
          Effect{.extra_wait = milliseconds(3), .slowdown = 2});
}

TEST_CASE(
    "a slow disk and a stall hit what the device must serve, and a plain write only where op names it") {
  constexpr std::string_view kServed = "read read_stored write_durable sync sync_all sync_directory";
  REQUIRE(victims(R"({ "kind": "slow_disk", "factor": 2 })") == kServed);
  REQUIRE(victims(R"({ "kind": "stall", "for": "1ms" })") == kServed);
  REQUIRE(victims(R"({ "kind": "stall", "for": "1ms", "when": { "op": "write" } })") == "write");
}

TEST_CASE("a slow disk that is no slower is refused") {
  REQUIRE(complaint(R"({ "kind": "slow_disk" })") ==
          R"(f:1:1  neither "factor" nor "delay": nothing is slower in /factor  add "factor": 10)");
  REQUIRE(complaint(R"({ "kind": "slow_disk", "factor": 1 })").find("below 2") != std::string::npos);
  REQUIRE(complaint(R"({ "kind": "slow_disk", "factor": 1000001 })").find("at most") != std::string::npos);
  REQUIRE(complaint(R"({ "kind": "slow_disk", "delay": "0s" })").find("slows nothing") != std::string::npos);
}

TEST_CASE("a stall lasts from its instant, however late the operation that meets it") {
  constexpr std::string_view kStall = R"({ "kind": "stall", "for": "80ms", "when": { "at": "10s" } })";
  REQUIRE_FALSE(effect_on(kStall, operation(Verb::sync, at(milliseconds(9'999)))));
  REQUIRE(effect_on(kStall, operation(Verb::sync, at(milliseconds(10'050)))) ==
          Effect{.stalled_until = at(milliseconds(10'080))});
  REQUIRE_FALSE(effect_on(kStall, operation(Verb::sync, at(milliseconds(10'080)))));
}

TEST_CASE("a stall without instants lasts from the operation that the trigger picks") {
  REQUIRE(effect_on(R"({ "kind": "stall", "for": "80ms", "when": { "nth": 1 } })",
                    operation(Verb::sync, at(seconds(1)))) ==
          Effect{.stalled_until = at(milliseconds(1'080))});
}

TEST_CASE("a stall of overlapping instants lasts until the latest end, whatever their order") {
  const Op op = operation(Verb::sync, at(milliseconds(10'050)));
  const Effect latest{.stalled_until = at(milliseconds(10'120))};
  REQUIRE(effect_on(R"({ "kind": "stall", "for": "80ms", "when": { "at": ["10s", "10040ms"] } })", op) ==
          latest);
  REQUIRE(effect_on(R"({ "kind": "stall", "for": "80ms", "when": { "at": ["10040ms", "10s"] } })", op) ==
          latest);
}

TEST_CASE("a stall of no time is refused") {
  REQUIRE(complaint(R"({ "kind": "stall", "for": "0s" })") ==
          R"(f:1:27  a stall of no time stalls nothing in /for  write "80ms")");
}

}  // namespace
}  // namespace wallop::faults
