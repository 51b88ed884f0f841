// SPDX-License-Identifier: Apache-2.0
// Operations pass libfiu's points: under its names, one plan at a time for each OS thread, never open.
#define FIU_ENABLE 1
#include "faults/points.h"

#include <fiu.h>

#include <atomic>
#include <cerrno>
#include <set>

#include "faults/fault_fixture.h"
#include "io/posix_world.h"

namespace wallop::faults {
namespace {

Plan plan_of(std::string_view json) {
  return Plan({fault(json)}, 1);
}

TEST_CASE("an operation that passes its point gets what the plan says, whatever its verb") {
  for (const auto& entry : enum_names(Verb{})) {
    INFO(entry.name);
    Plan plan = plan_of(R"({ "kind": "io_error", "when": { "op": ")" + std::string(entry.name) +
                        R"(", "nth": 2 } })");
    CHECK_FALSE(pass(plan, numbered(entry.value, 1)));
    const auto answer = pass(plan, numbered(entry.value, 2));
    REQUIRE(answer);
    CHECK(answer->effect == failure(EIO));
    CHECK(plan.receipts()[0].seen_count == 2);
  }
}

TEST_CASE("a point asks no plan once its operation has passed") {
  Plan plan = plan_of(R"({ "kind": "failed_sync" })");
  REQUIRE(pass(plan, operation(Verb::sync)));
  REQUIRE(fiu_fail("posix/io/sync/fdatasync") == 0);
  REQUIRE(plan.receipts()[0].seen_count == 1);
}

TEST_CASE("every point has a name in the scheme of libfiu's POSIX preload") {
  for (const auto& entry : enum_names(Verb{})) CHECK(point_of(entry.value).starts_with("posix/io/"));
  REQUIRE(point_of(Verb::write) == "posix/io/rw/pwrite");
  REQUIRE(point_of(Verb::sync) == "posix/io/sync/fdatasync");
  REQUIRE(point_of(Verb::sync_directory) == "posix/io/sync/fsync");
}

// Goal: a name that the preload does not have would serve the simulation alone, unnoticed. Method: look for
// each name, with the NUL that ends it, in the preload itself.
TEST_CASE("the preload has all points but the five that README.md tells") {
  io::PosixWorld machine("/");
  const auto preload = machine.world().files.open("/usr/lib/fiu/fiu_posix_preload.so", {.read_only = true});
  if (!preload) {
    WARN("no preload here to look into");
    return;
  }
  std::string content((*preload)->size().value_or(0), '\0');
  REQUIRE((*preload)->read_at(0, std::as_writable_bytes(std::span(content))) == content.size());
  std::set<std::string_view> missing;
  for (const auto& entry : enum_names(Verb{})) {
    const std::string name = std::string(point_of(entry.value)) + '\0';
    if (content.find(name) == std::string::npos) missing.insert(entry.name);
  }
  REQUIRE(missing == std::set<std::string_view>{"allocate", "link", "lock", "make_directory", "stat"});
}

// Goal: fail nearly always if the operation that passes were not the thread's own. Method: two threads pass
// 20,000 operations each through the same point at the same time; every second one of the one plan fails with
// EIO, every third of the other with ENOSPC.
TEST_CASE("two OS threads with two plans never get each other's answers") {
  constexpr std::uint64_t kPassCount = 20'000;
  io::PosixWorld machine(".");
  std::atomic<int> started = 0;
  const auto pass_all = [&](std::string_view json, int os_error, std::uint64_t every,
                            std::uint64_t& wrong_count) {
    Plan plan = plan_of(json);
    for (++started; started < 2;) machine.world().threads.relax();
    for (std::uint64_t n = 1; n <= kPassCount; ++n) {
      const auto answer = pass(plan, numbered(Verb::write, n));
      const bool right = n % every == 0 ? answer && answer->effect.os_error == os_error : !answer;
      if (!right) ++wrong_count;
    }
    if (plan.receipts()[0].seen_count != kPassCount) ++wrong_count;
  };
  std::uint64_t wrong_first = 0;
  std::uint64_t wrong_second = 0;
  const auto other = machine.world().threads.spawn("other", [&] {
    pass_all(R"({ "kind": "io_error", "when": { "op": "write", "every": 2 } })", EIO, 2, wrong_first);
  });
  pass_all(R"({ "kind": "no_space", "when": { "op": "write", "every": 3 } })", ENOSPC, 3, wrong_second);
  other->join();
  REQUIRE(wrong_first == 0);
  REQUIRE(wrong_second == 0);
}

}  // namespace
}  // namespace wallop::faults
