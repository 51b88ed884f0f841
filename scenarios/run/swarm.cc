// SPDX-License-Identifier: Apache-2.0
// Drawing a swarm.
#include "scenarios/run/swarm.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/choices.h"
#include "base/ensure.h"
#include "scenarios/run/scenario.h"

namespace wallop::scenarios {
namespace {

using base::json::Member;
using base::json::Object;
using base::json::Value;

// A trigger with none of these would strike every time.
constexpr std::array<std::string_view, 6> kSaysWhen{"nth", "every", "from", "count", "chance", "at"};

bool says_when(const Value& trigger) {
  return std::ranges::any_of(kSaysWhen, [&](std::string_view key) { return trigger.find(key) != nullptr; });
}

faults::Fault with_chance(const faults::Fault& fault, base::Ratio rate) {
  const Value printed = base::print(fault);
  const Value* const trigger = printed.find("when");
  if (trigger == nullptr || says_when(*trigger)) return fault;
  Value when = *trigger, drawn{Object{}};
  when.set("chance", base::to_text(rate));
  for (const Member& member : *printed.get<Object>())
    drawn.set(member.key, member.key == "when" ? when : member.value);
  faults::Fault result;
  base::json::Problems problems;
  base::Reading reading(problems);
  faults::Fault::read_json(drawn, result, reading);
  base::ensure(problems.empty(), "a fault that strikes every time may strike by chance");
  return result;
}

std::vector<faults::Fault> all_of(const std::vector<faults::Fault>& plain, const Swarm& swarm) {
  std::vector<faults::Fault> all = plain;
  all.insert(all.end(), swarm.faults.begin(), swarm.faults.end());
  return all;
}

}  // namespace

std::vector<faults::Flaw> swarm_flaws(const Swarm& swarm, const std::vector<faults::Fault>& plain) {
  std::vector<faults::Flaw> flaws;
  if (swarm.faults.empty())
    flaws.push_back({"swarm/faults", "an empty list has nothing to draw", "name a fault"});
  if (swarm.rates.empty())
    flaws.push_back({"swarm/rates", "an empty list has nothing to draw", R"(write ["1/1000", "1/100"])"});
  for (std::size_t i = 0; i < swarm.rates.size(); ++i) {
    if (swarm.rates[i].numerator == 0)
      flaws.push_back({fmt::format("swarm/rates/{}", i), "a chance of 0 never comes true", "leave it out"});
  }
  if (swarm.on.numerator == 0) flaws.push_back({"swarm/on", "no kind is ever there", R"(write "1/2")"});
  const std::vector<faults::Fault> all = all_of(plain, swarm);
  for (faults::Flaw& flaw : faults::name_flaws(all)) {
    std::size_t place = 0;
    for (const char c : flaw.key.substr(0, flaw.key.find('/')))
      place = place * 10 + static_cast<std::size_t>(c - '0');
    if (place < plain.size()) continue;  // Told of the plain ones.
    flaw.key = fmt::format("swarm/faults/{}/name", place - plain.size());
    flaws.push_back(std::move(flaw));
  }
  return flaws;
}

Scenario with_swarm_drawn(Scenario scenario, std::uint64_t seed) {
  if (!scenario.swarm) return scenario;
  const Swarm swarm = std::exchange(scenario.swarm, std::nullopt).value();
  const std::vector<std::string> labels = faults::labels(all_of(scenario.faults, swarm));
  const std::size_t first = scenario.faults.size();
  base::Seeded draws(base::Seeded(seed).bits(base::site_number("run.swarm"), 0));
  scenario.drawn_from = swarm.faults.size();
  scenario.drawn_begin = first;
  for (std::size_t i = 0; i < swarm.faults.size(); ++i) {
    const faults::Fault& fault = swarm.faults[i];
    if (!draws.chance(swarm.on.numerator, swarm.on.denominator, base::site_number(fault.kind()), 0)) continue;
    const std::uint64_t rate = draws.below(swarm.rates.size(), base::site_number(labels[first + i]), 1);
    scenario.faults.push_back(with_chance(fault, swarm.rates[rate]));
  }
  return scenario;
}

}  // namespace wallop::scenarios
