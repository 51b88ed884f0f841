// SPDX-License-Identifier: Apache-2.0
// One section a failing scenario, the worst ten, and one for the canary's counterexample, which shows what
// being caught looks like.
#include <fmt/format.h>

#include <algorithm>

#include "reports/page.h"
#include "reports/pictures.h"

namespace wallop::reports {
namespace {

constexpr std::size_t kStepsMax = 60;
constexpr std::size_t kLimitsMax = 40;
constexpr std::size_t kNotesMax = 12;

std::string about(const ScenarioResult& scenario) {
  std::string words = scenario.about;
  const auto add = [&](const std::string& sentence) { words += (words.empty() ? "" : " ") + sentence; };
  if (scenario.expected_failure) add("Broken on purpose: the scenario passes because this was found.");
  if (scenario.story && scenario.story->shrunk_from > scenario.story->lines.size())
    add(fmt::format("Shrunk from {} journal entries to {}.", base::with_commas(scenario.story->shrunk_from),
                    scenario.story->lines.size()));
  std::string facts;
  const auto add_fact = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) facts += fmt::format("{}{} {}", facts.empty() ? "" : ", ", name, value);
  };
  add_fact("engine", scenario.engine);
  add_fact("model",
           scenario.story && !scenario.story->model.empty() ? scenario.story->model : scenario.model);
  add_fact("seed", std::to_string(scenario.seed));
  if (scenario.story) add_fact("oracle", scenario.story->oracle);
  add(capitalized(facts) + ".");
  return words;
}

void set_steps(data& section, const Story& story) {
  data steps{data::type::list};
  const std::size_t shown = std::min(story.lines.size(), kStepsMax);
  // The end of a story is what tells it.
  for (std::size_t i = story.lines.size() - shown; i < story.lines.size(); ++i) {
    const StoryLine& line = story.lines[i];
    data step;
    set_flag(step, "crash", line.verb == "POWER LOSS");
    set_text(step, "number", std::to_string(line.number));
    set_text(step, "verb", clipped(line.verb, 40));
    set_text(step, "subject", clipped(line.subject, 120));
    set_text(step, "extent", clipped(line.extent, 60));
    const std::string_view by = line.fibre.empty() || line.note.empty() ? "" : ", ";
    set_text(step, "step_note", clipped(fmt::format("{}{}{}", line.note, by, line.fibre), 200));
    steps.push_back(step);
  }
  section.set("steps", steps);
}

void set_limits(data& section, const ScenarioResult& scenario) {
  data limits{data::type::list};
  std::size_t shown = 0;
  for (const Verdict& verdict : scenario.verdicts) {
    if (++shown > kLimitsMax) break;
    data limit;
    set_text(limit, "status", status_name(verdict.status));
    set_text(limit, "name", clipped(verdict.id, 120));
    set_text(limit, "observed", clipped(verdict.observed, 120));
    set_text(limit, "count", verdict.count > 0 ? base::with_commas(verdict.count) : "");
    limits.push_back(limit);
  }
  section.set("limits", limits);
}

void add_note(data& notes, std::string_view head, std::string_view words) {
  if (words.empty() || notes.list_value().size() == kNotesMax) return;
  data note;
  set_text(note, "head", head);
  set_text(note, "words", clipped(words, 600));
  notes.push_back(note);
}

void set_notes(data& section, const ScenarioResult& scenario) {
  data notes{data::type::list};
  if (scenario.story) {
    const Story& story = *scenario.story;
    add_note(notes, "Promised:", story.promised);
    add_note(notes, "Found:", story.found);
    for (const FibreRow& thread : story.fibres) add_note(notes, "Thread:", thread_in_words(thread));
    for (const DiskRow& row : story.disk) {
      if (!row.why.empty()) add_note(notes, row.name + ":", row.why);
    }
    if (story.lines.size() > kStepsMax)
      add_note(notes, "Not shown:", counted(story.lines.size() - kStepsMax, "earlier step") + ".");
  }
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.status != Status::fail) continue;
    add_note(notes, verdict.id + ":", verdict.remark);
    add_note(notes, "What to do:", verdict.remedy);
  }
  section.set("story_notes", notes);
}

data section_of(const ScenarioResult& scenario, const std::string& anchor) {
  data section;
  const bool told = scenario.story && !scenario.story->lines.empty();
  set_text(section, "anchor", anchor);
  set_text(section, "title",
           (scenario.expected_failure ? "The canary: " : "The failing scenario: ") + scenario.name);
  set_text(section, "about", about(scenario));
  set_markup(section, "drawing", scenario.story ? story_picture(*scenario.story, anchor + "-disk") : "");
  set_text(section, "drawing_claim", capitalized(finding(scenario)));
  set_flag(section, "has_steps", told);
  set_flag(section, "has_limits", !told && !scenario.verdicts.empty());
  if (told) {
    set_steps(section, *scenario.story);
  } else {
    set_limits(section, scenario);
  }
  set_notes(section, scenario);
  set_text(section, "replay", replay_of(scenario));
  return section;
}

}  // namespace

std::string story_anchor(std::size_t number) {
  return number == 0 ? "story" : fmt::format("story-{}", number + 1);
}

std::string replay_of(const ScenarioResult& scenario) {
  if (scenario.story && !scenario.story->replay.empty()) return scenario.story->replay;
  return scenario.file.empty() ? "" : fmt::format("wallop run {} --seed {}", scenario.file, scenario.seed);
}

void add_stories(data& page, PageContext& context) {
  data stories{data::type::list};
  std::size_t shown = 0;
  for (const ScenarioResult* scenario : context.summary.scenarios_by_urgency) {
    if (scenario->status != Status::fail || shown == kStoriesMax) continue;
    const std::string anchor = story_anchor(shown++);
    stories.push_back(section_of(*scenario, anchor));
    if (shown == 1) context.add_contents(anchor, "The failing scenario", PageContext::Weight::urgent);
  }
  for (const ScenarioResult* scenario : context.summary.scenarios_by_urgency) {
    if (!scenario->expected_failure || !scenario->story || scenario->status == Status::fail) continue;
    stories.push_back(section_of(*scenario, "canary"));
    context.add_contents("canary", "The canary");
    break;
  }
  page.set("stories", stories);
  const std::size_t failed = context.summary.scenarios.of(Status::fail);
  set_text(page, "more_stories",
           failed > shown
               ? fmt::format("And {}: see the table above.", counted(failed - shown, "more failure"))
               : "");
}

}  // namespace wallop::reports
