// SPDX-License-Identifier: Apache-2.0
// Bare fibres: switching, exceptions that stay with their fibre, stacks that come back.
#include "sim/fibre.h"

#include <catch2/catch.hpp>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>

namespace wallop::sim {
namespace {

// One fibre beside the test's own stack; its body goes back to the test by pause().
class Pair {
 public:
  explicit Pair(std::function<void(Pair&)> body, StackPool& pool)
      : pool_(pool), body_(std::move(body)), stack_(pool.take()), fibre_(stack_, &enter, this) {}
  ~Pair() { pool_.give(stack_); }

  void resume() { test_.switch_to(fibre_); }
  void pause() { fibre_.switch_to(test_); }

 private:
  static void enter(void* self) {
    Pair& me = *static_cast<Pair*>(self);
    me.body_(me);
    me.fibre_.leave_for(me.test_);
  }

  StackPool& pool_;
  std::function<void(Pair&)> body_;
  Fibre test_;
  Stack stack_;
  Fibre fibre_;
};

struct PausesInDestructor {
  Pair& pair;
  ~PausesInDestructor() { pair.pause(); }
};

TEST_CASE("a fibre goes on where it paused, with its variables") {
  StackPool pool;
  std::string trace;
  Pair pair(
      [&](Pair& self) {
        for (int i = 0; i < 3; ++i) {
          trace += std::to_string(i);
          self.pause();
        }
      },
      pool);
  for (int i = 0; i < 3; ++i) {
    pair.resume();
    trace += '.';
  }
  pair.resume();
  REQUIRE(trace == "0.1.2.");
}

TEST_CASE("an exception that one fibre handles is not what another one rethrows") {
  StackPool pool;
  std::string seen;
  const auto body = [&](std::string mine) {
    return [&seen, mine](Pair& self) {
      try {
        throw std::runtime_error(mine);
      } catch (const std::exception&) {
        self.pause();
        try {
          throw;
        } catch (const std::exception& again) {
          seen += again.what();
        }
      }
    };
  };
  Pair a(body("a"), pool), b(body("b"), pool);
  a.resume();
  b.resume();
  a.resume();
  b.resume();
  REQUIRE(seen == "ab");
}

TEST_CASE("two fibres that unwind at once each end with their own exception") {
  StackPool pool;
  std::string caught;
  const auto body = [&](std::string mine) {
    return [&caught, mine](Pair& self) {
      try {
        const PausesInDestructor guard{self};
        throw std::runtime_error(mine);
      } catch (const std::exception& exception) {
        caught += exception.what();
      }
    };
  };
  Pair a(body("a"), pool), b(body("b"), pool);
  a.resume();
  b.resume();
  REQUIRE(std::uncaught_exceptions() == 0);
  a.resume();
  b.resume();
  REQUIRE(caught == "ab");
}

TEST_CASE("a fibre that pauses while it unwinds leaves no exception in flight behind") {
  StackPool pool;
  int uncaught_inside = -1;
  Pair pair(
      [&](Pair& self) {
        try {
          const PausesInDestructor guard{self};
          throw 1;
        } catch (int) {
          uncaught_inside = std::uncaught_exceptions();
        }
      },
      pool);
  pair.resume();
  REQUIRE(std::uncaught_exceptions() == 0);
  pair.resume();
  REQUIRE(uncaught_inside == 0);
}

TEST_CASE("an exception passes through many frames of a fibre") {
  StackPool pool;
  bool caught = false;
  Pair pair(
      [&](Pair& self) {
        const std::function<void(int)> nest = [&](int depth) {
          if (depth == 0) throw std::runtime_error("deep");
          self.pause();
          nest(depth - 1);
        };
        try {
          nest(20);
        } catch (const std::runtime_error&) {
          caught = true;
        }
      },
      pool);
  for (int i = 0; i <= 20; ++i) pair.resume();
  REQUIRE(caught);
}

TEST_CASE("ten thousand fibres one after the other share one stack") {
  StackPool pool;
  int run_count = 0;
  for (int i = 0; i < 10'000; ++i) Pair([&](Pair&) { ++run_count; }, pool).resume();
  REQUIRE(run_count == 10'000);
  REQUIRE(pool.idle_count() == 1);
}

TEST_CASE("a fibre can use nearly its whole stack") {
  StackPool pool;
  unsigned char last = 0;
  Pair pair(
      [&](Pair&) {
        constexpr std::size_t kNearlyAll = StackPool::kStackBytes - 32 * 1024;
        volatile unsigned char bytes[kNearlyAll];
        for (std::size_t i = 0; i < kNearlyAll; i += 64) bytes[i] = 7;
        last = bytes[0];
      },
      pool);
  pair.resume();
  REQUIRE(last == 7);
}

}  // namespace
}  // namespace wallop::sim
