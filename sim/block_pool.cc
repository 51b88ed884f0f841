// SPDX-License-Identifier: Apache-2.0
// Where the lists have nothing, or no room; and pieces of chunks.
#include "sim/block_pool.h"

#include "sim/fibre.h"

namespace wallop::sim {

constinit thread_local BlockPool::Held BlockPool::held_{};

// What is given back later still (by static objects, say) goes to the heap.
struct BlockPool::End {
  ~End() {
    for (Block*& first : held_.first) {
      while (first != nullptr) ::operator delete(std::exchange(first, first->next));
    }
    held_.small_room = held_.large_room = 0;
  }
};

// A whole number of grains, as whoever takes it next may want all of them; or as much as is checked.
void* BlockPool::take_new(std::size_t kind, std::size_t bytes) {
  return ::operator new(kAddressSanitizer || kind >= kKinds ? bytes : bytes_of(kind));
}

void BlockPool::give_up(void* memory, std::size_t kind) noexcept {
  ::operator delete(memory);
  if (kAddressSanitizer || held_.has_begun || kind >= kKinds) return;
  static thread_local const End end;
  held_.has_begun = true;
  held_.small_room = kSmallHeldMax;
  held_.large_room = kLargeHeldMax;
}

namespace {

// The chunk that pieces are cut from.
struct Cutting {
  std::shared_ptr<std::byte[]> chunk;
  std::size_t used = BlockPool::kChunkBytes;
};

constexpr std::size_t kPieceMax = 1024;

}  // namespace

std::shared_ptr<std::byte[]> pooled_piece(std::size_t count) {
  constexpr std::size_t kUsable = BlockPool::kChunkBytes - BlockPool::kCountsMax;
  if (kAddressSanitizer || count > kPieceMax) return pooled_bytes(count);
  static thread_local Cutting cutting;
  if (cutting.used + count > kUsable) cutting = {pooled_bytes(kUsable), 0};
  std::byte* const piece = cutting.chunk.get() + cutting.used;
  cutting.used +=
      (count + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);
  return {cutting.chunk, piece};
}

}  // namespace wallop::sim
