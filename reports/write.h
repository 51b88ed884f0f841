// SPDX-License-Identifier: Apache-2.0
// All reports of a result into one directory: what `--out DIR` does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"
#include "reports/result.h"

namespace wallop::reports {

// Names within the directory.
inline constexpr std::string_view kResultFile = "result.json";
inline constexpr std::string_view kJunitFile = "junit.xml";
inline constexpr std::string_view kMarkdownFile = "report.md";
inline constexpr std::string_view kHtmlFile = "report.html";

// Makes the directory where it is missing (its parent must be there) and replaces the four files, each whole
// or not at all and durable before the next. After a failure those before it stand, the others are as they
// were, and a "*.partial" may be left.
//
// Returns why plots are missing on the page (Page::undrawn): no failure, but the user should be told.
[[nodiscard]] io::Result<std::vector<std::string>> write_all(io::FileSystem& files,
                                                             std::string_view directory, const Result& result,
                                                             std::string_view gnuplot = "gnuplot");

}  // namespace wallop::reports
