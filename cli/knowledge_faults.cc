// SPDX-License-Identifier: Apache-2.0
// What the catalogue of faults/ knows, as entries: all of it follows from each kind's facts and list of
// fields.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/fields.h"
#include "cli/knowledge.h"
#include "faults/catalogue.h"
#include "faults/trigger.h"

namespace wallop::cli {
namespace {

using base::json::Array;
using base::json::Member;
using base::json::Object;
using base::json::Value;

constexpr std::size_t kNamesMax = 20;  // More would hide the sentence behind them.

Value without_description(const Value& schema) {
  Value bare{Object{}};
  for (const Member& member : *schema.get<Object>()) {
    if (member.key != "description") bare.set(member.key, member.value);
  }
  return bare;
}

std::string names_in(const Array& names) {
  std::vector<std::string> texts;
  for (const Value& name : names) {
    if (const auto* text = name.get<std::string>()) texts.push_back(*text);
  }
  const bool is_long = texts.size() > kNamesMax;
  if (is_long) texts.resize(kNamesMax);
  return fmt::format("{}{}", fmt::join(texts, " "), is_long ? " ..." : "");
}

// The unit of a value, from its schema: "duration", "chance"; "" for what has a syntax of its own.
std::string unit_of(const Value& schema) {
  const Value bare = without_description(schema);
  if (bare == base::schema<base::Duration>()) return "duration";
  if (bare == base::schema<base::ByteCount>()) return "size";
  if (bare == base::schema<base::Ratio>()) return "chance";
  if (bare == base::schema<base::Rate>()) return "rate";
  if (const Value* const names = bare.find("enum")) return names_in(*names->get<Array>());
  if (const Value* const keys = bare.find("properties")) {
    std::vector<std::string> members;
    for (const Member& key : *keys->get<Object>()) members.push_back(fmt::format("\"{}\"", key.key));
    return fmt::format("{{ {} }}", fmt::join(members, ", "));
  }
  const Value* const type = bare.find("type");
  const auto* const name = type == nullptr ? nullptr : type->get<std::string>();
  if (name == nullptr) return "";
  if (*name == "integer") return "whole number";
  return *name == "string" ? "text" : *name;
}

// One value or a list of them has two forms, the one and the list (faults/one_or_many.h).
std::string unit_in_words(const Value& schema) {
  if (const Value* const items = schema.find("items")) return "list of: " + unit_of(*items);
  const Value* const forms = schema.find("anyOf");
  if (forms == nullptr) return unit_of(schema);
  return unit_of(forms->get<Array>()->front()) + ", or a list";
}

bool is_required(const Value& schema, std::string_view key) {
  const Value* const required = schema.find("required");
  return required != nullptr && std::ranges::count(*required->get<Array>(), Value(key)) > 0;
}

// Each key besides those that every fault has: its unit, and what it says.
void add_keys(Entry& entry, const Value& schema) {
  for (const Member& key : *schema.find("properties")->get<Object>()) {
    const Value* const about = key.value.find("description");
    if (key.key == "kind" || key.key == "name" || about == nullptr) continue;
    const std::string unit = key.key == "when" ? "trigger" : unit_in_words(key.value);
    const std::string need = is_required(schema, key.key) ? "required; " : "";
    entry.facts.push_back(
        {"key " + key.key, fmt::format("({}{}) {}", need, unit, *about->get<std::string>()), Role::key});
  }
}

std::string names_of(faults::VerbSet verbs) {
  std::vector<std::string_view> names;
  for (const auto& entry : enum_names(faults::Verb{})) {
    if (verbs.has(entry.value)) names.push_back(entry.name);
  }
  if (names.size() == faults::kVerbCount) return "every operation";
  return fmt::format("{}", fmt::join(names, " "));
}

std::string hits(const faults::Targets& targets) {
  const std::string possible = names_of(targets.possible);
  if (targets.usual.empty()) return fmt::format("what \"op\" names: of {}", possible);
  const std::string usual = names_of(targets.usual);
  return usual == possible ? usual : fmt::format("{}; with \"op\" any of {}", usual, possible);
}

}  // namespace

void add_faults(std::vector<Entry>& entries) {
  for (const faults::KindInfo& kind : faults::kinds()) {
    Entry entry{std::string(kind.name), "fault", std::string(kind.about), {}};
    entry.facts = {{"what", std::string(kind.facts.what)},
                   {"seen in", std::string(kind.facts.seen_in)},
                   {"hits", hits(kind.targets)},
                   {"allows", std::string(in_words(kind.allows))},
                   {"say", std::string(kind.facts.example), Role::example},
                   {"kin", std::string(kind.facts.kin)}};
    add_keys(entry, kind.schema());
    entries.push_back(std::move(entry));
  }
}

void add_triggers(std::vector<Entry>& entries) {
  Entry entry{"when", "trigger", "when a fault strikes; all keys that are given must hold", {}};
  entry.facts = {
      {"what",
       "\"op\" and \"path\" say which operations are looked at, the others which of those are hit. "
       "Numbers count the operations of a verb, whether or not the path matches."},
      {"say", R"("when": { "path": "*.wal", "op": "sync", "nth": 3 })", Role::example}};
  add_keys(entry, base::schema<faults::Trigger>());
  entries.push_back(std::move(entry));
}

}  // namespace wallop::cli
