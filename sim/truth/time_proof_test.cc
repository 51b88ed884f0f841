// SPDX-License-Identifier: Apache-2.0
// Time is what the disks' files say, and the proof is not blind: each way of being wrong is caught.
#include "sim/truth/time_proof.h"

#include <catch2/catch.hpp>

#include "io/posix_clock.h"
#include "sim/truth/goodness_of_fit.h"
#include "sim/truth/proof_fixture.h"

namespace wallop::sim {
namespace {

using std::chrono::microseconds;

// What the proof finds wrong with a subject; "" where it finds nothing.
std::string found_wrong(const TimeSubject& subject, std::uint64_t case_count = 6) {
  io::PosixClock host;
  return prove_time(cases(case_count), host, subject).failure.value_or("");
}

TimeSubject built(std::function<void(DeviceSpec&)> change) {
  TimeSubject subject;
  subject.built = [change = std::move(change)](DeviceSpec spec) {
    change(spec);
    return spec;
  };
  return subject;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("virtual time is what the files of the disks say, on each of them and on others") {
  io::PosixClock host;
  const Finding finding = prove_time(cases(9), host);
  INFO(finding.failure.value_or(""));
  REQUIRE_FALSE(finding.failure);
  REQUIRE(finding.counts.at(0).value == 9);
  REQUIRE(finding.counts.at(3).value == 9 * 4);
}

TEST_CASE("the proof of time catches a median that is a tenth off") {
  const auto wrong = built([](DeviceSpec& spec) { spec.write.latency.p50 += spec.write.latency.p50 / 10; });
  REQUIRE(has(found_wrong(wrong), "latencies of write are not those of its table"));
}

TEST_CASE("the proof of time catches a tail that is cut off") {
  const auto wrong = built([](DeviceSpec& spec) { spec.flush.latency.worst = spec.flush.latency.p99_99; });
  REQUIRE(has(found_wrong(wrong), "of flush"));
}

TEST_CASE("the proof of time catches channels that are missing, and one too many") {
  for (const std::uint32_t channels : {2U, 33U}) {
    const auto wrong = built([=](DeviceSpec& spec) { spec.channels = channels; });
    REQUIRE(has(found_wrong(wrong), "at depth"));
  }
}

TEST_CASE("the proof of time catches a bandwidth that is not the one that was asked for") {
  const auto wrong = built([](DeviceSpec& spec) { spec.write.bytes_per_second.value *= 2; });
  REQUIRE(has(found_wrong(wrong), "where the bandwidth allows"));
}

TEST_CASE("the proof of time catches a limit that does not hold, and one that holds too much") {
  const auto none = built([](DeviceSpec& spec) { spec.limits = {}; });
  REQUIRE(has(found_wrong(none), "a second and a credit of 300"));
  const auto strict = built([](DeviceSpec& spec) { spec.limits.operations_per_second /= 2; });
  REQUIRE(has(found_wrong(strict), "where the limit allows"));
}

TEST_CASE("the proof of time catches a stall that only one file feels") {
  TimeSubject wrong;
  wrong.stall = R"({ "kind": "slow_disk", "delay": "80ms", "when": { "at": "100ms" } })";
  REQUIRE(has(found_wrong(wrong), "while the device stalled"));
}

TEST_CASE("the proof of time catches a world that feels a slow host") {
  TimeSubject wrong;
  wrong.host_was_slow = [](World& world, io::Duration real) {
    world.scheduler().sleep_until(world.scheduler().now() + real);
  };
  REQUIRE(has(found_wrong(wrong), "on a slow host"));
}

TEST_CASE("a constant fits its table and nothing else does") {
  LatencySpec spec;
  spec.p50 = microseconds(7);
  GoodnessOfFit same(spec), slower(spec);
  for (int i = 0; i < 60'000; ++i) {
    same.add(microseconds(7));
    slower.add(microseconds(i == 0 ? 8 : 7));
  }
  REQUIRE_FALSE(same.rejects());
  REQUIRE(slower.rejects());
}

}  // namespace
}  // namespace wallop::sim
