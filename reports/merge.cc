// SPDX-License-Identifier: Apache-2.0
// Joining two results.
#include "reports/merge.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace wallop::reports {
namespace {

// Both, unless one is empty or they are equal.
std::string joined(std::string first, std::string_view separator, const std::string& second) {
  if (first.empty()) return second;
  if (second.empty() || first == second) return first;
  return std::move(first) + std::string(separator) + second;
}

void add_facts(std::vector<Fact>& facts, std::vector<Fact> later) {
  for (Fact& fact : later) {
    const auto known =
        std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.name == fact.name; });
    if (known == facts.end()) {
      facts.push_back(std::move(fact));
    } else {
      known->value = std::move(fact.value);
    }
  }
}

// RFC 3339 in UTC sorts as text; "" is unknown.
std::string earlier(std::string first, std::string second) {
  if (first.empty() || second.empty()) return first.empty() ? std::move(second) : std::move(first);
  return std::min(first, second);
}

}  // namespace

Result merge(Result first, Result second) {
  Result whole = std::move(first);
  whole.wallop_version = joined(std::move(whole.wallop_version), " and ", second.wallop_version);
  whole.commit = joined(std::move(whole.commit), " and ", second.commit);
  whole.compiler = joined(std::move(whole.compiler), " and ", second.compiler);
  whole.command = joined(std::move(whole.command), "\n", second.command);
  whole.started = earlier(std::move(whole.started), std::move(second.started));
  whole.wall_time += second.wall_time;
  std::move(second.scenarios.begin(), second.scenarios.end(), std::back_inserter(whole.scenarios));
  if (second.checklist) whole.checklist = std::move(second.checklist);
  add_facts(whole.environment, std::move(second.environment));
  return whole;
}

}  // namespace wallop::reports
