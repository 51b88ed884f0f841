// SPDX-License-Identifier: Apache-2.0
// JUnit, in the dialect that all readers share: testsuites > testsuite > properties, testcase > failure |
// skipped, system-out.
#include "reports/junit.h"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>
#include <string_view>

#include "reports/summary.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

using pugi::xml_node;

void set(xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(printable(value).c_str());
}

void set(xml_node node, const char* name, std::size_t value) {
  set(node, name, std::to_string(value));
}

// Seconds to the millisecond, as readers expect them.
std::string seconds(Duration duration) {
  const auto milliseconds = duration.count() / 1'000'000;
  return fmt::format("{}.{:03}", milliseconds / 1'000, milliseconds % 1'000);
}

xml_node add_suite(xml_node root, std::string_view name, const Tally& tally, Duration time) {
  xml_node suite = root.append_child("testsuite");
  set(suite, "name", name);
  set(suite, "tests", tally.all());
  set(suite, "failures", tally.of(Status::fail));
  set(suite, "errors", 0);
  set(suite, "skipped", tally.open());
  set(suite, "time", seconds(time));
  return suite;
}

xml_node add_case(xml_node suite, std::string_view class_name, std::string_view name, Duration time) {
  xml_node test_case = suite.append_child("testcase");
  set(test_case, "classname", class_name);
  set(test_case, "name", name);
  set(test_case, "time", seconds(time));
  return test_case;
}

void add_failure(xml_node test_case, std::string_view type, std::string_view message,
                 std::string_view details) {
  xml_node failure = test_case.append_child("failure");
  set(failure, "message", message);
  set(failure, "type", type);
  failure.append_child(pugi::node_pcdata).set_value(printable(details).c_str());
}

// `why` where a case was not judged or passed with a warning.
void add_status(xml_node test_case, Status status, std::string_view why) {
  const std::string words =
      fmt::format("{}{}{}", status_name(status), why.empty() ? "" : ": ", printable(why));
  if (is_open(status)) set(test_case.append_child("skipped"), "message", words);
  if (status == Status::warn)
    test_case.append_child("system-out").append_child(pugi::node_pcdata).set_value(words.c_str());
}

std::string details_of(const ScenarioResult& scenario) {
  std::string details = fmt::format("{}\nseed {}, journal {}\n", finding(scenario), scenario.seed,
                                    scenario.journal_hash.empty() ? "-" : scenario.journal_hash);
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.status != Status::fail) continue;
    details += fmt::format("{}: {}\n", verdict.id, observed_against_limit(verdict));
    if (!verdict.remedy.empty()) details += verdict.remedy + "\n";
  }
  if (scenario.story)
    details += fmt::format("promised {}\nfound {}\nreplay: {}\n", scenario.story->promised,
                           scenario.story->found, scenario.story->replay);
  return details;
}

std::string type_of(const ScenarioResult& scenario) {
  if (scenario.story && !scenario.story->oracle.empty()) return scenario.story->oracle;
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.status == Status::fail) return verdict.id;
  }
  return "verdict";
}

void add_scenario(xml_node suite, const ScenarioResult& scenario) {
  const auto slash = scenario.name.rfind('/');
  const bool in_folder = slash != std::string::npos;
  const std::string folder =
      in_folder ? "scenarios." + scenario.name.substr(0, slash) : std::string("scenarios");
  xml_node test_case = add_case(suite, folder, in_folder ? scenario.name.substr(slash + 1) : scenario.name,
                                scenario.wall_time);
  if (!scenario.file.empty()) set(test_case, "file", scenario.file);
  if (scenario.status == Status::fail) {
    add_failure(test_case, type_of(scenario), finding(scenario), details_of(scenario));
  } else {
    add_status(test_case, scenario.status, scenario.summary);
  }
}

void add_check(xml_node suite, const ChecklistResult& checklist, const Verdict& check) {
  xml_node test_case = add_case(suite, "checks." + checklist.profile, check.id, Duration{});
  if (check.status != Status::fail) return add_status(test_case, check.status, check.remark);
  add_failure(test_case, check.id, observed_against_limit(check),
              fmt::format("{}\n{}\nn {}\n{}\n", observed_against_limit(check), check.remark, check.count,
                          check.remedy));
}

void add_property(xml_node properties, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  xml_node property = properties.append_child("property");
  set(property, "name", name);
  set(property, "value", value);
}

void add_properties(xml_node suite, const Result& result) {
  xml_node properties = suite.append_child("properties");
  add_property(properties, "wallop", result.wallop_version);
  add_property(properties, "commit", result.commit);
  add_property(properties, "compiler", result.compiler);
  add_property(properties, "command", result.command);
}

}  // namespace

std::string to_junit(const Result& result) {
  const Summary summary = summarize(result);
  pugi::xml_document document;
  xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  xml_node root = document.append_child("testsuites");
  set(root, "name", "wallop");
  set(root, "tests", summary.scenarios.all() + summary.checks.all());
  set(root, "failures", summary.scenarios.of(Status::fail) + summary.checks.of(Status::fail));
  set(root, "errors", 0);
  set(root, "time", seconds(result.wall_time));
  if (!result.scenarios.empty()) {
    Duration time{};
    for (const ScenarioResult& scenario : result.scenarios) time += scenario.wall_time;
    xml_node suite = add_suite(root, "scenarios", summary.scenarios, time);
    add_properties(suite, result);
    for (const ScenarioResult& scenario : result.scenarios) add_scenario(suite, scenario);
  }
  if (result.checklist) {
    xml_node suite = add_suite(root, "checks", summary.checks, Duration{});
    add_properties(suite, result);
    for (const Verdict& check : result.checklist->checks) add_check(suite, *result.checklist, check);
  }
  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace wallop::reports
