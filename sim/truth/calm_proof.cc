// SPDX-License-Identifier: Apache-2.0
// The same calls in worlds that differ in nothing but faults that never match.
#include "sim/truth/calm_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/choices.h"
#include "base/ensure.h"
#include "base/json.h"
#include "faults/catalogue.h"
#include "sim/truth/random_calls.h"
#include "sim/world.h"

namespace wallop::sim {
namespace {

using base::json::Member;
using base::json::Object;
using base::json::Value;

constexpr std::string_view kUnusedPath = "nobody/uses/this";

// The object without one member.
Value without(const Value& from, std::string_view key) {
  Object left;
  for (const Member& member : *from.get<Object>()) {
    if (member.key != key) left.push_back(member);
  }
  return left;
}

// The example of a kind, on another path.
faults::Fault elsewhere(std::string_view example) {
  const Value given = *base::json::parse(example);
  const Value* when = given.find("when");
  Value moved = when == nullptr ? Value(Object{}) : without(*when, "path");
  moved.set("path", kUnusedPath);
  const Value whole = without(given, "when").set("when", std::move(moved));
  faults::Fault fault;
  base::json::Problems problems;
  base::Reading reading(problems);
  base::read(whole, fault, reading);
  base::ensure(problems.empty(), "the example of a kind of fault is legal on any path");
  return fault;
}

// All that a run leaves behind.
struct Trail {
  std::uint64_t journal_hash = 0, entry_count = 0, disk_hash = 0;
  io::Instant end;
  std::vector<std::string> outcomes;
  std::uint64_t drawing_count = 0;  // Operations for which a fault could have drawn.

  [[nodiscard]] bool is_like(const Trail& other) const {
    return journal_hash == other.journal_hash && entry_count == other.entry_count &&
           disk_hash == other.disk_hash && end == other.end && outcomes == other.outcomes;
  }
};

struct CalmCase {
  std::string_view model, disk;
  std::uint64_t seed = 0;
  std::vector<Step> steps;
};

Trail run(const CalmCase& calm, faults::Plan plan) {
  World world({.model = find_model(calm.model),
               .disk = find_disk(calm.disk),
               .seed = calm.seed,
               .plan = std::move(plan)});
  Trail trail;
  world.run([&] {
    Player player(world.io().files);
    for (const Step& step : calm.steps) trail.outcomes.push_back(player.play(step));
  });
  trail.journal_hash = world.journal().hash();
  trail.entry_count = world.journal().count();
  trail.disk_hash = world.visible().hash_with_extents();
  trail.end = world.scheduler().now();
  for (const faults::Receipt& receipt : world.plan().receipts()) trail.drawing_count += receipt.seen_count;
  return trail;
}

std::string describe(const CalmCase& calm, std::string_view what) {
  std::string text = fmt::format("{} on {}, seed {}: {}\n", calm.model, calm.disk, calm.seed, what);
  for (const Step& step : calm.steps) text += fmt::format("  {}\n", describe(step));
  return text;
}

struct CalmTally {
  std::uint64_t run_count = 0, entry_count = 0, drawing_count = 0;
};

std::string journals_differ(const Trail& one, const Trail& other, std::string_view of_other) {
  return fmt::format("journals differ: {:016x} of {} entries without faults, {:016x} of {} {}",
                     one.journal_hash, one.entry_count, other.journal_hash, other.entry_count, of_other);
}

// The first plan of the process arms its failure points.
std::optional<std::string> difference(const CalmCase& calm, const MakePlan& make_plan, CalmTally& tally) {
  const Trail without_plan = run(calm, {});
  const Trail with_plan = run(calm, make_plan(calm.seed));
  const Trail armed = run(calm, {});
  tally.run_count += 3;
  tally.entry_count += without_plan.entry_count;
  tally.drawing_count += with_plan.drawing_count;
  if (with_plan.drawing_count != 0)
    return fmt::format("{} operations met a fault that must not match any", with_plan.drawing_count);
  if (!with_plan.is_like(without_plan))
    return journals_differ(without_plan, with_plan, "with faults that never match");
  if (!armed.is_like(without_plan))
    return journals_differ(without_plan, armed, "without faults, once failure points are armed");
  return std::nullopt;
}

}  // namespace

faults::Plan plan_that_never_fires(std::uint64_t seed) {
  std::vector<faults::Fault> faults;
  for (const faults::KindInfo& kind : faults::kinds()) faults.push_back(elsewhere(kind.facts.example));
  return faults::Plan(std::move(faults), seed);
}

Finding prove_calm(const ProofRequest& request, const MakePlan& make_plan) {
  const rc::Gen<std::vector<Step>> generator = any_steps();
  base::Seeded draws(request.seed);
  CalmTally tally;
  std::optional<std::string> failure;
  for (std::uint64_t i = 0; !failure && (i < request.cases_min || request.goes_on()); ++i) {
    const std::uint64_t seed = draws.bits(base::site_number("calm_proof"), i);
    const rc::Shrinkable<std::vector<Step>> steps = generator(rc::Random(seed), kRapidcheckSize);
    CalmCase calm{model_names()[i % model_names().size()], disk_names()[i % disk_names().size()], seed,
                  steps.value()};
    failure = difference(calm, make_plan, tally);
    if (!failure) continue;
    const auto differs = [&](const std::vector<Step>& fewer) {
      CalmTally ignored;
      return difference({calm.model, calm.disk, calm.seed, fewer}, make_plan, ignored).has_value();
    };
    calm.steps = rc::shrinkable::findLocalMin(steps, differs).first;
    failure = describe(calm, *failure);
  }
  return {{{"runs, a third of them with faults that never match", tally.run_count},
           {"journal entries alike", tally.entry_count},
           {"operations for which a fault could draw", tally.drawing_count}},
          std::move(failure)};
}

}  // namespace wallop::sim
