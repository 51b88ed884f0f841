// SPDX-License-Identifier: Apache-2.0
// Fibre: a call stack that runs until it hands over to another one. No scheduling here (scheduler.h).
//
// Own fibres over Boost.Context's bare jump, not boost::context::fiber: Debian builds that without sanitizer
// support, and destroying a suspended one unwinds it by throwing, which an engine's catch (...) would
// swallow. Hence also the rule: a fibre is never destroyed while it is suspended, it always runs to its end.
//
// What surprises: a switch must carry the exceptions that are being handled, because the C++ runtime keeps
// them per OS thread. Without, a `throw;` in one fibre rethrows what another one caught.
#pragma once

#include <sanitizer/common_interface_defs.h>
#include <sanitizer/tsan_interface.h>

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <vector>

namespace wallop::sim {

// The sanitizers must be told of each switch. g++ and clang say differently which ones there are.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAddressSanitizer = true;
#elif defined(__has_feature)
inline constexpr bool kAddressSanitizer = __has_feature(address_sanitizer);
#else
inline constexpr bool kAddressSanitizer = false;
#endif
#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#elif defined(__has_feature)
inline constexpr bool kThreadSanitizer = __has_feature(thread_sanitizer);
#else
inline constexpr bool kThreadSanitizer = false;
#endif

struct Stack {
  void* top = nullptr;  // Stacks grow down from here.
  std::size_t bytes = 0;
};

// Stacks, made once and used again and again. One pool serves the worlds of one OS thread, one after the
// other or nested; it takes no locks.
class StackPool {
 public:
  // Untouched pages cost nothing. Each stack carries a canary at its far end, checked when it comes back; in
  // builds with a sanitizer a guard page stands there as well.
  static constexpr std::size_t kStackBytes = 256 * 1024;

  StackPool() = default;
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  Stack take();
  // `stack` came from this pool and nothing runs on it any more.
  void give(Stack stack);
  [[nodiscard]] std::size_t idle_count() const { return idle_.size(); }

 private:
  std::vector<Stack> idle_;
};

class Fibre {
 public:
  // Runs on the fibre's stack when it is first switched to. Must neither return nor throw: it ends in
  // leave_for().
  using Body = void (*)(void* argument);

  // The stack that calls this: it runs already. All fibres that switch to each other are made and run on one
  // OS thread.
  Fibre();
  Fibre(Stack stack, Body body, void* argument);
  ~Fibre();
  Fibre(const Fibre&) = delete;
  Fibre& operator=(const Fibre&) = delete;

  // Suspends this fibre, which must be the one that runs, and continues `to`. Returns when somebody switches
  // back.
  void switch_to(Fibre& to) { jump(to, Departure::suspends); }
  // The same for the last time: this fibre's stack may be given back as soon as `to` runs.
  [[noreturn]] void leave_for(Fibre& to);

 private:
  // The two words of the C++ runtime that a switch exchanges (__cxa_get_globals() of the Itanium ABI).
  struct Exceptions {
    void* caught = nullptr;
    unsigned int uncaught_count = 0;
  };
  enum class Departure { suspends, ends };
  using Arrival = boost::context::detail::transfer_t;

  void jump(Fibre& to, Departure departure);
  static Fibre& land(Arrival arrival);
  static void enter(Arrival arrival) noexcept;

  boost::context::detail::fcontext_t context_ = nullptr;  // Where it goes on; stale while it runs.
  Fibre* from_ = nullptr;                                 // Who switched here last.
  Exceptions exceptions_;
  Exceptions* handled_;  // Where the OS thread keeps those of the fibre that runs.
  Body body_ = nullptr;
  void* argument_ = nullptr;
  // What the sanitizers must know of a stack; unused without them.
  const void* bottom_ = nullptr;
  std::size_t bytes_ = 0;
  void* fake_stack_ = nullptr;
  void* tsan_fibre_ = nullptr;
};

// Inlined, because a jump unbalances the processor's stack of return addresses: each function that a fibre
// returns from after a switch is a mispredicted branch (measured: 11 instead of 34 ns there and back).
[[gnu::always_inline]] inline void Fibre::jump(Fibre& to, Departure departure) {
  exceptions_ = *handled_;
  *handled_ = to.exceptions_;
  if constexpr (kAddressSanitizer) {
    // Null tells that this fibre's frames are gone for good.
    void** const saved = departure == Departure::suspends ? &fake_stack_ : nullptr;
    __sanitizer_start_switch_fiber(saved, to.bottom_, to.bytes_);
  }
  if constexpr (kThreadSanitizer) {
    if (body_ == nullptr) tsan_fibre_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to.tsan_fibre_, 0);
  }
  // No local variable may travel along: the address sanitizer may keep locals outside the stack, and has just
  // dropped those of a fibre that ends.
  to.from_ = this;
  land(boost::context::detail::jump_fcontext(to.context_, &to));
}

// First thing on the other side of each jump. Returns the fibre that runs now.
[[gnu::always_inline]] inline Fibre& Fibre::land(Arrival arrival) {
  Fibre& me = *static_cast<Fibre*>(arrival.data);
  me.from_->context_ = arrival.fctx;
  // The sanitizer also says where the stack lies that was left: for one that this class did not make, the
  // only source.
  if constexpr (kAddressSanitizer)
    __sanitizer_finish_switch_fiber(me.fake_stack_, &me.from_->bottom_, &me.from_->bytes_);
  return me;
}

}  // namespace wallop::sim
