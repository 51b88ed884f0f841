// SPDX-License-Identifier: Apache-2.0
#include "io/posix_world.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/testing/scratch_directory.h"

namespace wallop::io {
namespace {

class CountingTracer final : public Tracer {
 public:
  void span(const Span&) override { ++span_count; }
  int span_count = 0;
};

TEST_CASE("a world's relative paths start at its root") {
  const base::testing::ScratchDirectory scratch;
  PosixWorld parent(scratch.path());
  REQUIRE(parent.world().files.make_directory("inner").has_value());
  PosixWorld inner(scratch.path("inner"));
  REQUIRE(inner.world().files.open("f", {.create = true}).has_value());
  REQUIRE(parent.world().files.stat("inner/f").has_value());
}

TEST_CASE("a world whose root is missing says so when it is used") {
  const base::testing::ScratchDirectory scratch;
  PosixWorld world(scratch.path("none"));
  REQUIRE(world.world().files.open("f", {.create = true}).error().code == Code::not_found);
}

TEST_CASE("spans go to the tracer that was handed in, and nowhere without one") {
  CountingTracer tracer;
  PosixWorld traced(".", tracer);
  traced.world().tracer.span(Span{.name = "a", .begin = {}, .end = {}});
  PosixWorld(".").world().tracer.span(Span{.name = "b", .begin = {}, .end = {}});
  REQUIRE(tracer.span_count == 1);
}

TEST_CASE("failure points are off unless somebody arms them") {
  REQUIRE(!PosixWorld(".").world().points);
}

TEST_CASE("work is free on the real machine: the clock was charged already") {
  PosixWorld world(".");
  world.world().clock.spend(Work::checksum, ~std::uint64_t{0});
}

TEST_CASE("entropy does not repeat") {
  PosixWorld world(".");
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(world.world().entropy.next());
  REQUIRE(seen.size() == 1000);
}

}  // namespace
}  // namespace wallop::io
