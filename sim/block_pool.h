// SPDX-License-Identifier: Apache-2.0
// BlockPool: the memory of worlds, and of the disks that they start from.
//
// Exploration makes a world for each crash image and drops it: some hundred blocks, of the same few sizes
// each time. What is given back waits here, by size, for the next world; a list for each size and OS thread,
// so nobody locks. A block belongs to the thread that gave it back last.
//
// What surprises: under AddressSanitizer nothing waits, so that it sees every use of what is gone (valgrind
// does not).
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace wallop::sim {

class BlockPool {
 public:
  // What std::allocate_shared puts in front.
  static constexpr std::size_t kCountsMax = 64;
  // Larger blocks are the heap's, but for whole chunks. A page of a file fits.
  static constexpr std::size_t kBlockBytesMax = 4096 + kCountsMax;
  static constexpr std::size_t kChunkBytes = 40U << 10;
  // No more than this waits. Of small blocks what fits a cache: of more, taken one by one, each is a miss.
  static constexpr std::size_t kSmallHeldMax = 512U << 10;
  static constexpr std::size_t kLargeHeldMax = 32U << 20;

  [[nodiscard]] static void* take(std::size_t bytes) {
    const std::size_t kind = kind_of(bytes);
    if (kind >= kKinds || held_.first[kind] == nullptr) return take_new(kind, bytes);
    Block* block = held_.first[kind];
    held_.first[kind] = block->next;
    __builtin_prefetch(block->next, 1);  // Or the next one to be taken is a miss.
    room_for(kind) += bytes_of(kind);
    return block;
  }

  // `bytes` as they were asked for.
  static void give(void* memory, std::size_t bytes) noexcept {
    const std::size_t kind = kind_of(bytes);
    if (kind >= kKinds || room_for(kind) < bytes_of(kind)) return give_up(memory, kind);
    held_.first[kind] = ::new (memory) Block{held_.first[kind]};
    room_for(kind) -= bytes_of(kind);
  }

 private:
  static constexpr std::size_t kGrain = 16;
  static constexpr std::size_t kLargeKind = 2048 / kGrain;
  static constexpr std::size_t kChunkKind = kBlockBytesMax / kGrain + 1;
  static constexpr std::size_t kKinds = kChunkKind + 1;

  struct Block {
    Block* next;
  };
  struct Held {
    std::array<Block*, kKinds> first;
    std::size_t small_room, large_room;  // None until the thread has given its first block back.
    bool has_begun;
  };

  static constexpr std::size_t kind_of(std::size_t bytes) {
    if (bytes <= kBlockBytesMax) return (bytes + kGrain - 1) / kGrain;
    return kChunkBytes - kCountsMax < bytes && bytes <= kChunkBytes ? kChunkKind : kKinds;
  }
  static constexpr std::size_t bytes_of(std::size_t kind) {
    return kind == kChunkKind ? kChunkBytes : (kind == 0 ? 1 : kind) * kGrain;
  }
  static std::size_t& room_for(std::size_t kind) {
    return kind >= kLargeKind ? held_.large_room : held_.small_room;
  }
  static void* take_new(std::size_t kind, std::size_t bytes);
  static void give_up(void* memory, std::size_t kind) noexcept;

  static constinit thread_local Held held_;
  struct End;  // Empties the lists where a thread ends.
};

// For containers, and for std::allocate_shared.
template <class T>
struct Pooled {
  using value_type = T;

  Pooled() = default;
  template <class U>
  Pooled(const Pooled<U>&) {}  // NOLINT(google-explicit-constructor): as allocators convert.

  [[nodiscard]] T* allocate(std::size_t count) {
    static_assert(alignof(T) <= alignof(std::max_align_t));
    return static_cast<T*>(BlockPool::take(count * sizeof(T)));
  }
  void deallocate(T* block, std::size_t count) noexcept { BlockPool::give(block, count * sizeof(T)); }
  bool operator==(const Pooled&) const = default;
};

// Base of what is made by `new`, alone or through std::make_unique.
struct FromPool {
  static void* operator new(std::size_t bytes) { return BlockPool::take(bytes); }
  static void operator delete(void* memory, std::size_t bytes) { BlockPool::give(memory, bytes); }
};

template <class T, class... Values>
std::shared_ptr<T> make_pooled(Values&&... values) {
  return std::allocate_shared<T>(Pooled<std::remove_const_t<T>>(), std::forward<Values>(values)...);
}

// Not filled.
inline std::shared_ptr<std::byte[]> pooled_bytes(std::size_t count) {
  return std::allocate_shared_for_overwrite<std::byte[]>(Pooled<std::byte>(), count);
}
// Bytes that come in great number and go together, more or less: they lie one behind the other, in chunks
// that stay as long as any of theirs does.
std::shared_ptr<std::byte[]> pooled_piece(std::size_t count);

}  // namespace wallop::sim
