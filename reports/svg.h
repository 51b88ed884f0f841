// SPDX-License-Identifier: Apache-2.0
// gnuplot's SVG as a part of the page.
//
// In: a document with fixed colours, fonts, ids and hundreds of empty groups. Out: one <svg> element that
// takes its colours from the page's variables, so that it is right on a dark page too; has a title and a
// description for those who cannot see it; carries no id but those two, no font, no style; and is about half
// as long. Coordinates are cut to a tenth of a unit; labels are never touched, for they hold decimals too.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace wallop::reports {

struct Caption {
  std::string id;           // Unique on the page; a letter, then letters, digits and '-'.
  std::string title;        // What is drawn.
  std::string description;  // What it shows, in words.
};

// Or what was found that this code does not know: no XML, an unknown colour, marker or element.
[[nodiscard]] std::expected<std::string, std::string> follow_page(std::string_view gnuplot_svg,
                                                                  const Caption& caption);

}  // namespace wallop::reports
