// SPDX-License-Identifier: Apache-2.0
// The parts of the page as data for report.html.mustache: private to html.cc and the page_*.cc files.
//
// Each part puts its names into `page` and, where it has something to show, its line into the contents.
// Mustache looks a name that an inner object lacks up in the outer ones, so every row sets all of its names;
// a section over an empty string is shown, so optional texts are set by set_text, which leaves them out.
#pragma once

#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reports/figure.h"
#include "reports/result.h"
#include "reports/summary.h"
#include "reports/text.h"

namespace wallop::reports {

using kainjow::mustache::data;

// What the parts share.
struct PageContext {
  const Result& result;
  const Summary& summary;
  std::string_view gnuplot;
  std::size_t rows_max;  // Of any table.
  data contents{data::type::list};
  std::vector<std::string> undrawn;

  // One line of the contents; `urgent` ones stand out.
  enum class Weight : std::uint8_t { normal, urgent };
  void add_contents(std::string_view anchor, std::string_view title, Weight weight = Weight::normal);
};

inline constexpr std::size_t kTextMax = 800;  // Bytes of any text on the page.

// A text: printable, clipped where it is very long, and false (so that {{#name}} skips and {{^name}} shows)
// where it is empty.
inline void set_text(data& into, const char* name, std::string_view text) {
  const std::string shown = text.size() <= kTextMax ? printable(text) : clipped(text, kTextMax);
  into.set(name, text.empty() ? data(false) : data(shown));
}
// SVG, for triple braces; likewise false where it is empty.
inline void set_markup(data& into, const char* name, const std::string& markup) {
  into.set(name, markup.empty() ? data(false) : data(markup));
}
inline void set_flag(data& into, const char* name, bool flag) {
  into.set(name, data(flag));
}

void add_verdict(data& page, PageContext& context);  // page_verdict.cc
void add_checks(data& page, PageContext& context);   // page_tables.cc, as the next two
void add_scenarios(data& page, PageContext& context);
void add_faults(data& page, PageContext& context);
void add_stories(data& page, PageContext& context);  // page_stories.cc
void add_figures(data& page, PageContext& context);  // page_figures.cc
void add_states(data& page, PageContext& context);   // page_facts.cc, as the next two
void add_environment(data& page, PageContext& context);
void add_reproduce(data& page, PageContext& context);

// The anchor of the n-th failing scenario's section, counted from 0, and how many have one.
inline constexpr std::size_t kStoriesMax = 10;
[[nodiscard]] std::string story_anchor(std::size_t number);

// The command that runs a scenario again: its story's, else its file with its seed; "" where neither is
// known.
[[nodiscard]] std::string replay_of(const ScenarioResult& scenario);

}  // namespace wallop::reports
