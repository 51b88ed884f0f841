// SPDX-License-Identifier: Apache-2.0
// The parts of a scenario that have a syntax of their own.
#include "scenarios/run/scenario.h"

namespace wallop::scenarios {

void Version::read_json(const base::json::Value& from, Version& /*into*/, base::Reading& reading) {
  std::uint64_t number = kScenarioVersion;
  base::read(from, number, reading);
  if (number == kScenarioVersion) return;
  reading.problem(from.place(), "version " + std::to_string(number) + " is not known",
                  "version " + std::to_string(kScenarioVersion) + " is");
}

base::json::Value Version::print_json(const Version& /*version*/) {
  return base::json::Value(std::uint64_t{kScenarioVersion});
}

base::json::Value Version::schema_json() {
  return base::json::Value().set("const", std::uint64_t{kScenarioVersion});
}

void Oracles::read_json(const base::json::Value& from, Oracles& into, base::Reading& reading) {
  const auto* word = from.get<std::string>();
  if (word == nullptr && from.get<base::json::Array>() == nullptr) {
    return reading.mismatch(from, "\"all\" or a list of oracles");
  }
  if (word == nullptr) return base::read(from, into.names, reading);
  if (*word != "all")
    reading.problem(from.place(), "unknown value \"" + *word + "\"", "write \"all\" or a list of oracles");
  into.names.reset();
}

base::json::Value Oracles::print_json(const Oracles& oracles) {
  return oracles.names ? base::print(*oracles.names) : base::json::Value("all");
}

base::json::Value Oracles::schema_json() {
  base::json::Value forms;
  forms.push(base::json::Value().set("const", "all")).push(base::schema<std::vector<std::string>>());
  return base::json::Value().set("anyOf", std::move(forms));
}

std::vector<std::uint64_t> Scenario::seeds() const {
  if (seed_list && !seed_list->empty()) return *seed_list;
  return {seed.value_or(1)};
}

base::json::Value scenario_schema() {
  base::json::Value document = base::json::Value()
                                   .set("$schema", "https://json-schema.org/draft/2020-12/schema")
                                   .set("title", "A Wallop scenario, version 1");
  const base::json::Value body = base::schema<Scenario>();
  for (const base::json::Member& member : *body.get<base::json::Object>())
    document.set(member.key, member.value);
  return document;
}

}  // namespace wallop::scenarios
