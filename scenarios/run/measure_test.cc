// SPDX-License-Identifier: Apache-2.0
// What the journal says for the metrics: syncs, stretches of faults, and what was lost.
#include "scenarios/run/measure.h"

#include <catch2/catch.hpp>

namespace wallop::scenarios {
namespace {

using namespace std::chrono_literals;

template <class What>
sim::Entry entry(io::Duration at, What what) {
  return {io::Instant{at}, 0, std::move(what)};
}

sim::OpBegin begin(sim::OpId op, faults::Verb verb) {
  sim::OpBegin made;
  made.op = op;
  made.verb = verb;
  return made;
}

sim::OpEnd end(sim::OpId op) {
  sim::OpEnd made;
  made.op = op;
  return made;
}

TEST_CASE("syncs that overlap are each timed from their own begin to their own end, and writes are not") {
  Watch watch;
  watch.apply(entry(1ms, begin(1, faults::Verb::sync)));
  watch.apply(entry(2ms, begin(2, faults::Verb::write)));
  watch.apply(entry(3ms, begin(3, faults::Verb::sync_all)));
  watch.apply(entry(4ms, end(3)));
  watch.apply(entry(5ms, end(2)));
  watch.apply(entry(8ms, end(1)));
  REQUIRE(watch.sync_latency().count() == 2);
  REQUIRE(watch.sync_latency().min() == 1'000'000);
  REQUIRE(watch.sync_latency().max() == 7'000'000);
}

TEST_CASE("a fault's stretch ends where the operation ends that it struck, and near ones are one") {
  Watch watch;
  const auto strike = [&](sim::OpId op, io::Duration from, io::Duration to) {
    watch.apply(entry(from, sim::FaultFired{op, 1}));
    watch.apply(entry(from, begin(op, faults::Verb::sync)));
    watch.apply(entry(to, end(op)));
  };
  strike(1, 100ms, 180ms);
  strike(2, 185ms, 190ms);
  strike(3, 500ms, 510ms);
  const auto marks = watch.fault_marks({"stall 1", "stall 2"}, 1s);
  REQUIRE(marks.size() == 2);
  REQUIRE(marks[0].label == "stall 2");
  REQUIRE(marks[0].begin == 100ms);
  REQUIRE(marks[0].end == 190ms);
  REQUIRE(marks[1].begin == 500ms);
}

TEST_CASE("a fault that strikes a million times is still drawn from its first strike to its last") {
  Watch watch;
  for (std::uint32_t i = 1; i <= 1'000'000; ++i) watch.apply(entry(i * 1us, sim::FaultFired{i, 0}));
  const auto marks = watch.fault_marks({"slow_disk 1"}, 2s);
  REQUIRE(marks.size() == 1);
  REQUIRE(marks[0].begin == 1us);
  REQUIRE(marks[0].end == 1s);
}

// Ten records of one writer, accepted a millisecond apart.
struct Ten {
  Ten() {
    workload.writers.resize(1);
    for (std::uint64_t i = 0; i < 10; ++i)
      promises.apply(entry((i + 1) * 1ms, sim::Accepted{0, 1, i, i + 1}));
  }
  LossOf loss(std::uint64_t first, std::uint64_t last) const {
    Finding finding;
    finding.found_first = first;
    finding.found_last = last;
    return loss_of(promises, finding, Records(workload, 1));
  }
  Workload workload;
  Promises promises;
};

TEST_CASE("what is lost is counted from the oldest record to the newest") {
  const Ten ten;
  REQUIRE(ten.loss(1, 10).record_count == 0);
  REQUIRE(ten.loss(1, 10).time == 0ms);
  REQUIRE(ten.loss(1, 6).record_count == 4);
  REQUIRE(ten.loss(1, 6).bytes == 4 * 116);
  REQUIRE(ten.loss(1, 6).time == 3ms);
  REQUIRE(ten.loss(1, 0).record_count == 10);
}

TEST_CASE("what was deleted is no loss, and what is missing at the beginning is") {
  Ten ten;
  REQUIRE(ten.loss(4, 10).record_count == 3);
  ten.promises.apply(entry(20ms, sim::Mark{kDeletionBegins, 1}));
  REQUIRE(ten.loss(4, 10).record_count == 0);
  ten.promises.apply(entry(21ms, sim::Mark{kDeleted, 3}));
  REQUIRE(ten.loss(4, 10).record_count == 1);
}

}  // namespace
}  // namespace wallop::scenarios
