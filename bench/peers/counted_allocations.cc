// SPDX-License-Identifier: Apache-2.0
// Replaces operator new of the whole program. Each thread counts for itself, so that counting costs the
// engines that allocate next to nothing; the sum is taken where it is asked for.
#include "bench/peers/counted_allocations.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kSlots = 256;  // Threads beyond share: a count may then be lost, never invented.
std::array<std::atomic<std::uint64_t>, kSlots * 8> counts;  // A cache line each.
std::atomic<std::size_t> next_slot{0};
thread_local const std::size_t slot = next_slot.fetch_add(1) % kSlots * 8;

void* counted(std::size_t bytes, std::size_t alignment) {
  std::atomic<std::uint64_t>& count = counts[slot];
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  void* const memory = alignment <= alignof(std::max_align_t)
                           ? std::malloc(bytes == 0 ? 1 : bytes)
                           : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) {
  return counted(bytes, 1);
}
void* operator new[](std::size_t bytes) {
  return counted(bytes, 1);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace wallop::bench {

std::uint64_t counted_allocations_here() {
  return counts[slot].load(std::memory_order_relaxed);
}

std::uint64_t counted_allocations() {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < counts.size(); i += 8) sum += counts[i].load(std::memory_order_relaxed);
  return sum;
}

}  // namespace wallop::bench
