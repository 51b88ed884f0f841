// SPDX-License-Identifier: Apache-2.0
#include "cli/side_by_side.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <numeric>
#include <stdexcept>
#include <thread>

namespace wallop::cli {
namespace {

std::vector<std::size_t> order_of(std::size_t count, std::size_t workers) {
  std::vector<std::size_t> order;
  side_by_side<std::size_t>(
      {count, workers, {}, {}},
      [](std::size_t i) {
        // Early ones take longer, so that they end in the opposite order.
        std::this_thread::sleep_for(std::chrono::milliseconds(i < 3 ? 3 - i : 0));
        return i * i;
      },
      [&](std::size_t i, std::size_t square) {
        REQUIRE(square == i * i);
        order.push_back(i);
      });
  return order;
}

TEST_CASE("results come in order whatever the number of workers") {
  std::vector<std::size_t> expected(50);
  std::iota(expected.begin(), expected.end(), 0);
  for (const std::size_t workers : {1U, 2U, 7U, 50U, 200U}) REQUIRE(order_of(50, workers) == expected);
  REQUIRE(order_of(0, 4).empty());
}

TEST_CASE("after an interrupt no further job begins") {
  std::atomic<int> begun{0};
  std::size_t taken = 0;
  run_side_by_side(
      {1'000, 2, {}, [&] { return begun.load() >= 10; }}, [&](std::size_t) { ++begun; },
      [&](std::size_t) { ++taken; });
  REQUIRE(begun.load() <= 12);
  REQUIRE(taken == static_cast<std::size_t>(begun.load()));
}

TEST_CASE("an exception of a job reaches the caller once the others have ended") {
  std::atomic<int> running{0};
  const auto job = [&](std::size_t i) {
    ++running;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --running;
    if (i == 5) throw std::runtime_error("the fifth");
  };
  REQUIRE_THROWS_WITH(run_side_by_side({100, 4, {}, {}}, job, [](std::size_t) {}), "the fifth");
  REQUIRE(running.load() == 0);
}

TEST_CASE("a crew ends where it is told to, whatever ran ahead") {
  for (const std::size_t workers : {2U, 5U}) {
    std::vector<std::size_t> finished;
    crew_of(workers)(
        1'000, [](std::size_t) {},
        [&](std::size_t job) {
          finished.push_back(job);
          return job < 6;
        });
    REQUIRE(finished == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6});
  }
  REQUIRE_FALSE(crew_of(1));
}

TEST_CASE("workers are shared out among jobs, one each at least") {
  REQUIRE(workers_within(8, 1) == 8);
  REQUIRE(workers_within(8, 3) == 2);
  REQUIRE(workers_within(2, 30) == 1);
}

}  // namespace
}  // namespace wallop::cli
