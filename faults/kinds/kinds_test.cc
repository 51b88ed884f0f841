// SPDX-License-Identifier: Apache-2.0
// What each of the small kinds does to an operation, and to which ones. torn_write has a file of its own.
#include <algorithm>
#include <cerrno>
#include <vector>

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
  REQUIRE(
      complaint(R"({ "kind": "slow_disk" })") ==
      R"(f:1:1  neither "factor" nor "delay" nor a limit: nothing is slower in /factor  add "factor": 10)");
  REQUIRE(complaint(R"({ "kind": "slow_disk", "factor": 1 })").find("below 2") != std::string::npos);
  REQUIRE(complaint(R"({ "kind": "slow_disk", "factor": 1000001 })").find("at most") != std::string::npos);
  REQUIRE(complaint(R"({ "kind": "slow_disk", "delay": "0s" })").find("slows nothing") != std::string::npos);
}

TEST_CASE("a slow disk draws its delays from the quantiles that it is given, operation by operation") {
  const Fault slow =
      fault(R"({ "kind": "slow_disk", "delay": { "p50": "2ms", "p99": "40ms", "worst": "50ms" } })");
  std::vector<io::Duration> delays;
  for (std::uint64_t n = 1; n <= 2001; ++n)
    delays.push_back(effect_on(slow, numbered(Verb::sync, n)).value().extra_wait);
  std::ranges::sort(delays);
  REQUIRE(delays.front() == milliseconds(2));
  REQUIRE(delays[1000] - milliseconds(2) < milliseconds(2));
  REQUIRE(delays[1981] > milliseconds(30));
  REQUIRE(delays.back() <= milliseconds(50));
}

TEST_CASE("a delay prints as it was written: a duration, or quantiles") {
  for (const std::string_view text : {R"({"kind":"slow_disk","delay":"3ms"})",
                                      R"({"kind":"slow_disk","delay":{"p50":"3ms","p99":"40ms"}})"})
    REQUIRE(printed(fault(text)).starts_with(text.substr(0, text.size() - 1)));
}

TEST_CASE("a disk that is slow for a span is slow for writeback too, but for chosen calls or paths alone") {
  const auto until = [](std::string_view keys) {
    const std::string json = R"({ "kind": "slow_disk", "factor": 2, )" + std::string(keys) + " }";
    return effect_on(json, operation(Verb::sync, at(seconds(10)))).value().slow_until;
  };
  REQUIRE(until(R"("for": "5s", "when": { "at": "8s" })") == at(seconds(13)));
  REQUIRE(until(R"("when": { "during": { "from": "8s", "to": "20s" } })") == at(seconds(20)));
  REQUIRE_FALSE(until(R"("for": "5s", "when": { "at": "8s", "op": "sync" })"));
  REQUIRE_FALSE(until(R"("for": "5s", "when": { "at": "8s", "path": "*.wal" })"));
  REQUIRE_FALSE(until(R"("when": { "nth": 1 })"));
}

TEST_CASE("limits of nothing, and delays that fall, are refused") {
  const auto refusal = [](std::string_view keys) {
    return complaint(R"({ "kind": "slow_disk", )" + std::string(keys) + " }");
  };
  using Catch::Contains;
  CHECK_THAT(refusal(R"("bytes_per_second": "0B")"), Contains("never ends in /bytes_per_second"));
  CHECK_THAT(refusal(R"("commands_per_second": 0)"), Contains("never ends in /commands_per_second"));
  CHECK_THAT(refusal(R"("delay": { "p50": "2ms", "p99": "1ms" })"), Contains("do not rise"));
}

TEST_CASE("a torn sequence keeps each write whole or not at all, by a coin or by its place in the run") {
  const auto lasting = [](std::string_view json, std::uint64_t n) {
    Op op = numbered(Verb::write, n);
    op.bytes = 100;
    return effect_on(json, op).value().lasting.value();
  };
  constexpr std::string_view kKept =
      R"({ "kind": "torn_sequence", "keep": [2], "when": { "from": 10, "count": 3 } })";
  REQUIRE(lasting(kKept, 10).empty());
  REQUIRE(lasting(kKept, 11) == std::vector<ByteRange>{{0, 100}});
  int kept = 0;
  for (std::uint64_t n = 1; n <= 100; ++n)
    kept += lasting(R"({ "kind": "torn_sequence" })", n).empty() ? 0 : 1;
  REQUIRE((kept > 30 && kept < 70));
}

TEST_CASE("a run without a begin, or of fewer writes than it keeps, is refused") {
  using Catch::Contains;
  CHECK_THAT(complaint(R"({ "kind": "torn_sequence", "keep": [1] })"), Contains("add \"from\""));
  CHECK_THAT(complaint(R"({ "kind": "torn_sequence", "keep": [4], "when": { "from": 1, "count": 3 } })"),
             Contains("no such write"));
}

TEST_CASE("names are lost where they change: an open that makes nothing is not hit") {
  REQUIRE(victims(R"({ "kind": "lost_name" })") == "rename link remove make_directory");
  Op open = operation(Verb::open);
  open.creates = true;
  REQUIRE(effect_on(R"({ "kind": "lost_name" })", open) == Effect{.lasting = std::vector<ByteRange>{}});
}

TEST_CASE("a misdirected command goes forward, back or to another file, and must be told which") {
  const auto place = [](std::string_view keys) {
    return effect_on(R"({ "kind": "misdirected_write", )" + std::string(keys) + " }", write_of(0, 512))
        .value()
        .elsewhere;
  };
  REQUIRE(place(R"("forward": "4KiB")") == Elsewhere{.shift = 4096});
  REQUIRE(place(R"("back": "512B")") == Elsewhere{.shift = -512});
  REQUIRE(place(R"("path": "log/2.wal")") == Elsewhere{.path = "log/2.wal"});
  using Catch::Contains;
  CHECK_THAT(complaint(R"({ "kind": "misdirected_read" })"), Contains("where it should"));
  CHECK_THAT(complaint(R"({ "kind": "misdirected_read", "forward": "1B", "back": "1B" })"),
             Contains("forward or back"));
}

TEST_CASE("a clock jumps forward or back, and must be told how far") {
  REQUIRE(effect_on(R"({ "kind": "clock_jump", "back": "1h" })", operation(Verb::stat)) ==
          Effect{.wall_step = -hours(1)});
  REQUIRE(effect_on(R"({ "kind": "clock_jump", "forward": "1h" })", operation(Verb::stat)) ==
          Effect{.wall_step = hours(1)});
  REQUIRE_FALSE(complaint(R"({ "kind": "clock_jump" })").empty());
  REQUIRE_FALSE(complaint(R"({ "kind": "clock_jump", "back": "1h", "forward": "1h" })").empty());
}

TEST_CASE("what fails after it was done has done it: the errno comes, and the medium has all of it") {
  Op write = write_of(0, 100);
  REQUIRE(effect_on(R"({ "kind": "io_error", "when": { "op": "write", "phase": "after" } })", write) ==
          Effect{.os_error = EIO, .done_bytes = 100});
  REQUIRE(effect_on(R"({ "kind": "failed_sync", "when": { "phase": "after" } })", operation(Verb::sync)) ==
          Effect{.os_error = EIO});
  REQUIRE(complaint(R"({ "kind": "stall", "for": "1s", "when": { "phase": "after" } })")
              .find("no errno that could come before or after") != std::string::npos);
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
