// SPDX-License-Identifier: Apache-2.0
// A Result as one HTML file that needs nothing else: no network, no other file, and no script to be read.
//
// Same result, same gnuplot: same bytes. There is no clock and no look-up of the host in here. The page's
// policy (CSP) allows its one style and its one script by their hashes and nothing besides, so no text in a
// result can become either; every text is escaped as well. Texts and tables are bounded, and what is left out
// is counted, so that the page stays under 2 MB.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/result.h"

namespace wallop::reports {

inline constexpr std::size_t kPageBytesMax = 2'000'000;

struct Page {
  std::string html;
  // Why plots are missing, each reason once; empty where all were drawn. The page says so too, and has the
  // tables.
  std::vector<std::string> undrawn;
};

// `gnuplot` is a name on PATH or a path.
[[nodiscard]] Page to_html(const Result& result, std::string_view gnuplot = "gnuplot");

}  // namespace wallop::reports
