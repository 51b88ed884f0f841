// SPDX-License-Identifier: Apache-2.0
// Ranks and change points, and the chance that PCT promises.
#include "sim/pct.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "sim/explore/answers.h"
#include "sim/scheduler.h"

namespace wallop::sim {
namespace {

// The fibres 0 .. count - 1 in the order in which they would run.
std::string order_of(const Pct& pct, FibreId count) {
  ReadyQueue ready;
  for (FibreId id = 0; id < count; ++id) ready.push(id);
  std::string order;
  while (!ready.empty()) order += std::to_string(ready.take(pct.highest(ready)));
  return order;
}

TEST_CASE("with calm answers older fibres rank higher, and nobody falls") {
  base::Calm calm;
  Pct pct(3, 100, calm);
  for (FibreId id = 0; id < 4; ++id) pct.add(id);
  pct.reach(100, 0);
  REQUIRE(order_of(pct, 4) == "0123");
}

TEST_CASE("of three fibres every order is one list of answers, and each comes once") {
  EveryChoice every;
  std::multiset<std::string> orders;
  do {
    Pct pct(1, 100, every);
    for (FibreId id = 0; id < 3; ++id) pct.add(id);
    orders.insert(order_of(pct, 3));
  } while (every.next());
  REQUIRE(orders == std::multiset<std::string>{"012", "021", "102", "120", "201", "210"});
}

TEST_CASE("whoever runs at a change point falls below all others, the last one drawn highest of those") {
  const Answers answers{{"pct.change", 0, 1, 0, 101, 70}, {"pct.change", 0, 2, 0, 101, 30}};
  Replay replay(answers, 0);
  Pct pct(3, 100, replay);
  for (FibreId id = 0; id < 3; ++id) pct.add(id);
  pct.reach(29, 0);
  REQUIRE(order_of(pct, 3) == "012");
  pct.reach(30, 0);
  REQUIRE(order_of(pct, 3) == "120");
  pct.reach(90, 1);
  REQUIRE(order_of(pct, 3) == "201");
}

TEST_CASE("a fibre that is spawned later ranks above those that fell") {
  const Answers answers{{"pct.change", 0, 1, 0, 101, 5}};
  Replay replay(answers, 0);
  Pct pct(2, 100, replay);
  pct.add(0);
  pct.reach(5, 0);
  pct.add(1);
  REQUIRE(order_of(pct, 2) == "10");
}

// One fibre publishes before it has written; the other one must look exactly in between: depth 2.
bool is_caught(std::uint64_t seed, std::uint64_t& steps) {
  base::Seeded chooser(seed);
  Scheduler world({.schedule = Schedule::pct, .chooser = &chooser, .pct_depth = 2, .pct_length = 60});
  bool published = false, written = false, caught = false;
  world.run([&] {
    world.spawn("writer", [&] {
      for (int i = 0; i < 20; ++i) world.point();
      published = true;
      world.point();
      written = true;
      for (int i = 0; i < 20; ++i) world.point();
    });
    world.spawn("reader", [&] { caught = published && !written; });
  });
  steps = world.step_count();
  return caught;
}

TEST_CASE("a race of depth two is met at least as often as PCT promises") {
  std::uint64_t caught_count = 0, steps = 0;
  constexpr std::uint64_t kRuns = 10'000;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) caught_count += is_caught(seed, steps) ? 1U : 0U;
  REQUIRE(steps <= 60);
  REQUIRE(caught_count >= kRuns / (3 * 60));
}

}  // namespace
}  // namespace wallop::sim
