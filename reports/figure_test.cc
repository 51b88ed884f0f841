// SPDX-License-Identifier: Apache-2.0
#include "reports/figure.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "reports/sample_result.h"

namespace wallop::reports {
namespace {

using testing::holds;

using namespace std::chrono_literals;

// What a figure is made of, all of it empty until a test says otherwise.
struct Given {
  std::vector<Distribution> latencies;
  std::vector<Interval> over_time;
  std::vector<Mark> marks;
  std::vector<Verdict> verdicts;

  [[nodiscard]] Measured measured() const {
    return {"sim", "Simulated", latencies, over_time, marks, verdicts};
  }
  Given& seconds(int count) {
    for (int i = 0; i < count; ++i) over_time.push_back({std::chrono::seconds(i), 1s, 100, 1ms, 5ms, 9ms});
    return *this;
  }
};

Verdict limit(const std::string& id, const std::string& text) {
  Verdict verdict;
  verdict.id = id;
  verdict.limit = text;
  return verdict;
}

TEST_CASE("there is no figure without data") {
  const Given given;
  CHECK_FALSE(percentile_figure(given.measured()));
  CHECK_FALSE(over_time_figure(given.measured()));
  CHECK_FALSE(over_time_figure(Given{}.seconds(1).measured()));
  CHECK_FALSE(recovery_figure({}, ""));
}

TEST_CASE("the claim of the percentiles is their p99 against its limit") {
  Given given;
  given.latencies = {testing::latencies("append.latency", 10'000, 300us, 2ms, 9ms)};
  given.verdicts = {limit("append.p99", "< 10 ms")};
  const auto figure = percentile_figure(given.measured());
  CHECK(holds(figure->claim, "Append p99 is "));
  CHECK(holds(figure->claim, " % under its limit of 10 ms"));
}

TEST_CASE("too few values have no p99 to claim") {
  Given given;
  given.latencies = {testing::latencies("append.latency", 50, 300us, 2ms, 9ms)};
  const auto figure = percentile_figure(given.measured());
  CHECK(holds(figure->claim, "Append median is "));
  CHECK_FALSE(holds(figure->plot.commands, "p99"));
}

TEST_CASE("the curve of percentiles ends at the largest value, and never falls") {
  Given given;
  given.latencies = {testing::latencies("append.latency", 10'000, 300us, 2ms, 9ms)};
  const std::vector<Row> rows = percentile_figure(given.measured())->plot.data[0];
  CHECK(rows.back() == Row{10'000, 9'000'000});
  for (std::size_t i = 1; i < rows.size(); ++i)
    REQUIRE((rows[i][0] >= rows[i - 1][0] && rows[i][1] >= rows[i - 1][1]));
}

TEST_CASE("a jump in the percentiles is where it was, whatever was thinned out") {
  Distribution two{"append.latency", {}};
  two.histogram.record(1'000, 9'900);
  two.histogram.record(5'000'000, 100);
  Given given;
  given.latencies = {two};
  const std::vector<Row> rows = percentile_figure(given.measured())->plot.data[0];
  CHECK(rows[1][0] == Approx(100));
  CHECK(rows[1][1] == Approx(5'000'000).epsilon(.001));
}

TEST_CASE("the limit of p99 is found by the metric's name, and is not that of p99.9") {
  CHECK(p99_limit("append.latency", {limit("append.p99", "< 10 ms")}) == 10ms);
  CHECK(p99_limit("append.latency", {limit("append.latency.p99 < 100ms", "< 100 ms")}) == 100ms);
  CHECK_FALSE(p99_limit("append.latency", {limit("append.latency.p99.9 < 100ms", "< 100 ms")}));
  CHECK_FALSE(p99_limit("append.latency", {limit("sync.p99", "< 5 ms"), limit("append.p50", "< 1 ms")}));
}

TEST_CASE("nothing that took time is said to be 100 % under its limit") {
  CHECK(against_limit(632ns, 100ms) == "more than 99 % under its limit of 100 ms");
  CHECK(against_limit(1ms, 100ms) == "99 % under its limit of 100 ms");
  CHECK(against_limit(150ms, 100ms) == "50 % over its limit of 100 ms");
}

TEST_CASE("the claim over time names the fault of the worst stretch") {
  Given given = Given{}.seconds(20);
  given.over_time[10].p99 = 80ms;
  given.marks = {{"fault", "stall 80 ms", 10s, 10s + 80ms}, {"fault", "slow", 15s, 16s}};
  given.verdicts = {limit("append.latency.p99 < 100ms", "< 100 ms")};
  CHECK(over_time_figure(given.measured())->claim ==
        "Append p99 is 80.0 ms at its worst, under stall 80 ms: below its limit of 100 ms");
}

TEST_CASE("a stretch in which nothing ended is a gap") {
  Given given = Given{}.seconds(3);
  given.over_time[1].count = 0;
  const std::vector<Row> rows = over_time_figure(given.measured())->plot.data[0];
  CHECK(std::isnan(rows[1][1]));
  CHECK_FALSE(std::isnan(rows[2][1]));
}

TEST_CASE("a long run is coarsened to its largest values, and says so") {
  Given given = Given{}.seconds(1'201);
  given.over_time[1].p99 = 77ms;
  const auto figure = over_time_figure(given.measured());
  CHECK(figure->plot.data[0].size() <= 602);
  CHECK(figure->plot.data[0][0][2] == 77e6);
  CHECK(holds(figure->note, "the largest of 3 measured in it"));
}

TEST_CASE("a fault of an instant is still shaded, and rotations are marked") {
  Given given = Given{}.seconds(20);
  given.marks = {{"fault", "torn_write", 10s, 10s}, {"rotation", "rotation", 5s, 5s}};
  const auto figure = over_time_figure(given.measured());
  CHECK(holds(figure->plot.commands, "set object 1 rect from graph 0.50000,0 to graph 0.50231,1"));
  CHECK(figure->plot.data[1] == std::vector<Row>{{5e9}});
}

TEST_CASE("names of faults that would overlap are left out, their shades are not") {
  Given given = Given{}.seconds(20);
  given.marks = {{"fault", "first", 10s, 10s}, {"fault", "second", 10s + 1ms, 10s + 1ms}};
  const std::string commands = over_time_figure(given.measured())->plot.commands;
  CHECK(holds(commands, "'first'"));
  CHECK_FALSE(holds(commands, "'second'"));
  CHECK(holds(commands, "set object 2 "));
}

TEST_CASE("a crash is named above the frame, where no limit's name stands, and before any fault") {
  Given given = Given{}.seconds(20);
  given.marks = {{"fault", "slow", 19s, 20s}, {"crash", "power loss", 20s, 20s}};
  given.verdicts = {limit("append.p99", "< 10 ms")};
  const std::string commands = over_time_figure(given.measured())->plot.commands;
  CHECK(holds(commands, "'power loss' at graph 0.95954,1.055 center"));
  CHECK_FALSE(holds(commands, "'slow'"));
}

TEST_CASE("values from nanoseconds to milliseconds have labels with their units, and room for them") {
  Given given = Given{}.seconds(20);
  for (Interval& second : given.over_time) second.p50 = 90ns;
  const std::string commands = over_time_figure(given.measured())->plot.commands;
  CHECK(holds(commands, "('100 ns' 100, '1 µs' 1000, "));
  CHECK(holds(commands, "set lmargin at screen 0.0600;"));
}

TEST_CASE("recovery is judged by its slowest point in seconds per GB") {
  const std::vector<RecoveryPoint> points{{"warm", 500'000'000, 60ms, 20ms, 10ms},
                                          {"cold", 1'000'000'000, 620ms, 410ms, 30ms}};
  const auto figure = recovery_figure(points, "Real disk");
  CHECK(figure->claim == "At most 0.62 s/GB, below the limit of 1 s/GB");
  CHECK(figure->table.rows[0] ==
        std::vector<std::string>{"cold", "1.00 GB", "620 ms", "0.62", "410 ms", "30.0 ms"});
}

TEST_CASE("one recovery is enough for a figure") {
  const auto figure = recovery_figure({{"warm", 1'000'000, 5ms, 1ms, 1ms}}, "Real disk");
  CHECK(figure->claim == "At most 5.00 s/GB, over the limit of 1 s/GB");
}

TEST_CASE("every figure of a real run can be drawn and follows the page") {
  const Result result = testing::sample_result();
  const ScenarioResult& scenario = result.scenarios[11];
  const Measured measured{"sim",          "Simulated",      scenario.latencies, scenario.over_time,
                          scenario.marks, scenario.verdicts};
  for (const auto& figure : {percentile_figure(measured), over_time_figure(measured),
                             recovery_figure(result.checklist->recovery, "")}) {
    const auto drawn = run_gnuplot(figure->plot, "gnuplot");
    REQUIRE(drawn);
    CHECK(follow_page(*drawn, figure->caption));
  }
}

}  // namespace
}  // namespace wallop::reports
