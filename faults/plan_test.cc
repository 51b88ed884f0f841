// SPDX-License-Identifier: Apache-2.0
// A plan joins what its faults say, keeps their draws apart and shows what each of them did.
#include "faults/plan.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <tuple>
#include <vector>

#include "faults/fault_fixture.h"

namespace wallop::faults {
namespace {

constexpr std::string_view kTear =
    R"({ "kind": "torn_write", "model": "subset", "when": { "chance": "1/3" } })";
constexpr std::string_view kStall =
    R"({ "kind": "stall", "for": "80ms", "when": { "op": "write", "chance": "1/2" } })";

// What happens to the writes 1 to 200, and how much of each lasts.
std::vector<std::optional<std::vector<ByteRange>>> tears(std::vector<Fault> faults, std::uint64_t seed) {
  Plan plan(std::move(faults), seed);
  std::vector<std::optional<std::vector<ByteRange>>> all;
  for (std::uint64_t n = 1; n <= 200; ++n) {
    Op op = numbered(Verb::write, n);
    op.bytes = 4096;
    const auto answer = plan.on(op);
    all.push_back(answer ? answer->effect.lasting : std::nullopt);
  }
  return all;
}

TEST_CASE("a plan without faults says nothing and has no receipts") {
  Plan plan;
  REQUIRE(plan.empty());
  REQUIRE_FALSE(plan.on(operation(Verb::sync)));
  REQUIRE(plan.receipts().empty());
}

TEST_CASE("a fault that is added moves the draws of no other kind, wherever it stands") {
  const auto alone = tears({fault(kTear)}, 7);
  REQUIRE(tears({fault(kStall), fault(kTear)}, 7) == alone);
  REQUIRE(tears({fault(kTear), fault(kStall)}, 7) == alone);
}

TEST_CASE("the draws of a named fault stay when another of its kind comes before it") {
  const Fault named = fault(R"({ "kind": "torn_write", "name": "tail", "when": { "chance": "1/3" } })");
  const Fault never = fault(R"({ "kind": "torn_write", "when": { "path": "*.none" } })");
  REQUIRE(tears({never, named}, 7) == tears({named}, 7));
}

TEST_CASE("a seed's draws are these for ever, on every machine and compiler") {
  const auto all = tears({fault(kTear)}, 7);
  std::vector<std::size_t> torn;
  for (std::size_t n = 0; n < 20; ++n) {
    if (all[n]) torn.push_back(n + 1);
  }
  REQUIRE(torn == std::vector<std::size_t>{7, 8, 9, 11, 13, 17});
  REQUIRE(*all[6] == std::vector<ByteRange>{{1536, 2560}, {3584, 4096}});
}

TEST_CASE("two faults alike draw apart, and so do two seeds") {
  Plan plan({fault(kTear), fault(kTear)}, 7);
  std::uint64_t alone_count = 0;
  for (std::uint64_t n = 1; n <= 200; ++n) {
    Op op = numbered(Verb::write, n);
    op.bytes = 4096;
    const auto answer = plan.on(op);
    if (answer && answer->fired.size() == 1) ++alone_count;
  }
  REQUIRE(alone_count > 50);
  REQUIRE(tears({fault(kTear)}, 7) != tears({fault(kTear)}, 8));
}

TEST_CASE("effects are joined in the order of the plan, and the answer says whose they are") {
  Plan plan({fault(R"({ "kind": "slow_disk", "factor": 3 })"), fault(R"({ "kind": "failed_sync" })"),
             fault(R"({ "kind": "io_error", "errno": "ENODEV", "when": { "op": "sync" } })"),
             fault(R"({ "kind": "lost_sync", "when": { "nth": 9 } })")},
            1);
  const auto answer = plan.on(operation(Verb::sync));
  REQUIRE(answer);
  REQUIRE(answer->effect == Effect{.os_error = EIO, .reach = Reach::nothing, .slowdown = 3});
  REQUIRE(answer->fired == std::vector<std::uint32_t>{0, 1, 2});
  REQUIRE(answer->failed_by == 1U);
  REQUIRE(answer->slowed_by == std::vector<std::uint32_t>{0});
}

// A kind that the catalogue does not know.
struct HalfWritten {
  static constexpr std::string_view kName = "half_written";
  static constexpr std::string_view kAbout = "a write of which the first half lasts";
  static constexpr Facts kFacts{};
  static constexpr Targets kTargets{.usual = {Verb::write}, .possible = {Verb::write}};
  Trigger when;
  std::optional<Effect> on(const Op& op, const Firing&) const {
    return Effect{.lasting = std::vector{ByteRange{0, op.bytes / 2}}};
  }
  template <class Visitor>
  void fields(Visitor& v) {
    v("when", when, "Which writes.");
  }
};

TEST_CASE("any struct that is a kind makes a fault, from outside the catalogue too") {
  Plan plan({Fault(HalfWritten{})}, 1);
  REQUIRE_FALSE(plan.on(operation(Verb::sync)));
  REQUIRE(plan.on(write_of(0, 100))->effect.lasting == std::vector{ByteRange{0, 50}});
  REQUIRE(plan.receipts()[0].label == "half_written 1");
}

TEST_CASE("a receipt counts what its fault looked at and what it hit, and when") {
  Plan plan({fault(R"({ "kind": "failed_sync", "when": { "path": "*.wal", "every": 2 } })")}, 1);
  for (std::uint64_t n = 1; n <= 40; ++n) (void)plan.on(numbered(Verb::sync, n, at(seconds(n))));
  (void)plan.on(operation(Verb::read));
  const Receipt& receipt = plan.receipts()[0];
  REQUIRE(receipt.label == "failed_sync 1");
  REQUIRE(receipt.seen_count == 40);
  REQUIRE(receipt.fired_count == 20);
  REQUIRE(receipt.first_fired == at(seconds(2)));
  REQUIRE(receipt.last_fired == at(seconds(40)));
  REQUIRE(receipt.first_ops == std::vector<std::uint64_t>{2, 4, 6, 8, 10, 12, 14, 16});
}

TEST_CASE("a fault that was armed and never fired has a receipt that says so") {
  Plan plan({fault(R"({ "kind": "failed_sync", "when": { "nth": 9 } })")}, 1);
  REQUIRE_FALSE(plan.on(operation(Verb::sync)));
  REQUIRE(plan.receipts().size() == 1);
  REQUIRE(plan.receipts()[0].seen_count == 1);
  REQUIRE(plan.receipts()[0].fired_count == 0);
  REQUIRE_FALSE(plan.receipts()[0].first_fired);
}

TEST_CASE("what was felt goes to the fault whose errno it was and to those that took time") {
  Plan plan({fault(R"({ "kind": "io_error", "when": { "op": "write" } })"),
             fault(R"({ "kind": "io_error", "errno": "ENODEV", "when": { "op": "write" } })"),
             fault(R"({ "kind": "slow_disk", "delay": "2ms", "when": { "op": "write" } })")},
            1);
  const Op op = write_of(0, 512);
  const auto answer = plan.on(op);
  REQUIRE(answer);
  plan.felt(*answer, op, milliseconds(2));
  const auto& [first, second, slow] = std::tie(plan.receipts()[0], plan.receipts()[1], plan.receipts()[2]);
  REQUIRE(first.felt_error_count == 1);
  REQUIRE(second.felt_error_count == 0);
  REQUIRE(first.felt_wait == milliseconds(0));
  REQUIRE(slow.felt_wait == milliseconds(2));
  REQUIRE(second.felt_bytes == 512);
}

TEST_CASE("faults are told apart by kind and name, or by kind and which of it they are") {
  const std::vector<Fault> faults{fault(kTear), fault(kStall),
                                  fault(R"({ "kind": "torn_write", "name": "tail" })"), fault(kTear)};
  REQUIRE(labels(faults) ==
          std::vector<std::string>{"torn_write 1", "stall 1", "torn_write tail", "torn_write 3"});
  REQUIRE(name_flaws(faults).empty());
}

TEST_CASE("a name that stands twice, a number and an empty name are refused as names") {
  const Fault tail = fault(R"({ "kind": "torn_write", "name": "tail" })");
  REQUIRE(name_flaws(std::vector{tail, tail}) ==
          std::vector<Flaw>{{"1/name", R"(the name "tail" is taken)", "fault 0 has it"}});
  const Fault two = fault(R"({ "kind": "torn_write", "name": "2" })");
  REQUIRE(name_flaws(std::vector{two}) == std::vector<Flaw>{{"0/name", R"("2" is no name)", "use a word"}});
  REQUIRE(name_flaws(std::vector{fault(R"({ "kind": "torn_write", "name": "" })")}).size() == 1);
}

// Which of the syncs 1 to 6 the second fault hits, the first of which is a failed sync named "first".
std::vector<std::uint64_t> hits_after(std::string_view first, std::string_view second) {
  Plan plan({fault(first), fault(second)}, 1);
  std::vector<std::uint64_t> hit;
  for (std::uint64_t n = 1; n <= 6; ++n) {
    const auto answer = plan.on(numbered(Verb::sync, n));
    if (answer && answer->fired.back() == 1) hit.push_back(n);
  }
  return hit;
}

TEST_CASE("a fault that waits for another one strikes from the next operation on") {
  constexpr std::string_view kFirst = R"({ "kind": "failed_sync", "name": "first", "when": { "nth": 3 } })";
  using Numbers = std::vector<std::uint64_t>;
  REQUIRE(hits_after(kFirst, R"({ "kind": "lost_sync", "when": { "after": "first" } })") == Numbers{4, 5, 6});
  REQUIRE(hits_after(kFirst, R"({ "kind": "lost_sync", "when": { "after": "first", "max": 1 } })") ==
          Numbers{4});
  REQUIRE(hits_after(kFirst, R"({ "kind": "lost_sync", "when": { "after": "other" } })").empty());
}

TEST_CASE("a fault that waits for a mark strikes once the workload has come to it") {
  Plan plan({fault(R"({ "kind": "lost_sync", "when": { "after": "deleted" } })")}, 1);
  REQUIRE_FALSE(plan.on(numbered(Verb::sync, 1)));
  plan.mark("deleted");
  REQUIRE(plan.on(numbered(Verb::sync, 2)));
}

TEST_CASE("in a world behind a mark those alone are armed that wait for it") {
  Plan plan({fault(R"({ "kind": "lost_sync" })"),
             fault(R"({ "kind": "failed_sync", "when": { "after": "crash" } })")},
            1);
  plan.begin_after("crash");
  REQUIRE(plan.on(numbered(Verb::sync, 1))->fired == std::vector<std::uint32_t>{1});
  REQUIRE(plan.receipts()[0].seen_count == 0);
}

TEST_CASE("faults that wait for ever are refused: for nobody, for themselves, for each other") {
  constexpr std::array<std::string_view, 1> kMarks{"crash"};
  const auto flaws = [&](const std::vector<Fault>& faults) { return after_flaws(faults, kMarks); };
  const auto stall = [](std::string_view name, std::string_view after) {
    return fault(fmt::format(
        R"({{ "kind": "stall", "name": "{}", "for": "1s", "when": {{ "after": "{}" }} }})", name, after));
  };
  REQUIRE(flaws({stall("a", "crash"), stall("b", "a"), fault(kTear)}).empty());
  REQUIRE(flaws({stall("a", "crahs")}) ==
          std::vector<Flaw>{
              {"0/when/after", "no fault and no mark is called \"crahs\"", "did you mean \"crash\"?"}});
  REQUIRE(flaws({stall("a", "a")}).size() == 1);
  REQUIRE(flaws({stall("a", "b"), stall("b", "a")}).size() == 2);
}

TEST_CASE("a receipt says whether its path matched anything, and else which paths went by") {
  Plan plan({fault(R"({ "kind": "lost_sync", "when": { "path": "*.wall" } })"),
             fault(R"({ "kind": "lost_sync", "when": { "path": "*.wal" } })")},
            1);
  static_cast<void>(plan.on(operation(Verb::stat)));
  REQUIRE_FALSE(plan.receipts()[0].has_matched_path);
  REQUIRE(plan.receipts()[0].other_paths.contains("log/1.wal"));
  REQUIRE(plan.receipts()[1].has_matched_path);
  REQUIRE(plan.receipts()[1].other_paths.empty());
}

TEST_CASE("receipts of two worlds add up, and one of them may not have been armed") {
  std::vector<Receipt> sum;
  add_receipts(sum, {{.label = "a 1", .seen_count = 2, .fired_count = 1}});
  add_receipts(sum, {});
  add_receipts(sum, {{.label = "a 1", .seen_count = 3, .fired_count = 2}});
  REQUIRE(sum.size() == 1);
  REQUIRE((sum[0].label == "a 1" && sum[0].seen_count == 5));
  REQUIRE(fired_count(sum) == 3);
}

}  // namespace
}  // namespace wallop::faults
