// SPDX-License-Identifier: Apache-2.0
// Stacks with canaries, and the switch: exchange the exceptions, tell the sanitizers, jump.
#include "sim/fibre.h"

#include <cxxabi.h>
#include <sanitizer/asan_interface.h>

#include <boost/context/fixedsize_stack.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <boost/context/stack_traits.hpp>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/ensure.h"

namespace wallop::sim {
namespace {

constexpr bool kGuarded = kAddressSanitizer || kThreadSanitizer;

using Allocator =
    std::conditional_t<kGuarded, boost::context::protected_fixedsize_stack, boost::context::fixedsize_stack>;

constexpr std::uint64_t kCanary = 0x57a11095eedca4a1;

std::byte* bottom_of(const Stack& stack) {
  return static_cast<std::byte*>(stack.top) - stack.bytes;
}

// A guard page is part of the stack's size; the canary stands in front of it.
std::byte* canary_of(const Stack& stack) {
  return bottom_of(stack) + (kGuarded ? boost::context::stack_traits::page_size() : 0);
}

Stack allocate() {
  boost::context::stack_context made = Allocator(StackPool::kStackBytes).allocate();
  const Stack stack{made.sp, made.size};
  std::memcpy(canary_of(stack), &kCanary, sizeof kCanary);
  return stack;
}

void check_canary(const Stack& stack) {
  std::uint64_t found = 0;
  std::memcpy(&found, canary_of(stack), sizeof found);
  base::ensure(found == kCanary, "a fibre stays within its stack of 256 KiB");
}

}  // namespace

StackPool::~StackPool() {
  for (const Stack& stack : idle_) {
    boost::context::stack_context made;
    made.sp = stack.top;
    made.size = stack.bytes;
    Allocator(kStackBytes).deallocate(made);
  }
}

Stack StackPool::take() {
  if (idle_.empty()) return allocate();
  const Stack stack = idle_.back();
  idle_.pop_back();
  return stack;
}

void StackPool::give(Stack stack) {
  check_canary(stack);
  // The last frames never returned, so what the address sanitizer marked around their variables still stands.
  if constexpr (kAddressSanitizer) {
    const std::byte* const first = canary_of(stack);
    __asan_unpoison_memory_region(first,
                                  static_cast<std::size_t>(static_cast<std::byte*>(stack.top) - first));
  }
  idle_.push_back(stack);
}

// libstdc++ and libc++abi both keep exactly these two words (Itanium C++ ABI: Exception Handling, 2.2.2).
Fibre::Fibre() : handled_(reinterpret_cast<Exceptions*>(abi::__cxa_get_globals())) {}

Fibre::Fibre(Stack stack, Body body, void* argument) : Fibre() {
  context_ = boost::context::detail::make_fcontext(stack.top, stack.bytes, &enter);
  body_ = body;
  argument_ = argument;
  bottom_ = bottom_of(stack);
  bytes_ = stack.bytes;
  if constexpr (kThreadSanitizer) tsan_fibre_ = __tsan_create_fiber(0);
}

Fibre::~Fibre() {
  // The thread sanitizer knows the caller's own stack without us.
  if constexpr (kThreadSanitizer) {
    if (body_ != nullptr) __tsan_destroy_fiber(tsan_fibre_);
  }
}

void Fibre::leave_for(Fibre& to) {
  jump(to, Departure::ends);
  base::ensure(false, "nobody switches to a fibre that has left");
  std::unreachable();
}

// noexcept: nothing lies below it that an exception could be unwound into.
void Fibre::enter(Arrival arrival) noexcept {
  Fibre& me = land(arrival);
  me.body_(me.argument_);
  base::ensure(false, "a fibre's body ends by leaving for another fibre");
}

}  // namespace wallop::sim
