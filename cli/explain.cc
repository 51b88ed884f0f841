// SPDX-License-Identifier: Apache-2.0
// wallop explain: what a name means, and how to write it.
#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/explain_markdown.h"
#include "cli/json_lines.h"
#include "cli/knowledge.h"
#include "cli/lines.h"

namespace wallop::cli {
namespace {

using base::json::Value;

constexpr std::uint64_t kExplainVersion = 1;
constexpr std::size_t kLineLetters = 110;

// Breaks at blanks; later lines are indented by `indent`.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    if (column > indent && column + 1 + word.size() > kLineLetters) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  return result;
}

void tell(Console& console, const Entry& entry) {
  console.say(fmt::format("{}   {}: {}", entry.id, entry.kind, entry.headline));
  std::size_t width = 0;
  for (const Fact& fact : entry.facts) width = std::max(width, fact.label.size());
  for (const Fact& fact : entry.facts)
    console.say(fmt::format("  {}  {}", padded(fact.label, width), wrapped(fact.text, width + 4)));
}

Value with_entry(Value object, const Entry& entry) {
  Value facts{base::json::Array{}};
  for (const Fact& fact : entry.facts) facts.push(Value().set("label", fact.label).set("text", fact.text));
  return object.set("id", entry.id)
      .set("kind", entry.kind)
      .set("headline", entry.headline)
      .set("facts", std::move(facts));
}

void tell_in_json(Console& console, const Session& session, const std::vector<const Entry*>& entries) {
  Value list{base::json::Array{}};
  console.row(start_row(session.command));
  for (const Entry* entry : entries) {
    console.row(with_entry(Value().set("type", "explanation"), *entry));
    list.push(with_entry(Value(), *entry));
  }
  const Value document = Value().set("version", kExplainVersion).set("entries", std::move(list));
  console.document(base::json::to_text(document, base::json::Layout::indented));
}

// Every name with its half line, under its kind.
void list_all(Console& console, const std::vector<Entry>& entries) {
  std::size_t width = 0;
  for (const Entry& entry : entries) width = std::max(width, entry.id.size());
  std::string_view kind;
  for (const Entry& entry : entries) {
    if (entry.kind != kind) console.say(fmt::format("{}{}s", kind.empty() ? "" : "\n", entry.kind));
    kind = entry.kind;
    console.say(fmt::format("  {}  {}", padded(entry.id, width), wrapped(entry.headline, width + 4)));
  }
}

std::string unknown(const std::vector<Entry>& entries, const std::string& id) {
  std::vector<std::string_view> known;
  for (const Entry& entry : entries) known.push_back(entry.id);
  std::string hint = base::did_you_mean(id, known);
  if (hint.empty()) hint = "`wallop explain` lists them all";
  return fmt::format("wallop explain: nothing is called \"{}\"  {}", id, hint);
}

}  // namespace

Exit explain(const ExplainRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  const std::vector<Entry> entries = all_entries();
  std::vector<const Entry*> wanted;
  Exit exit = Exit::passed;
  for (const std::string& id : request.ids) {
    const std::vector<const Entry*> found = find_entries(entries, id);
    wanted.insert(wanted.end(), found.begin(), found.end());
    if (!found.empty()) continue;
    console.complain(unknown(entries, id));
    exit = Exit::usage;
  }
  if (request.markdown) {
    if (wanted.empty() && exit == Exit::passed) {
      for (const Entry& entry : entries) wanted.push_back(&entry);
    }
    session.output.data(explain_markdown(wanted, session.command));
    return exit;
  }
  if (request.ids.empty()) {
    list_all(console, entries);
    for (const Entry& entry : entries) wanted.push_back(&entry);
  } else {
    for (const Entry* entry : wanted) tell(console, *entry);
  }
  tell_in_json(console, session, wanted);
  return exit;
}

}  // namespace wallop::cli
