// SPDX-License-Identifier: Apache-2.0
// Observers: what they are told, what the one in the tree makes of it, and what a log without one leaves out.
#include "wal/metrics.h"

#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::LogFixture;
using namespace std::chrono_literals;

// The number behind `name` in Prometheus' text; "" where the line is not there.
std::string value_of(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n" + name + " ");
  if (at == std::string::npos) return "";
  const std::size_t from = at + name.size() + 2;
  return text.substr(from, text.find('\n', from) - from);
}

TEST_CASE("an observer is told of every stage, as often as it happened") {
  Metrics metrics;
  LogFixture log;
  log.options.observer = &metrics;
  log.value_bytes = 1000;
  log.open();
  REQUIRE(metrics.count(Stage::recover) == 1);
  log.write(100);
  const Stats stats = log.wal().stats();
  REQUIRE(stats.rotation_count > 1);
  REQUIRE(metrics.count(Stage::append) == 100);
  REQUIRE(metrics.count(Stage::serialize) == 100);
  REQUIRE(metrics.count(Stage::crc) == 100);
  REQUIRE(metrics.count(Stage::write) == stats.group_count);
  REQUIRE(metrics.count(Stage::sync) == stats.sync_count);
  REQUIRE(metrics.count(Stage::rotate) == stats.rotation_count);
  REQUIRE(value_of(metrics.text(), "wal_active_segment_bytes") ==
          std::to_string(log.wal().segments().back().bytes));
  REQUIRE_OK(log.wal().delete_segments_before(log.wal().current_segment_id()));
  REQUIRE(metrics.count(Stage::remove) == 1);
}

TEST_CASE("what failed is no span") {
  Metrics metrics;
  LogFixture log;
  log.options.observer = &metrics;
  log.options.record_bytes_max = 100;
  log.open();
  log.write(1);
  REQUIRE_FALSE(log.wal().append(Record::put("k", std::string(200, '.'))).has_value());
  REQUIRE(metrics.count(Stage::append) == 1);
  log.files().fail({.operation = "sync 0"});
  REQUIRE_FALSE(log.append(2).has_value());
  REQUIRE(metrics.count(Stage::append) == 1);
  REQUIRE(metrics.count(Stage::write) == 2);
  REQUIRE(metrics.count(Stage::sync) == 1);
}

TEST_CASE("a batch is one append, and so is one that nobody waits for") {
  Metrics metrics;
  LogFixture log;
  log.options.observer = &metrics;
  log.open();
  const std::vector<Record> records(5, Record::put("k", "v"));
  REQUIRE_OK(log.wal().append_batch(records));
  REQUIRE_OK(log.wal().append_async(records[0]));
  REQUIRE(metrics.count(Stage::append) == 2);
  REQUIRE(metrics.count(Stage::serialize) == 6);
}

TEST_CASE("durations fall into buckets that add up, and the text has the names that dashboards ask for") {
  Metrics metrics;
  const io::Instant begin{};
  for (const io::Duration took : {50ns, 100ns, 101ns, 3'000'000ns}) {
    metrics.span(Stage::append, begin, begin + took, 1);
    metrics.span(Stage::sync, begin, begin + took, 1);
  }
  metrics.span(Stage::append, begin, begin + 20s, 1);
  metrics.span(Stage::rotate, begin, begin, 1);
  metrics.segment_bytes(4711);
  const std::string text = metrics.text();
  REQUIRE(value_of(text, "wal_append_duration_seconds_bucket{le=\"0.0000001\"}") == "2");
  REQUIRE(value_of(text, "wal_append_duration_seconds_bucket{le=\"0.0000002\"}") == "3");
  REQUIRE(value_of(text, "wal_append_duration_seconds_bucket{le=\"10\"}") == "4");
  REQUIRE(value_of(text, "wal_append_duration_seconds_bucket{le=\"+Inf\"}") == "5");
  REQUIRE(value_of(text, "wal_append_duration_seconds_count") == "5");
  REQUIRE(value_of(text, "wal_append_duration_seconds_sum") == "20.003000251");
  REQUIRE(value_of(text, "wal_append_total") == "5");
  REQUIRE(value_of(text, "wal_fsync_duration_seconds_bucket{le=\"0.005\"}") == "4");
  REQUIRE(value_of(text, "wal_segment_rotations_total") == "1");
  REQUIRE(value_of(text, "wal_active_segment_bytes") == "4711");
  REQUIRE(metrics.quantile(Stage::append, 500'000) == 200ns);
  REQUIRE(metrics.quantile(Stage::append, 800'000) == 5ms);
  REQUIRE(metrics.quantile(Stage::write, 500'000) == 0ns);
}

// Counts who asks for the time.
class CountingClock final : public io::Clock {
 public:
  explicit CountingClock(io::Clock& inner) : inner_(inner) {}
  io::Instant now() override {
    ++asked;
    return inner_.now();
  }
  io::WallTime wall_now() override { return inner_.wall_now(); }
  void sleep_until(io::Instant deadline) override { inner_.sleep_until(deadline); }
  void spend(io::Work work, std::uint64_t bytes) override { inner_.spend(work, bytes); }

  std::atomic<int> asked = 0;

 private:
  io::Clock& inner_;
};

TEST_CASE("without an observer a buffered append asks for the time once a group") {
  LogFixture fixture;
  fixture.options.sync =
      GENERATE(SyncPolicy{Os{.buffer_bytes = 1 << 20, .buffer_time = 60s}}, SyncPolicy{Batch{.window = 60s}});
  fixture.options.segment_bytes = 4 << 20;
  CountingClock clock(fixture.world().clock);
  io::World world = {fixture.world().files, clock, fixture.world().entropy, fixture.world().threads,
                     fixture.world().tracer};
  auto opened = Wal::open(world, fixture.options);
  REQUIRE_OK(opened);
  REQUIRE_OK(opened->wal.append(Record::put("k", "v")));
  const int before = clock.asked;
  for (int i = 0; i < 1000; ++i) REQUIRE_OK(opened->wal.append(Record::put("k", "v")));
  REQUIRE(opened->wal.stats().group_count == 0);
  REQUIRE(clock.asked - before <= 2);  // The syncer may just have begun to wait.
}

}  // namespace
}  // namespace wallop::wal
