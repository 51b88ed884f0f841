// SPDX-License-Identifier: Apache-2.0
#include "reports/axis.h"

#include <catch2/catch.hpp>

namespace wallop::reports {
namespace {

using namespace std::chrono_literals;

std::string labels(const Axis& axis) {
  std::string all;
  for (const Tick& tick : axis.ticks) all += tick.label + " ";
  return all + axis.unit;
}

TEST_CASE("an axis is logarithmic where its values span a decade or more") {
  CHECK(duration_axis(1'000'000, 10'000'000).scale == Scale::logarithmic);
  CHECK(duration_axis(1'000'000, 9'999'999).scale == Scale::linear);
}

TEST_CASE("ticks fall on 1, 2 and 5, fewer of them over more decades") {
  CHECK(labels(duration_axis(310'000, 11'900'000)) == "0.2 0.5 1 2 5 10 20 ms");
  CHECK(labels(duration_axis(310'000, 84'000'000)) == "0.5 1 5 10 50 100 ms");
  CHECK(labels(duration_axis(30'000, 84'000'000)) == "0.05 0.1 0.5 1 5 10 50 100 ms");
}

TEST_CASE("each label has its own unit where one for all would make them long") {
  CHECK(labels(duration_axis(300, 84'000'000)) == "1 µs 10 µs 100 µs 1 ms 10 ms 100 ms ");
  CHECK(labels(duration_axis(100, 84'000'000)) == "100 ns 1 µs 10 µs 100 µs 1 ms 10 ms 100 ms ");
  CHECK(labels(duration_axis(20'000'000, 9'000'000'000)) == "0.05 0.1 0.5 1 5 10 s");
}

TEST_CASE("no label is longer than the margin left of the plot") {
  CHECK(label_margin(duration_axis(100, 84'000'000)) == 60);
  Axis axis;
  axis.ticks = {{1, "1000000 ms"}};
  CHECK(label_margin(axis) > 80);
}

TEST_CASE("a duration up to an hour needs no label of more than six letters") {
  for (std::uint64_t low = 1; low < 3'600'000'000'000; low = low * 3 + 1) {
    for (std::uint64_t high = low; high < 1'800'000'000'000; high = high * 3 + 1) {
      for (const Tick& tick : duration_axis(low, high).ticks) {
        INFO(low << " " << high << " " << tick.label);
        REQUIRE(tick.label.size() <= std::string("100 µs").size());
      }
    }
  }
}

TEST_CASE("a linear axis begins at zero") {
  CHECK(labels(duration_axis(2'000'000, 9'000'000)) == "0 2 4 6 8 10 ms");
}

TEST_CASE("every value from the lowest to the highest lies on the axis") {
  for (std::uint64_t low = 0; low < 3'000'000'000; low = low * 3 + 1) {
    for (std::uint64_t high = low; high < 3'000'000'000'000; high = high * 3 + 1) {
      const Axis axis = duration_axis(low, high);
      REQUIRE((axis.low <= static_cast<double>(std::max<std::uint64_t>(low, 1)) &&
               axis.high >= static_cast<double>(high)));
      REQUIRE((axis.ticks.size() >= 2 && axis.ticks.size() <= 19));
    }
  }
}

TEST_CASE("a run's axis ends with the run, in the unit that fits") {
  CHECK(labels(run_axis(60s)) == "0 s 10 s 20 s 30 s 40 s 50 s 60 s s");
  CHECK(labels(run_axis(24h)) == "0 h 5 h 10 h 15 h 20 h h");
  CHECK(run_axis(61s).high == 61e9);
  CHECK_FALSE(labels(run_axis(0s)).empty());
}

TEST_CASE("shares go from zero to one") {
  const Axis axis = duration_axis(1'000'000, 100'000'000);
  CHECK(axis.share(axis.low) == 0);
  CHECK(axis.share(axis.high) == Approx(1));
  CHECK(axis.share(axis.high * 2) == Approx(1));
}

TEST_CASE("labels at the end of lines neither touch nor leave the plot") {
  const std::string commands =
      end_label_commands({{.99, "a", "blue"}, {.98, "b", "blue"}, {1, "c", "blue"}}, 300, 1);
  CHECK(commands.find("'b' at graph 1.012, graph 0.9000") != std::string::npos);
  CHECK(commands.find("'a' at graph 1.012, graph 0.9500") != std::string::npos);
  CHECK(commands.find("'c' at graph 1.012, graph 1.0000") != std::string::npos);
}

}  // namespace
}  // namespace wallop::reports
