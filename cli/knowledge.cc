// SPDX-License-Identifier: Apache-2.0
// The catalogues of all rooms as entries.
#include "cli/knowledge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/fields.h"
#include "checklist/check.h"
#include "scenarios/run/engine.h"
#include "scenarios/run/metric.h"
#include "scenarios/run/oracle.h"
#include "scenarios/run/runner.h"
#include "sim/device_spec.h"
#include "sim/model.h"

namespace wallop::cli {
namespace {

using base::json::Member;
using base::json::Object;
using base::json::Value;

std::string text_of(const Value& value) {
  const auto* text = value.get<std::string>();
  return text != nullptr ? *text : base::json::to_text(value, base::json::Layout::compact);
}

std::string member_text(const Value& object, std::string_view key) {
  const Value* value = object.find(key);
  return value == nullptr ? "" : text_of(*value);
}

std::string_view example_value(const scenarios::Metric& metric) {
  switch (metric.unit) {
    case scenarios::MetricUnit::duration:
      return "5ms";
    case scenarios::MetricUnit::bytes:
      return "4MiB";
    case scenarios::MetricUnit::whole:
      return "1000";
    case scenarios::MetricUnit::decimal:
      return "0.5";
  }
  return "";
}

void add_metrics(std::vector<Entry>& entries) {
  for (const scenarios::Metric& metric : scenarios::metric_catalogue()) {
    const bool is_distribution = metric.shape == scenarios::MetricShape::distribution;
    Entry entry{std::string(metric.id), "metric", std::string(metric.about), {}};
    entry.facts.push_back({"is", is_distribution ? "a distribution of durations" : "a figure"});
    if (is_distribution) {
      entry.facts.push_back({"statistics", fmt::format("{}", fmt::join(scenarios::statistic_names(), " "))});
      entry.facts.push_back({"needs", fmt::format("{} samples for p99, {} for p99.9; else INCONCLUSIVE",
                                                  samples_needed(scenarios::Statistic::p99),
                                                  samples_needed(scenarios::Statistic::p99_9))});
    }
    entry.facts.push_back({"say", fmt::format("\"metrics\": [ \"{}{} < {}\" ]", metric.id,
                                              is_distribution ? ".p99" : "", example_value(metric))});
    entries.push_back(std::move(entry));
  }
}

struct OracleText {
  std::string_view name, headline, what, fails;
};

constexpr OracleText kOracles[] = {
    {"deadlock", "somebody can always go on",
     "The run ends when no thread can run and none waits for time; the report says of each what it waits "
     "for, "
     "and its last call.",
     "two locks are taken in both orders; a notification comes before its wait"},
    {"durable", "everything acknowledged is there",
     "Each record whose append returned under a policy that promises durability, or that a sync covered, is "
     "read back "
     "after recovery.",
     "the log acknowledges before its sync has returned; a directory is never synced; a failed sync is tried "
     "again"},
    {"intact", "keys and values are as they were written",
     "Each record that recovery yields is compared with what its writer wrote: bytes are a function of seed, "
     "writer and "
     "sequence.",
     "a torn frame passes its checksum; a buffer is reused while it is written"},
    {"livelock", "something comes of what runs",
     "The run ends after so many steps in which nothing is journalled, nobody sleeps towards anything, and "
     "time goes by through spinning alone.",
     "threads spin for each other; a retry that can never succeed"},
    {"opens", "recovery succeeds, or says what is lost",
     "The engine opens on every disk that a crash may leave. Only where a fault lied about durability may it "
     "refuse, "
     "and then it must name the range that is gone.",
     "a torn tail is taken for damage; recovery itself leaves a disk that it cannot open"},
    {"prefix", "what is found is a prefix, without a hole",
     "Records found are the first k, each once and in order for each writer, and none that nobody issued.",
     "a later record lasts while an earlier one is lost; a recycled segment shows old records"},
    {"step_bound", "the run comes to an end",
     "The run ends after \"steps_max\" scheduling points, waits and looks at the clock.",
     "an endless loop that goes on making calls; a bound too low"},
};

void add_oracles(std::vector<Entry>& entries) {
  for (const std::string_view name : scenarios::known().oracles) {
    Entry entry{std::string(name), "oracle", "", {}};
    const auto* const text = std::ranges::find(kOracles, name, &OracleText::name);
    if (text != std::end(kOracles)) {
      entry.headline = text->headline;
      entry.facts = {{"what", std::string(text->what)}, {"fails when", std::string(text->fails)}};
    }
    entry.facts.push_back({"say", scenarios::is_ending(name)
                                      ? fmt::format("\"verdict\": \"fail\", \"oracle\": \"{}\"", name)
                                      : fmt::format("\"oracles\": [ \"{}\" ]", name)});
    entries.push_back(std::move(entry));
  }
}

void add_checks(std::vector<Entry>& entries) {
  for (const checklist::Check& check : checklist::check_catalogue()) {
    Entry entry{std::string(check.id), "check", std::string(check.about), {}};
    const bool is_measured = check.from != checklist::Measurement::none;
    entry.facts.push_back({is_measured ? "how" : "not here", std::string(check.how)});
    if (!check.remedy.empty()) entry.facts.push_back({"mend", std::string(check.remedy)});
    if (!check.metric.empty()) entry.facts.push_back({"metric", std::string(check.metric)});
    entry.facts.push_back({"say", fmt::format("wallop check --dir DIR --only {}", check.id)});
    entries.push_back(std::move(entry));
  }
}

// "The least that POSIX lets a program count on" of a longer text.
std::string opening(const std::string& text) {
  // A point within "6.18" ends nothing.
  std::string sentence = text.substr(0, std::min(text.find(". "), text.find(": ")));
  if (sentence.ends_with('.')) sentence.pop_back();
  return sentence;
}

// A spec's "about" is the headline; each value stands with its source.
void add_models(std::vector<Entry>& entries) {
  for (const std::string_view name : sim::model_names()) {
    const Value spec = base::print(*sim::find_model(name));
    Entry entry{std::string(name), "model", opening(member_text(spec, "about")), {}};
    entry.facts.push_back({"what", member_text(spec, "about")});
    for (const Member& member : *spec.get<Object>()) {
      if (member.value.find("value") == nullptr) continue;
      entry.facts.push_back({member.key, fmt::format("{}. {}", member_text(member.value, "value"),
                                                     member_text(member.value, "source"))});
    }
    entry.facts.push_back({"say", fmt::format(R"("world": {{ "model": "{}" }})", name)});
    entries.push_back(std::move(entry));
  }
}

// A figure that says: no such limit, no such cost.
bool is_none(std::string_view text) {
  return text == "0" || text == "0B" || text == "0s" || text == "[]";
}

// "p50 80us, p99 190us, 3GB/s"; "" where a disk has nothing of the kind.
std::string figures_of(const Value& part) {
  std::vector<std::string> figures;
  const Value* latency = part.find("latency");
  if (latency != nullptr) {
    for (const Member& quantile : *latency->get<Object>())
      figures.push_back(quantile.key + " " + text_of(quantile.value));
  }
  for (const Member& member : *part.get<Object>()) {
    if (member.key == "latency" || member.key == "source" || is_none(text_of(member.value))) continue;
    const auto bytes = base::parse_bytes(text_of(member.value));
    figures.push_back(bytes && member.key == "bytes_per_second" ? base::humane_bytes(bytes->value) + "/s"
                                                                : member.key + " " + text_of(member.value));
  }
  return fmt::format("{}", fmt::join(figures, ", "));
}

void add_disks(std::vector<Entry>& entries) {
  for (const std::string_view name : sim::disk_names()) {
    const sim::DeviceSpec* const found = sim::find_disk(name);
    const Value spec = found == nullptr ? Value(Object{}) : base::print(*found);
    Entry entry{std::string(name), "disk", opening(member_text(spec, "about")), {}};
    entry.facts.push_back({"what", member_text(spec, "about")});
    for (const Member& member : *spec.get<Object>()) {
      if (member.value.get<Object>() == nullptr) continue;
      const std::string figures = figures_of(member.value);
      if (figures.empty()) continue;
      const std::string source = member_text(member.value, "source");
      entry.facts.push_back({member.key, figures + (source.empty() ? "" : ". " + source)});
    }
    entry.facts.push_back({"say", fmt::format(R"("world": {{ "disk": "{}" }})", name)});
    entries.push_back(std::move(entry));
  }
}

void add_engines(std::vector<Entry>& entries) {
  for (const scenarios::EngineKind& kind : scenarios::engine_kinds()) {
    entries.push_back({std::string(kind.name),
                       "engine",
                       std::string(kind.about),
                       {{"say", fmt::format(R"("engine": {{ "name": "{}" }})", kind.name)}}});
  }
}

// "append.latency" for "append.latency.p99"; statistics may hold a dot themselves.
std::string_view without_statistic(std::string_view id) {
  for (const std::string_view statistic : scenarios::statistic_names()) {
    if (id.size() > statistic.size() + 1 && id.ends_with(statistic) &&
        id[id.size() - statistic.size() - 1] == '.')
      return id.substr(0, id.size() - statistic.size() - 1);
  }
  return id;
}

}  // namespace

std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  add_faults(entries);
  add_triggers(entries);
  add_metrics(entries);
  add_oracles(entries);
  add_checks(entries);
  add_models(entries);
  add_disks(entries);
  add_engines(entries);
  for (Entry& entry : entries) std::erase_if(entry.facts, [](const Fact& fact) { return fact.text.empty(); });
  return entries;
}

std::vector<const Entry*> find_entries(const std::vector<Entry>& entries, std::string_view id) {
  std::vector<const Entry*> of_kind;
  for (const Entry& entry : entries) {
    if (id.ends_with('s') && entry.kind == id.substr(0, id.size() - 1)) of_kind.push_back(&entry);
  }
  if (!of_kind.empty()) return of_kind;
  const auto named = [&](std::string_view wanted) {
    std::vector<const Entry*> found;
    for (const Entry& entry : entries) {
      if (entry.id == wanted) found.push_back(&entry);
    }
    return found;
  };
  std::vector<const Entry*> exact = named(id);
  if (!exact.empty() || without_statistic(id) == id) return exact;
  std::vector<const Entry*> metrics = named(without_statistic(id));
  std::erase_if(metrics, [](const Entry* entry) { return entry->kind != "metric"; });
  return metrics;
}

}  // namespace wallop::cli
