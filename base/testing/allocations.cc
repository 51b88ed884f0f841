// SPDX-License-Identifier: Apache-2.0
// The replaceable forms that the others are made of (C++23, [new.delete]); those that do not throw as well,
// as the runtime of a sanitizer brings its own, which this room's delete would not match.
#include "base/testing/allocations.h"

#include <cstdlib>
#include <new>

namespace wallop::base::testing {
namespace {

thread_local std::uint64_t allocated = 0;

// Never 0 bytes: each call gives another address.
void* allocate_or_null(std::size_t bytes) {
  ++allocated;
  return std::malloc(bytes > 0 ? bytes : 1);
}

void* allocate(std::size_t bytes) {
  if (void* memory = allocate_or_null(bytes)) return memory;
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
void* operator new(std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  return wallop::base::testing::allocate_or_null(bytes);
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
