// SPDX-License-Identifier: Apache-2.0
// The sentences are made here, where it is known what was found.
#include "scenarios/run/verdicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/suggest.h"
#include "base/units.h"
#include "faults/errno_name.h"
#include "faults/points.h"

namespace wallop::scenarios {
namespace {

using reports::Status;
using reports::Verdict;

std::string_view remedy_of(Loss loss) {
  switch (loss) {
    case Loss::none:
      return "";
    case Loss::told:
      return "the log refused and named what is lost";
    case Loss::undetectable:
      return "no byte that survived proves that there was more";
    case Loss::silent:
      return "a byte that survived proves that there was more, and recovery said nothing";
  }
  return "";
}

// What recovery found, beside what it had to.
std::string figures(const Finding& finding) {
  const std::uint64_t found = finding.found_last + 1 - finding.found_first;
  return fmt::format("{} promised, {} found", base::with_commas(finding.promised_lsn),
                     base::with_commas(found));
}

std::string first_of(const faults::Receipt& receipt) {
  if (!receipt.first_hit || receipt.first_ops.empty()) return "";
  const faults::FirstHit& hit = *receipt.first_hit;
  return fmt::format("op {} at {}: {} call {}{}{}", receipt.first_ops.front(),
                     base::humane(receipt.first_fired->time_since_epoch()), faults::point_of(hit.verb),
                     hit.ordinal, hit.os_error == 0 ? "" : ", ", faults::errno_name(hit.os_error));
}

std::string trigger_of(const faults::Fault& fault) {
  const base::json::Value written = base::print(fault);
  const base::json::Value* when = written.find("when");
  return when == nullptr ? "" : base::json::to_text(*when, base::json::Layout::compact);
}

// For a glob that nothing matched: the path that there was, or what such paths end with.
std::string near_path(std::string_view glob, const std::set<std::string, std::less<>>& paths) {
  std::set<std::string, std::less<>> words;
  for (const std::string& path : paths) {
    const std::string name = path.substr(path.rfind('/') + 1);
    words.insert({path, name});
    if (const std::size_t dot = name.rfind('.'); dot != std::string::npos)
      words.insert("*" + name.substr(dot));
  }
  const std::vector<std::string_view> known(words.begin(), words.end());
  return base::did_you_mean(glob, known);
}

void add_skipped(reports::ScenarioResult& result, std::string why) {
  Verdict verdict;
  verdict.status = Status::skip;
  verdict.id = kExpectVerdict;
  verdict.remark = std::move(why);
  result.verdicts.push_back(std::move(verdict));
}

// The line's figure: the first limit of the scenario, or what recovery found.
std::string summary_of(const reports::ScenarioResult& result) {
  const auto failed = std::ranges::find(result.verdicts, Status::fail, &Verdict::status);
  const auto unsure = std::ranges::find(result.verdicts, Status::inconclusive, &Verdict::status);
  const auto worst = failed != result.verdicts.end() ? failed : unsure;
  const auto limited =
      std::ranges::find_if(result.verdicts, [](const Verdict& v) { return !v.limit.empty(); });
  const auto shown = worst != result.verdicts.end() ? worst : limited;
  if (shown == result.verdicts.end() || result.expected_failure)
    return result.verdicts.empty() ? "" : result.verdicts.front().observed;
  if (shown->limit.empty() || shown->observed.empty())
    return fmt::format("{}: {}", shown->id, shown->remark.empty() ? shown->observed : shown->remark);
  return fmt::format("{} {} {}", shown->id.substr(0, shown->id.find(' ')), shown->observed, shown->limit);
}

}  // namespace

reports::ScenarioResult begin_result(const LoadedScenario& scenario, std::uint64_t seed) {
  reports::ScenarioResult result;
  result.name = scenario.name;
  result.about = scenario.scenario.about;
  result.file = scenario.file;
  result.engine = scenario.scenario.engine.name;
  result.drawn_from = scenario.scenario.drawn_from.value_or(0);
  if (scenario.scenario.drawn_from) {
    base::json::Value drawn{base::json::Array{}};
    for (std::size_t i = scenario.scenario.drawn_begin; i < scenario.scenario.faults.size(); ++i)
      drawn.push(base::print(scenario.scenario.faults[i]));
    result.drawn = base::json::to_text(drawn, base::json::Layout::compact);
  }
  result.model = scenario.scenario.world.model;
  result.disk = scenario.scenario.world.disk.name;
  result.seed = seed;
  return result;
}

void add_trouble(reports::ScenarioResult& result, std::string_view id, std::string why) {
  Verdict verdict;
  verdict.status = Status::fail;
  verdict.id = id;
  verdict.remark = std::move(why);
  result.verdicts.push_back(std::move(verdict));
}

void add_ending(reports::ScenarioResult& result, const Expect& expect, const Finding& end) {
  Verdict verdict;
  verdict.id = end.oracle;
  verdict.remark = end.what;
  result.expected_failure = expect.verdict == Outcome::fail && expect.oracle == end.oracle;
  verdict.status = result.expected_failure ? Status::pass : Status::fail;
  if (result.expected_failure) verdict.observed = fmt::format("failed, as it must: {}", end.what);
  result.verdicts.push_back(std::move(verdict));
}

void add_oracles(reports::ScenarioResult& result, const Expect& expect, const Judged& judged,
                 const Finding& finding) {
  const std::string_view must_fail =
      expect.verdict == Outcome::fail && expect.oracle ? *expect.oracle : std::string_view();
  bool stopped = false;
  for (const std::string_view oracle : judged.oracles) {
    Verdict verdict;
    verdict.id = oracle;
    verdict.observed = figures(finding);
    if (stopped) {
      verdict.status = Status::skip;
      verdict.observed.clear();
      verdict.remark = fmt::format("not asked any more once {} failed", finding.oracle);
    } else if (oracle == finding.oracle) {
      stopped = true;
      result.expected_failure = oracle == must_fail;
      verdict.status = result.expected_failure ? Status::pass : Status::fail;
      verdict.remark = finding.what;
      verdict.remedy = remedy_of(finding.loss);
      if (result.expected_failure) verdict.observed = fmt::format("failed, as it must: {}", finding.what);
    }
    result.verdicts.push_back(std::move(verdict));
  }
  if (must_fail.empty() || result.expected_failure) return;
  if (judged.blame == Blame::world && must_fail == kDurable) {
    return add_skipped(result, "under this model every log loses: there is nothing to be caught");
  }
  add_trouble(result, kExpectVerdict,
              fmt::format("{} was to fail, and {}", must_fail,
                          finding.failed() ? finding.oracle + " did" : "every oracle held"));
}

void add_losses(reports::ScenarioResult& result, std::uint64_t told, const reports::StateCount& states) {
  const auto durable = std::ranges::find(result.verdicts, kDurable, &Verdict::id);
  if (durable == result.verdicts.end() || durable->status == Status::fail) return;
  durable->observed =
      fmt::format("lost by the model: {} told, {} undetectable, {} silent", base::with_commas(told),
                  base::with_commas(states.undetectable), base::with_commas(states.silent));
}

void add_metrics(reports::ScenarioResult& result, const Expect& expect, const MetricValues& values) {
  for (const MetricLimit& limit : expect.metrics) result.verdicts.push_back(judge(limit, values));
  for (const auto& [metric, value] : values) {
    const auto* histogram = std::get_if<base::Histogram>(&value);
    if (histogram != nullptr && histogram->count() > 0) result.latencies.push_back({metric, *histogram});
  }
}

void add_receipts(reports::ScenarioResult& result, const Scenario& scenario,
                  const std::vector<faults::Receipt>& receipts) {
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const faults::Receipt& from = receipts[i];
    result.receipts.push_back({.scenario = result.name,
                               .label = from.label,
                               .trigger = trigger_of(scenario.faults[i]),
                               .seen = from.seen_count,
                               .fired = from.fired_count,
                               .felt_errors = from.felt_error_count,
                               .felt_bytes = from.felt_bytes,
                               .felt_wait = from.felt_wait,
                               .first = first_of(from)});
    reports::FaultReceipt& receipt = result.receipts.back();
    receipt.error = from.first_hit ? faults::errno_name(from.first_hit->os_error) : "";
    receipt.drawn = scenario.drawn_from && i >= scenario.drawn_begin;
    if (!receipt.never_fired()) continue;
    Verdict verdict;
    verdict.status = Status::warn;
    verdict.id = from.label;
    verdict.remark = fmt::format("armed and never fired, over {} operations that it looked at",
                                 base::with_commas(from.seen_count));
    if (const auto& path = scenario.faults[i].when().path; path && !from.has_matched_path) {
      verdict.remark = fmt::format("armed and never fired: no path of the run matches \"{}\"", *path);
      verdict.remedy = near_path(*path, from.other_paths);
    }
    result.verdicts.push_back(std::move(verdict));
  }
}

void conclude(reports::ScenarioResult& result) {
  const auto has = [&](Status status) {
    return std::ranges::find(result.verdicts, status, &Verdict::status) != result.verdicts.end();
  };
  result.status = has(Status::fail)           ? Status::fail
                  : has(Status::inconclusive) ? Status::inconclusive
                                              : Status::pass;
  result.summary = summary_of(result);
}

}  // namespace wallop::scenarios
