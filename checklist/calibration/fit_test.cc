// SPDX-License-Identifier: Apache-2.0
// Known distributions in, the same figures out.
#include "checklist/calibration/fit.h"

#include <catch2/catch.hpp>

#include "base/choices.h"
#include "checklist/calibration/near.h"
#include "checklist/calibration/twin.h"

namespace wallop::checklist {
namespace {

using base::Histogram;
using base::LatencyCurve;
using base::LatencySpec;
using testing::near;
using testing::near_to_p99;
using namespace std::chrono_literals;
using base::literals::operator""_MiB;

LatencySpec table(io::Duration scale) {
  return {.best = 4 * scale,
          .p50 = 10 * scale,
          .p90 = 13 * scale,
          .p99 = 20 * scale,
          .p99_9 = 60 * scale,
          .p99_99 = 200 * scale,
          .worst = 500 * scale};
}

// So many draws from a table, `more` on top of each.
Histogram drawn(const LatencySpec& from, std::uint64_t count, io::Duration more = {},
                std::uint64_t seed = 1) {
  const LatencyCurve curve(from);
  base::Seeded draws(seed);
  Histogram samples;
  for (std::uint64_t i = 0; i < count; ++i)
    samples.record(curve.at(draws.below(LatencyCurve::kWhole, seed, i)) + more);
  return samples;
}

CallCost cost(io::Duration per_call, io::Duration per_kib, std::uint64_t large_kib) {
  const auto kib = static_cast<std::int64_t>(large_kib);
  return {per_call + per_kib, per_call + kib * per_kib, 1024, large_kib * 1024, 1000};
}

// What a device of these tables shows: 2 GB/s to write, 3 GB/s to read, 5 channels.
DeviceSamples samples_of(const LatencySpec& read, const LatencySpec& write, const LatencySpec& flush) {
  DeviceSamples samples;
  constexpr io::Duration kCall = 600ns;  // Each call's own cost.
  samples.read = drawn(read, 200'000, kCall + 1365ns, 1);
  samples.write = drawn(write, 200'000, kCall + 2048ns, 2);
  samples.large_read = drawn(read, 2'000, kCall + 349'525ns, 3);
  samples.large_write = drawn(write, 2'000, kCall + 524'288ns, 4);
  samples.clean_sync = drawn(flush, 100'000, kCall, 5);
  const LatencyCurve of_write(write), of_flush(flush);
  base::Seeded draws(6);
  const auto one = [&](std::uint64_t i, io::Duration more) {
    return of_write.at(draws.below(LatencyCurve::kWhole, 7, i)) +
           of_flush.at(draws.below(LatencyCurve::kWhole, 8, i)) + kCall + more;
  };
  for (std::uint64_t i = 0; i < 200'000; ++i) samples.sync[4096].record(one(i, 2048ns));
  for (std::uint64_t i = 0; i < 2'000; ++i) samples.sync[1_MiB].record(one(i, 524'288ns + 400us));
  for (std::uint64_t i = 0; i < 2'000; ++i)
    samples.commit.record(one(i, of_write.at(500'000) + 8192ns + 90us));
  samples.commit_bytes = 16 << 10;  // The 4 KiB included.
  samples.parallel = {{1, 1'000, 1'000 * io::Duration(samples.read.mean())},
                      {8, 5'000, 1'000 * io::Duration(samples.read.mean())}};
  samples.cached_write = cost(600ns, 230ns, 64);
  samples.copy = cost(0ns, 80ns, 32);
  samples.checksum = cost(0ns, 38ns, 32);
  samples.compress = cost(0ns, 2100ns, 32);
  samples.append = cost(70ns, 118ns, 4);
  samples.timer = drawn(table(5us), 2'000, {}, 9);
  samples.notified = drawn(table(1us), 2'000, {}, 10);
  return samples;
}

struct Fitted {
  LatencySpec read = table(8us), write = table(2us), flush = table(90us);
  sim::DeviceSpec disk = fit(samples_of(read, write, flush), {}, "about", "Measured:");
};

// The tables are steep beyond p99: of 200,000 samples 200 are beyond p99.9, give or take 14.
bool near_to_p99_9(const LatencySpec& value, const LatencySpec& wanted, std::int64_t permille) {
  return near_to_p99(value, wanted, permille) &&
         near(LatencyCurve(value).at(999'000), LatencyCurve(wanted).at(999'000), 15 * permille);
}

TEST_CASE("reads and writes come back as the tables that they were drawn from") {
  const Fitted fitted;
  REQUIRE(near_to_p99_9(fitted.disk.read.latency, fitted.read, 20));
  REQUIRE(near_to_p99_9(fitted.disk.write.latency, fitted.write, 20));
}

TEST_CASE("bandwidths are told from latencies") {
  const Fitted fitted;
  REQUIRE(near(fitted.disk.read.bytes_per_second, base::ByteCount{3'000'000'000}, 50));
  REQUIRE(near(fitted.disk.write.bytes_per_second, base::ByteCount{2'000'000'000}, 50));
}

TEST_CASE("a flush is told from the write in front of it, to its tail") {
  const Fitted fitted;
  REQUIRE(near_to_p99_9(fitted.disk.flush.latency, fitted.flush, 20));
}

TEST_CASE("what dirty bytes add to a flush comes back, and no more") {
  const Fitted fitted;
  REQUIRE(near(sim::DirtyCurve(fitted.disk.flush).at(1_MiB), 400us, 50));
  REQUIRE(sim::DirtyCurve(fitted.disk.flush).at(4096) < 10us);
}

TEST_CASE("a commit's bytes, and what it takes beside them, come back") {
  const Fitted fitted;
  REQUIRE(fitted.disk.commit.bytes.value == 12 << 10);
  REQUIRE(near(fitted.disk.commit.adds, 90us, 100));
}

TEST_CASE("a sync of fresh blocks that takes no more than one of written ones writes no commit") {
  DeviceSamples samples = samples_of(table(8us), table(2us), table(90us));
  samples.commit = samples.sync.at(4096);
  REQUIRE(fit(samples, {}, "", "").commit.bytes.value == 0);
}

TEST_CASE("channels are as many as were at work at once") {
  REQUIRE(Fitted().disk.channels == 5);
}

TEST_CASE("lines through two sizes come back, and the append is what its parts leave") {
  const Fitted fitted;
  REQUIRE(fitted.disk.page_cache.per_call == 600ns);
  REQUIRE(fitted.disk.page_cache.per_kib == 230ns);
  REQUIRE(fitted.disk.cpu.work->of(io::Work::checksum).per_kib == 38ns);
  REQUIRE(fitted.disk.cpu.work->of(io::Work::append).per_call == 70ns);
  REQUIRE(fitted.disk.cpu.work->of(io::Work::append).per_kib == 0ns);
}

TEST_CASE("what the samples do not justify is named, and what none is beyond is left out") {
  const LatencySpec few = latency_of(drawn(table(1us), 9'999));
  REQUIRE(few.p99_9.has_value());
  REQUIRE_FALSE(few.p99_99.has_value());
  REQUIRE(few.worst.has_value());
  REQUIRE(quantiles_in_words(drawn(table(1us), 9'999)) ==
          "n 9,999, p99.9 not justified (it needs 10,000), p99.99 left out (it needs 100,000)");
  REQUIRE(quantiles_in_words(drawn(table(1us), 100'000)) == "n 100,000");
}

TEST_CASE("what was fitted is a legal disk that reads back to itself") {
  const Fitted fitted;
  REQUIRE_FALSE(sim::problem_of(fitted.disk).has_value());
  sim::DeviceSpec again;
  const std::string text = base::json::to_text(base::print(fitted.disk), base::json::Layout::indented);
  REQUIRE(base::read_document(text, again).empty());
  REQUIRE(base::print(again) == base::print(fitted.disk));
}

TEST_CASE("samples that are not there leave a legal disk") {
  REQUIRE_FALSE(sim::problem_of(fit({}, {}, "", "")).has_value());
}

TEST_CASE("an error is a share of what was measured, and a tail may miss by more") {
  const std::vector<Figure> measured{{"a", FigureKind::time, 1'000, 5'000, false},
                                     {"b", FigureKind::time, 1'000, 5'000, true},
                                     {"c", FigureKind::time, 1'000, 999, true},
                                     {"alone", FigureKind::time, 1'000, 5'000, false}};
  const std::vector<Comparison> compared = compare({{"a", FigureKind::time, 1'151, 1, false},
                                                    {"b", FigureKind::time, 700, 1, true},
                                                    {"c", FigureKind::time, 1'000, 1, true}},
                                                   measured);
  REQUIRE(compared.size() == 3);
  REQUIRE(compared[0].error_permille == 151);
  REQUIRE_FALSE(compared[0].is_within());
  REQUIRE(compared[1].error_permille == -300);
  REQUIRE(compared[1].is_within());
  REQUIRE_FALSE(compared[2].is_justified);
}

}  // namespace
}  // namespace wallop::checklist
