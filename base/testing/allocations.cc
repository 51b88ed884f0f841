// SPDX-License-Identifier: Apache-2.0
// The replaceable forms that the others are made of (C++23, [new.delete]).
#include "base/testing/allocations.h"

#include <cstdlib>
#include <new>

namespace wallop::base::testing {
namespace {

thread_local std::uint64_t allocated = 0;

// Never 0 bytes: each call gives another address.
void* allocate(std::size_t bytes) {
  ++allocated;
  if (void* memory = std::malloc(bytes > 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}

void* allocate_aligned(std::size_t bytes, std::size_t alignment) {
  ++allocated;
  const std::size_t whole = (bytes / alignment + 1) * alignment;
  if (void* memory = std::aligned_alloc(alignment, whole)) return memory;
  throw std::bad_alloc();
}

}  // namespace

std::uint64_t allocation_count() {
  return allocated;
}

}  // namespace wallop::base::testing

void* operator new(std::size_t bytes) {
  return wallop::base::testing::allocate(bytes);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return wallop::base::testing::allocate_aligned(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*bytes*/) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
