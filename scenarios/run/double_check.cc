// SPDX-License-Identifier: Apache-2.0
// Entries are compared by what the journal's hash is made of, and shown as the journal describes them.
#include "scenarios/run/double_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"

namespace wallop::scenarios {
namespace {

std::string form(sim::World& world, const sim::Entry& entry) {
  return fmt::format("\"{}\" by {} at {}", sim::describe(entry), world.scheduler().name(entry.fibre),
                     base::to_text(entry.at.time_since_epoch()));
}

// Entry `number`, counted from 1, or that there is none.
std::string form_of(sim::World& world, std::uint64_t number) {
  const sim::Journal& journal = world.journal();
  if (number > journal.count()) return "nothing: the journal ends there";
  return form(world, journal.entry(number - 1));
}

}  // namespace

std::string first_difference(sim::World& one, sim::World& other) {
  const sim::Journal& a = one.journal();
  const sim::Journal& b = other.journal();
  if (a.hash() == b.hash() && a.count() == b.count()) return "";
  std::uint64_t at = std::max(a.first(), b.first());
  const std::uint64_t end = std::min(a.count(), b.count());
  while (at < end && sim::hash_of(a.entry(at)) == sim::hash_of(b.entry(at))) ++at;
  if (at == std::max(a.first(), b.first()) && at > 0)
    return fmt::format("the journals differ before entry {}, which is the first one that is kept", at + 1);
  std::string first = form_of(one, at + 1);
  std::string again = form_of(other, at + 1);
  const std::string_view bytes = first == again ? " (what it carries differs)" : "";
  return fmt::format("entry {} was {}, and run again it was {}{}", base::with_commas(at + 1), first, again,
                     bytes);
}

std::string first_difference(const Worlds& one, const Worlds& other) {
  for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
    const std::string difference = first_difference(*one[i], *other[i]);
    if (!difference.empty()) return i == 0 ? difference : fmt::format("recovery {}: {}", i, difference);
  }
  if (one.size() == other.size()) return "";
  return fmt::format("{} recoveries, and run again {}", one.size() - 1, other.size() - 1);
}

}  // namespace wallop::scenarios
