// SPDX-License-Identifier: Apache-2.0
// What the heap is asked for, counted. Under AddressSanitizer it is asked every time.
#include "sim/block_pool.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

#include "base/testing/allocations.h"
#include "sim/fibre.h"
#include "sim/world.h"

namespace wallop::sim {
namespace {

using base::testing::allocation_count;

// How often the heap is asked, once what is kept from before is there.
template <class Once>
std::uint64_t heap_calls(Once once) {
  once();
  once();
  const std::uint64_t before = allocation_count();
  once();
  return allocation_count() - before;
}

void take_and_give(std::size_t count, std::size_t bytes) {
  std::vector<void*> blocks(count);
  for (void*& block : blocks) block = BlockPool::take(bytes);
  for (void* block : blocks) BlockPool::give(block, bytes);
}

TEST_CASE("a block that was given back is taken again, for any size of its kind") {
  if (kAddressSanitizer) return;
  take_and_give(1, 100);  // The first one that a thread gives back is the heap's.
  void* const block = BlockPool::take(100);
  BlockPool::give(block, 100);
  void* const other = BlockPool::take(128);
  void* const again = BlockPool::take(112);
  REQUIRE(again == block);
  REQUIRE(other != block);
  BlockPool::give(other, 128);
  BlockPool::give(again, 112);
}

TEST_CASE("no more small blocks wait than the bound says") {
  if (kAddressSanitizer) return;
  constexpr std::size_t kBytes = 1024, kHeld = BlockPool::kSmallHeldMax / kBytes;
  const std::uint64_t calls = heap_calls([] { take_and_give(3 * kHeld, kBytes); });
  REQUIRE(calls >= 2 * kHeld);
  REQUIRE(calls <= 3 * kHeld + 1);
  REQUIRE(heap_calls([] { take_and_give(kHeld / 2, kBytes); }) <= kHeld / 2 + 1);
}

TEST_CASE("pieces stay as they are while others of their chunk come and go") {
  std::vector<std::shared_ptr<std::byte[]>> pieces;
  for (int i = 0; i < 1000; ++i) {
    pieces.push_back(pooled_piece(300));
    std::memset(pieces.back().get(), i, 300);
    if (i % 3 != 0) pieces[static_cast<std::size_t>(i)].reset();
  }
  for (std::size_t i = 0; i < pieces.size(); i += 3) {
    const auto holds = [i](std::byte byte) { return byte == static_cast<std::byte>(i); };
    REQUIRE(std::all_of(pieces[i].get(), pieces[i].get() + 300, holds));
  }
}

TEST_CASE("small pieces ask the heap for chunks alone") {
  if (kAddressSanitizer) return;
  constexpr std::size_t kCount = 10'000, kBytes = 512;
  std::vector<std::shared_ptr<std::byte[]>> pieces(kCount);
  const std::uint64_t before = allocation_count();
  for (auto& piece : pieces) piece = pooled_piece(kBytes);
  REQUIRE(allocation_count() - before <= kCount * (kBytes + 64) / BlockPool::kChunkBytes + 1);
}

TEST_CASE("a world that comes after another asks the heap for little") {
  if (kAddressSanitizer) return;
  const WorldOptions options{.model = find_model("posix"), .journal = JournalMode::hash};
  const auto live = [&] {
    World world(options);
    const auto file = world.io().files.open("f", {.create = true}).value();
    for (std::uint64_t i = 0; i < 20; ++i)
      REQUIRE(file->write_at(i * 3, std::as_bytes(std::span("abc", 3))).has_value());
    REQUIRE(file->sync().has_value());
  };
  REQUIRE(heap_calls(live) <= 12);
}

}  // namespace
}  // namespace wallop::sim
