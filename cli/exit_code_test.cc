// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.h"

#include <catch2/catch.hpp>

namespace wallop::cli {
namespace {

using reports::Status;

Exit of(std::initializer_list<Status> statuses, Strictness strictness = Strictness::lenient) {
  Judgement judgement;
  for (const Status status : statuses) judgement.add(status);
  return judgement.exit(strictness);
}

TEST_CASE("what was judged decides the exit code") {
  using enum Status;
  REQUIRE(of({pass, pass}) == Exit::passed);
  REQUIRE(of({pass, fail}) == Exit::failed);
  REQUIRE(of({pass, inconclusive}) == Exit::inconclusive);
  REQUIRE(of({fail, inconclusive}) == Exit::failed);
  REQUIRE(of({pass, warn, skip, manual}) == Exit::passed);
  REQUIRE(of({}) == Exit::inconclusive);
}

TEST_CASE("strict takes a warning for a failure and what nobody judged for inconclusive") {
  using enum Status;
  REQUIRE(of({pass, pass}, Strictness::strict) == Exit::passed);
  REQUIRE(of({pass, warn}, Strictness::strict) == Exit::failed);
  REQUIRE(of({pass, skip}, Strictness::strict) == Exit::inconclusive);
  REQUIRE(of({pass, manual}, Strictness::strict) == Exit::inconclusive);
  REQUIRE(of({skip, warn}, Strictness::strict) == Exit::failed);
}

TEST_CASE("a fault that never fired counts only when it is strict") {
  Judgement judgement;
  judgement.add(Status::pass);
  judgement.add_unfired();
  REQUIRE(judgement.exit(Strictness::lenient) == Exit::passed);
  REQUIRE(judgement.exit(Strictness::strict) == Exit::failed);
}

TEST_CASE("a harness error outweighs verdicts, and an interrupt outweighs all") {
  Judgement judgement;
  judgement.add(Status::fail);
  judgement.add_harness_error();
  REQUIRE(judgement.exit(Strictness::lenient) == Exit::harness);
  judgement.interrupt();
  REQUIRE(judgement.exit(Strictness::lenient) == Exit::interrupted);
}

TEST_CASE("the numbers are those that scripts rely on") {
  REQUIRE(static_cast<int>(Exit::passed) == 0);
  REQUIRE(static_cast<int>(Exit::failed) == 1);
  REQUIRE(static_cast<int>(Exit::usage) == 2);
  REQUIRE(static_cast<int>(Exit::harness) == 3);
  REQUIRE(static_cast<int>(Exit::inconclusive) == 4);
  REQUIRE(static_cast<int>(Exit::interrupted) == 130);
}

}  // namespace
}  // namespace wallop::cli
