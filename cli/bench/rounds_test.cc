// SPDX-License-Identifier: Apache-2.0
// Rounds and ratios, with contestants that say what the test tells them to.
#include "cli/bench/rounds.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>

namespace wallop::cli {
namespace {

const Row kRow{
    .id = "append",
    .what = "append",
    .ours = {"ours", "wallop", "append", "", "rate"},
    .others = {{"naive", "naive", "append", "", "rate"}, {"level", "leveldb", "append", "", "rate"}},
    .reach = {{Bound::kBest, 1.25}}};

// Runs `row` so many rounds; each(engine, round) is the number.
struct Stage {
  std::vector<std::string> order{};
  std::vector<Measured> run(const Row& row, std::size_t rounds,
                            const std::function<double(std::string_view, std::size_t)>& each,
                            std::string_view absent = "") {
    std::size_t round = 0;
    const auto measured = run_rounds(
        {row},
        {.round_count = rounds,
         .interrupted = [] { return false; },
         .goes_on = [&](std::size_t now, const Row&, const Contestant&) { round = now; }},
        [&](const Contestant& who) { return who.engine != absent; },
        [&](const Contestant& who) -> std::expected<Numbers, std::string> {
          order.emplace_back(who.engine);
          return Numbers{{"rate", each(who.engine, round)}};
        });
    REQUIRE(measured.failure.empty());
    return measured.rows;
  }
};

double faster(std::string_view engine, std::size_t) {
  return engine == "wallop" ? 130 : engine == "naive" ? 100 : 80;
}

TEST_CASE("contestants take turns, and every second round goes backwards") {
  Stage stage;
  stage.run(kRow, 2, faster);
  REQUIRE(stage.order ==
          std::vector<std::string>{"wallop", "naive", "leveldb", "leveldb", "naive", "wallop"});
}

TEST_CASE("a ratio is of two numbers of one round: a machine that halves its speed changes none") {
  const auto measured = Stage().run(kRow, 4, [](std::string_view engine, std::size_t round) {
    return faster(engine, round) / (round < 2 ? 1 : 2);
  });
  REQUIRE(ratios(measured[0], 0) == std::vector<double>(4, 1.3));
}

TEST_CASE("the median counts, not the mean") {
  REQUIRE(spread_of({1, 100, 2}).median == 2);
  REQUIRE(spread_of({4, 1, 100, 2}).median == 3);
  REQUIRE(spread_of({4, 1, 100, 2}).max == 100);
}

TEST_CASE("a bound on the best is judged against the best of each round") {
  REQUIRE(judge(Stage().run(kRow, 3, faster)[0]) == Reached::yes);
  const auto beaten = [](std::string_view engine, std::size_t round) {
    return engine == "leveldb" ? 120 : faster(engine, round);
  };
  REQUIRE(judge(Stage().run(kRow, 3, beaten)[0]) == Reached::no);
}

TEST_CASE("whoever is missing might have been the best: nothing is judged") {
  REQUIRE(judge(Stage().run(kRow, 3, faster, "leveldb")[0]) == Reached::not_judged);
}

TEST_CASE("where less is better, a ratio above one still says that ours is better") {
  Row row = kRow;
  row.better = Better::less;
  const auto measured = Stage().run(
      row, 1, [](std::string_view engine, std::size_t) { return engine == "wallop" ? 2.0 : 8.0; });
  REQUIRE(ratios(measured[0], 0) == std::vector<double>{4});
}

TEST_CASE("a row is reached where all of its bounds are") {
  Row row = kRow;
  row.reach = {{0, 1.3}, {1, 1.6}};
  REQUIRE(judge(Stage().run(row, 1, faster)[0]) == Reached::yes);
  row.reach = {{0, 1.3}, {1, 1.7}};
  REQUIRE(judge(Stage().run(row, 1, faster)[0]) == Reached::no);
  row.reach = {{0, 1.4}, {1, 1.6}};
  REQUIRE(judge(Stage().run(row, 1, faster)[0]) == Reached::no);
}

TEST_CASE(
    "a row that falls short of one bound is short, whoever else is missing; without that it is not judged") {
  Row row = kRow;
  row.reach = {{0, 1.4}, {1, 1.6}};
  REQUIRE(judge(Stage().run(row, 1, faster, "leveldb")[0]) == Reached::no);
  row.reach = {{0, 1.3}, {1, 1.6}};
  REQUIRE(judge(Stage().run(row, 1, faster, "leveldb")[0]) == Reached::not_judged);
}

TEST_CASE("where the machine allows no more, its share is enough") {
  Row row = kRow;
  row.others[1].is_floor = true;
  row.reach = {{.other = 0, .ratio = 2.0, .floor = 1, .floor_ratio = 1.6}};
  REQUIRE(judge(Stage().run(row, 1, faster)[0]) == Reached::yes);
  row.reach = {{.other = 0, .ratio = 2.0, .floor = 1, .floor_ratio = 1.7}};
  REQUIRE(judge(Stage().run(row, 1, faster)[0]) == Reached::no);
}

TEST_CASE("a limit of zero is met by zero alone") {
  Row row{.id = "allocations", .what = "", .better = Better::less, .ours = kRow.ours, .has_limit = true};
  REQUIRE(judge(Stage().run(row, 1, [](auto, auto) { return 0.0; })[0]) == Reached::yes);
  REQUIRE(judge(Stage().run(row, 1, [](auto, auto) { return 1.0; })[0]) == Reached::no);
}

TEST_CASE("linear growth has slope one, and quadratic growth is not reached") {
  Row row{.id = "growth",
          .what = "",
          .ours = {"", "a", "", "1", "rate"},
          .others = {{"", "b", "", "2", "rate"}, {"", "c", "", "3", "rate"}},
          .sizes = {10, 100, 1000}};
  const auto size_of = [](std::string_view engine) {
    return engine == "a" ? 10.0 : engine == "b" ? 100.0 : 1000.0;
  };
  const auto linear = Stage().run(row, 1, [&](std::string_view engine, auto) { return 3 * size_of(engine); });
  REQUIRE(slope_of(linear[0]) == Approx(1));
  REQUIRE(judge(linear[0]) == Reached::yes);
  const auto quadratic =
      Stage().run(row, 1, [&](std::string_view engine, auto) { return size_of(engine) * size_of(engine); });
  REQUIRE(slope_of(quadratic[0]) == Approx(2));
  REQUIRE(judge(quadratic[0]) == Reached::no);
}

TEST_CASE("contestants with one task share its run, each with its own number") {
  Row row{.id = "rotation",
          .what = "",
          .ours = {"", "wallop", "rotation", "", "rotating"},
          .others = {{"", "wallop", "rotation", "", "ordinary"}}};
  std::size_t runs = 0;
  const auto measured = run_rounds(
      {row},
      {.round_count = 2,
       .interrupted = [] { return false; },
       .goes_on = [](auto, const auto&, const auto&) {}},
      [](const Contestant&) { return true; },
      [&](const Contestant&) -> std::expected<Numbers, std::string> {
        ++runs;
        return Numbers{{"rotating", 4}, {"ordinary", 2}};
      });
  REQUIRE(runs == 2);
  REQUIRE(ratios(measured.rows[0], 0) == std::vector<double>{2, 2});
}

TEST_CASE("a contestant that fails ends it, with its name and why") {
  const auto measured = run_rounds(
      {kRow},
      {.round_count = 1,
       .interrupted = [] { return false; },
       .goes_on = [](auto, const auto&, const auto&) {}},
      [](const Contestant&) { return true; },
      [](const Contestant&) -> std::expected<Numbers, std::string> { return std::unexpected("no space"); });
  REQUIRE(measured.failure == "wallop append: no space");
}

TEST_CASE("an interruption keeps what there is, also where it ended the program that was running") {
  bool is_interrupted = false;
  std::size_t runs = 0;
  const auto measured = run_rounds(
      {kRow},
      {.round_count = 5,
       .interrupted = [&] { return is_interrupted; },
       .goes_on = [](auto, const auto&, const auto&) {}},
      [](const Contestant&) { return true; },
      [&](const Contestant&) -> std::expected<Numbers, std::string> {
        if (++runs < 3) return Numbers{{"rate", 1}};
        is_interrupted = true;
        return std::unexpected("ended by signal 2");
      });
  REQUIRE(measured.failure.empty());
  REQUIRE(measured.rows[0].numbers == std::vector<std::vector<double>>{{1}, {1}, {}});
}

TEST_CASE("bounds are about others that there are, and names of rows are different") {
  for (const auto& rows : {log_rows(), sim_rows()}) {
    std::set<std::string_view> names;
    for (const Row& row : rows) {
      INFO(row.id);
      REQUIRE(names.insert(row.id).second);
      for (const Bound& bound : row.reach)
        REQUIRE((bound.other == Bound::kBest || bound.other < row.others.size()));
      for (const Bound& bound : row.reach)
        REQUIRE((bound.floor == Bound::kNone || row.others.at(bound.floor).is_floor));
      REQUIRE((row.sizes.empty() || row.sizes.size() == row.others.size() + 1));
    }
  }
}

}  // namespace
}  // namespace wallop::cli
