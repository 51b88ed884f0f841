// SPDX-License-Identifier: Apache-2.0
// When a trigger fires, key by key; and every trigger that never could is refused with its place and a way
// out.
#include "faults/trigger.h"

#include <vector>

#include "faults/fault_fixture.h"

namespace wallop::faults {
namespace {

// An io_error on reads and syncs whose "when" has these keys too.
std::string with(std::string_view keys) {
  return R"({ "kind": "io_error", "when": { "op": ["read", "sync"], )" + std::string(keys) + " } }";
}

using Numbers = std::vector<std::uint64_t>;

// Which of the syncs 1 to 12, one each second from 0 s on, a plan of this one fault hits.
Numbers hits(std::string_view json) {
  Plan plan({fault(json)}, 1);
  Numbers hit;
  for (std::uint64_t n = 1; n <= 12; ++n) {
    if (plan.on(numbered(Verb::sync, n, at(seconds(n - 1))))) hit.push_back(n);
  }
  return hit;
}

TEST_CASE("a trigger looks at the verbs of its op alone, and else at the usual ones of its kind") {
  const Fault reads = fault(R"({ "kind": "io_error", "when": { "op": "read" } })");
  REQUIRE(reads.concerns(operation(Verb::read)));
  REQUIRE_FALSE(reads.concerns(operation(Verb::read_stored)));
  const Fault syncs = fault(R"({ "kind": "failed_sync" })");
  REQUIRE(syncs.concerns(operation(Verb::sync_all)));
  REQUIRE_FALSE(syncs.concerns(operation(Verb::sync_directory)));
}

// Such a fault has a flaw; made in C++ it might be used all the same.
TEST_CASE("a trigger that names what its kind never hits looks at nothing") {
  Trigger reads;
  reads.op = OneOrMany<Verb>{{Verb::read}};
  const Targets syncs{.usual = {Verb::sync}, .possible = {Verb::sync}};
  REQUIRE_FALSE(reads.concerns(operation(Verb::read), syncs));
  REQUIRE(reads.flaws(syncs).size() == 1);
}

TEST_CASE("a trigger with a path looks at no other path") {
  REQUIRE(fault(R"({ "kind": "lost_sync", "when": { "path": "*.wal" } })").concerns(operation(Verb::sync)));
  REQUIRE_FALSE(
      fault(R"({ "kind": "lost_sync", "when": { "path": "*.db" } })").concerns(operation(Verb::sync)));
}

TEST_CASE("numbers count from one: nth is one operation, every a rhythm, from and count a run") {
  REQUIRE(hits(with(R"("nth": 3)")) == Numbers{3});
  REQUIRE(hits(with(R"("every": 5)")) == Numbers{5, 10});
  REQUIRE(hits(with(R"("from": 11)")) == Numbers{11, 12});
  REQUIRE(hits(with(R"("from": 4, "count": 2)")) == Numbers{4, 5});
  REQUIRE(hits(with(R"("count": 2)")) == Numbers{1, 2});
}

TEST_CASE("numbers count on each file, and with per device on all of them") {
  Op op = operation(Verb::sync);
  op.file_ordinal = 2;
  op.device_ordinal = 5;
  REQUIRE(effect_on(with(R"("nth": 2)"), op));
  REQUIRE(effect_on(with(R"("nth": 2, "per": "file")"), op));
  REQUIRE(effect_on(with(R"("nth": 5, "per": "device")"), op));
  REQUIRE_FALSE(effect_on(with(R"("nth": 2, "per": "device")"), op));
}

TEST_CASE("max ends the firings") {
  REQUIRE(hits(with(R"("every": 2, "max": 3)")) == Numbers{2, 4, 6});
}

TEST_CASE("at hits the first operation at or after each instant, once") {
  REQUIRE(hits(with(R"("at": "3s")")) == Numbers{4});
  REQUIRE(hits(with(R"("at": "2500ms")")) == Numbers{4});
  REQUIRE(hits(with(R"("at": ["6s", "1s"])")) == Numbers{2, 7});
  // Two instants that pass between the same two operations are one firing.
  REQUIRE(hits(with(R"("at": ["3100ms", "3200ms"])")) == Numbers{5});
}

TEST_CASE("a fault with a for holds from each instant of at, its end excluded") {
  REQUIRE(hits(R"({ "kind": "lost_sync", "for": "2s", "when": { "at": ["1s", "7s"] } })") ==
          Numbers{2, 3, 8, 9});
  REQUIRE(hits(R"({ "kind": "lost_sync", "for": "500ms", "when": { "at": "1100ms" } })").empty());
}

TEST_CASE("during is half open") {
  REQUIRE(hits(with(R"("during": { "from": "3s", "to": "5s" })")) == Numbers{4, 5});
}

TEST_CASE("all keys must hold at once") {
  REQUIRE(hits(with(R"("every": 2, "during": { "from": "3s", "to": "9s" }, "max": 2)")) == Numbers{4, 6});
}

TEST_CASE("a certain chance always comes true, and one in four about that often") {
  REQUIRE(hits(with(R"("chance": "1/1")")).size() == 12);
  Plan plan({fault(with(R"("chance": "1/4")"))}, 1);
  for (std::uint64_t n = 1; n <= 10'000; ++n) (void)plan.on(numbered(Verb::sync, n));
  REQUIRE(plan.receipts()[0].fired_count > 2'300);
  REQUIRE(plan.receipts()[0].fired_count < 2'700);
}

TEST_CASE("an end that would lie beyond a century is the end of the century") {
  REQUIRE(later(at(seconds(1)), seconds(2)) == at(seconds(3)));
  REQUIRE(later(at(seconds(1)), base::Duration::max()) == io::Instant(kForever));
  REQUIRE(later(io::Instant::max(), seconds(1)) == io::Instant(kForever));
}

TEST_CASE("a number that no operation has is refused") {
  REQUIRE(complaint(with(R"("nth": 0)")) == R"(f:1:64  "nth" counts from 1 in /when/nth)");
  REQUIRE(complaint(with(R"("every": 0)")) == R"(f:1:66  "every" 0 never comes round in /when/every)");
  REQUIRE(complaint(with(R"("from": 0)")) == R"(f:1:65  "from" counts from 1 in /when/from)");
  REQUIRE(complaint(with(R"("from": 1, "count": 0)")) ==
          R"(f:1:77  "count" 0 means never in /when/count  leave the fault out instead)");
  REQUIRE(complaint(with(R"("max": 0)")) ==
          R"(f:1:64  "max" 0 means never in /when/max  leave the fault out instead)");
}

TEST_CASE("two ways to count, and nothing to count, are refused") {
  REQUIRE(
      complaint(with(R"("nth": 1, "every": 2)")) ==
      R"(f:1:64  more than one way to count in /when/nth  keep one of "nth", "every", "from" with "count")");
  REQUIRE(
      complaint(with(R"("every": 2, "count": 2)")) ==
      R"(f:1:66  more than one way to count in /when/every  keep one of "nth", "every", "from" with "count")");
  REQUIRE(complaint(with(R"("per": "device")")) ==
          R"(f:1:64  "per" has nothing to count in /when/per  add "nth", "every" or "from")");
}

TEST_CASE("a chance of nothing and an empty stretch are refused") {
  REQUIRE(complaint(with(R"("chance": "0/7")")) ==
          R"(f:1:67  "0/7" never comes true in /when/chance  leave the fault out instead)");
  REQUIRE(complaint(with(R"("during": { "from": "2s", "to": "2s" })")) ==
          R"(f:1:67  the stretch is empty: "from" must be before "to" in /when/during)");
}

TEST_CASE("at cannot stand beside a number, a chance or a stretch, nor name no instant") {
  REQUIRE(complaint(with(R"("at": "1s", "nth": 1)")).find("a number cannot hold too in /when/at") !=
          std::string::npos);
  REQUIRE(complaint(with(R"("at": "1s", "chance": "1/2")")).find("a chance cannot hold too") !=
          std::string::npos);
  REQUIRE(complaint(with(R"("at": "1s", "during": { "from": "0s", "to": "2s" })")).find("both say when") !=
          std::string::npos);
  REQUIRE(complaint(with(R"("at": [])")) == "f:1:63  an empty list names no instant in /when/at");
}

TEST_CASE("an operation that the kind never hits is refused with those that it can") {
  REQUIRE(complaint(R"({ "kind": "lost_sync", "when": { "op": "read" } })") ==
          R"(f:1:40  this fault never hits "read" in /when/op  )"
          "it can hit: write_durable, sync, sync_all, sync_directory");
  REQUIRE(complaint(R"({ "kind": "lost_sync", "when": { "op": [] } })") ==
          "f:1:40  an empty list names no operation in /when/op");
}

TEST_CASE("a path that can match nothing is refused") {
  REQUIRE(complaint(R"({ "kind": "lost_sync", "when": { "path": "[a" } })") ==
          R"(f:1:42  '[' at character 1 of "[a" is not closed in /when/path)");
}

TEST_CASE("a for without instants to begin at, and one of no time, are refused") {
  REQUIRE(
      complaint(R"({ "kind": "no_space", "for": "1s", "when": { "nth": 1 } })") ==
      R"(f:1:30  "for" needs instants to begin at in /for  add "at" to "when", or take "during" instead)");
  REQUIRE(complaint(R"({ "kind": "no_space", "for": "0s", "when": { "at": "1s" } })") ==
          R"(f:1:30  "for" no time at all in /for  leave it out for one operation)");
}

TEST_CASE("numbers of a block count what begins in it, whatever is written elsewhere") {
  Plan plan({fault(R"({ "kind": "late_error", "when": { "nth": 2, "per": "block" } })")}, 1);
  REQUIRE(plan.counts_blocks());
  REQUIRE_FALSE(Plan({fault(with(R"("nth": 2)"))}, 1).counts_blocks());
  Op op = numbered(Verb::write, 7);
  op.block_ordinal = 1;
  REQUIRE_FALSE(plan.on(op));
  op.block_ordinal = 2;
  REQUIRE(plan.on(op));
}

TEST_CASE("what begins in no block cannot be counted by block") {
  REQUIRE(complaint(R"({ "kind": "failed_sync", "when": { "nth": 2, "per": "block" } })")
              .find(R"("sync" begins in no block in /when/per)") != std::string::npos);
}

}  // namespace
}  // namespace wallop::faults
