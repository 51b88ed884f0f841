// SPDX-License-Identifier: Apache-2.0
// First in, first out, but for what the chooser takes out of the middle.
#include "sim/ready_queue.h"

#include <catch2/catch.hpp>

namespace wallop::sim {
namespace {

std::vector<FibreId> drained(ReadyQueue& queue) {
  std::vector<FibreId> ids;
  while (!queue.empty()) ids.push_back(queue.pop());
  return ids;
}

TEST_CASE("fibres come out as they went in, also after the ring has wrapped and grown") {
  ReadyQueue queue;
  for (FibreId id = 0; id < 10; ++id) queue.push(id);
  for (int i = 0; i < 9; ++i) queue.pop();
  for (FibreId id = 10; id < 50; ++id) queue.push(id);
  FibreId expected = 9;
  for (const FibreId id : drained(queue)) REQUIRE(id == expected++);
  REQUIRE(expected == 50);
}

TEST_CASE("taking one from any place leaves the others in order") {
  for (std::size_t place = 0; place < 4; ++place) {
    ReadyQueue queue;
    for (FibreId id = 0; id < 4; ++id) queue.push(id);
    REQUIRE(queue.take(place) == place);
    std::vector<FibreId> rest{0, 1, 2, 3};
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(place));
    REQUIRE(drained(queue) == rest);
  }
}

}  // namespace
}  // namespace wallop::sim
