// SPDX-License-Identifier: Apache-2.0
// PersistentMap is a std::map that copies for nothing: same content after the same operations, and copies
// stay apart.
#include "sim/persistent_map.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <map>
#include <vector>

namespace wallop::sim {
namespace {

using Plain = std::map<std::uint64_t, int>;

Plain plain(const PersistentMap<int>& map) {
  Plain found;
  map.for_each([&](std::uint64_t key, int value) { found.emplace_hint(found.end(), key, value); });
  return found;
}

TEST_CASE("keys of any size are found again and visited in order") {
  PersistentMap<int> map;
  const std::vector<std::uint64_t> keys{0, 15, 16, 255, 256, 1ULL << 32, (1ULL << 60) + 1, ~std::uint64_t{0}};
  for (const std::uint64_t key : keys) map.set(key, static_cast<int>(key % 1000));
  std::vector<std::uint64_t> visited;
  map.for_each([&](std::uint64_t key, int) { visited.push_back(key); });
  REQUIRE(visited == keys);
  REQUIRE(map.find(17) == nullptr);
  REQUIRE(map.first_from(257).first == 1ULL << 32);
}

TEST_CASE("a map that loses its last key is empty") {
  PersistentMap<int> map;
  map.set(1ULL << 40, 1);
  map.erase(7);
  REQUIRE_FALSE(map.empty());
  map.erase(1ULL << 40);
  REQUIRE(map.empty());
}

TEST_CASE("what is not shared changes in place, what is shared is copied") {
  PersistentMap<int> map;
  int* first = &map.change(5);
  REQUIRE(&map.change(5) == first);
  const PersistentMap<int> copy = map;
  REQUIRE(&map.change(5) != first);
  REQUIRE(copy.find(5) == first);
}

TEST_CASE("a map and its copies do as std::maps do, whatever happens to them") {
  // Goal: structural sharing is invisible. Method: the same random sets and erases on both, over four copies
  // that are taken from each other at random; keys crowd around the edges of nodes.
  const bool holds = rc::check([] {
    std::array<PersistentMap<int>, 4> maps;
    std::array<Plain, 4> plains;
    const int steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, 4);
      const std::uint64_t key = *rc::gen::inRange<std::uint64_t>(0, 20)
                                << *rc::gen::element(0U, 4U, 30U, 59U);
      switch (*rc::gen::inRange(0, 4)) {
        case 0: {
          const auto from = *rc::gen::inRange<std::size_t>(0, 4);
          maps[at] = maps[from];
          plains[at] = plains[from];
          break;
        }
        case 1:
          maps[at].erase(key);
          plains[at].erase(key);
          break;
        default:
          maps[at].set(key, i);
          plains[at][key] = i;
      }
    }
    for (std::size_t i = 0; i < maps.size(); ++i) RC_ASSERT(plain(maps[i]) == plains[i]);
  });
  REQUIRE(holds);
}

// 0 counts as not there.
std::uint64_t digest(const PersistentMap<int>& map, std::uint64_t end) {
  return map.digest(end, [](int value) { return static_cast<std::uint64_t>(value) + 1; });
}

TEST_CASE("two maps have one digest if and only if what counts in them below the end is the same") {
  // Goal: what nodes remember of themselves is never stale. Method: random sets
  // and erases over three copies with digests asked for in between; then each
  // against a map made at once, and against each other.
  const bool holds = rc::check([] {
    std::array<PersistentMap<int>, 3> maps;
    const auto any_key = [] {
      return *rc::gen::inRange<std::uint64_t>(0, 20) << *rc::gen::element(0U, 4U, 8U, 59U);
    };
    const int steps = *rc::gen::inRange(0, 40);
    for (int i = 0; i < steps; ++i) {
      PersistentMap<int>& map = maps[*rc::gen::inRange<std::size_t>(0, 3)];
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
          map = maps[*rc::gen::inRange<std::size_t>(0, 3)];
          break;
        case 1:
          map.erase(any_key());
          break;
        case 2:
          (void)digest(map, any_key());
          break;
        default:
          map.set(any_key(), *rc::gen::inRange(0, 3));
      }
    }
    const std::uint64_t end = *rc::gen::element<std::uint64_t>(1, 16, 19, 256, 300, 1ULL << 62, ~0ULL);
    std::array<Plain, 3> counts;
    for (std::size_t i = 0; i < maps.size(); ++i) {
      PersistentMap<int> at_once;
      for (const auto& [key, value] : plain(maps[i])) {
        if (key >= end || value == 0) continue;
        at_once.set(key, value);
        counts[i][key] = value;
      }
      RC_ASSERT(digest(maps[i], end) == digest(at_once, end));
    }
    for (const std::size_t other : {1U, 2U})
      RC_ASSERT((digest(maps[0], end) == digest(maps[other], end)) == (counts[0] == counts[other]));
  });
  REQUIRE(holds);
}

TEST_CASE("a copy's digest looks at what changed, and at nothing else") {
  PersistentMap<int> map;
  for (std::uint64_t key = 0; key < 4096; ++key) map.set(key, 1);
  (void)digest(map, 4096);
  PersistentMap<int> copy = map;
  copy.set(77, 2);
  int looks = 0;
  (void)copy.digest(4096, [&](int value) {
    ++looks;
    return static_cast<std::uint64_t>(value) + 1;
  });
  REQUIRE(looks == 16);
}

}  // namespace
}  // namespace wallop::sim
