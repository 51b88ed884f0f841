// SPDX-License-Identifier: Apache-2.0
// Markdown of what `wallop explain` knows.
#include "cli/explain_markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace wallop::cli {
namespace {

// A pipe would end the cell.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

std::string capital(std::string_view text) {
  std::string result(text);
  if (!result.empty())
    result.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(result.front())));
  return result;
}

const Fact* fact_of(const Entry& entry, std::string_view label) {
  const auto found = std::ranges::find(entry.facts, label, &Fact::label);
  return found == entry.facts.end() ? nullptr : &*found;
}

std::string keys_of(const Entry& entry) {
  std::string rows;
  for (const Fact& fact : entry.facts) {
    if (fact.role == Role::key)
      rows +=
          fmt::format("| `{}` | {} |\n", fact.label.substr(std::string_view("key ").size()), cell(fact.text));
  }
  return rows.empty() ? "" : "| key | meaning |\n|---|---|\n" + rows + "\n";
}

std::string section(const Entry& entry) {
  std::string text = fmt::format("### `{}`\n{}.\n\n", entry.id, capital(entry.headline));
  for (const Fact& fact : entry.facts) {
    if (fact.role == Role::sentence) text += fmt::format("- **{}**: {}\n", fact.label, fact.text);
  }
  for (const Fact& fact : entry.facts) {
    if (fact.role == Role::example) text += fmt::format("\n```json\n{}\n```\n", fact.text);
  }
  return text + "\n" + keys_of(entry);
}

// What is allowed stands beside each, where entries say: the atlas of what may be lost.
std::string table(std::span<const Entry* const> entries) {
  const bool has_atlas = std::ranges::any_of(entries, [](const Entry* e) { return fact_of(*e, "allows"); });
  std::string text = has_atlas ? "| name | what | allows |\n|---|---|---|\n" : "| name | what |\n|---|---|\n";
  for (const Entry* entry : entries) {
    const Fact* const allows = fact_of(*entry, "allows");
    text += fmt::format("| `{}` | {} |", entry->id, cell(entry->headline));
    text += has_atlas ? fmt::format(" {} |\n", allows == nullptr ? "" : cell(allows->text)) : "\n";
  }
  return text + "\n";
}

}  // namespace

std::string explain_markdown(std::span<const Entry* const> entries, std::string_view command) {
  std::string text = fmt::format("<!-- Made by `{}`; do not edit. -->\n", command);
  while (!entries.empty()) {
    const auto end = std::ranges::find_if(
        entries, [&](const Entry* entry) { return entry->kind != entries.front()->kind; });
    const auto count = static_cast<std::size_t>(end - entries.begin());
    text += fmt::format("# {}s\n\n", capital(entries.front()->kind));
    if (count > 1) text += table(entries.first(count));
    for (const Entry* entry : entries.first(count)) text += section(*entry);
    entries = entries.subspan(count);
  }
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

}  // namespace wallop::cli
