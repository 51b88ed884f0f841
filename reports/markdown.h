// SPDX-License-Identifier: Apache-2.0
// A Result as Markdown for the summary page of a CI job: failures first, under 1 MB whatever the result
// holds (CI systems drop a longer one whole).
#pragma once

#include <string>

#include "reports/result.h"

namespace wallop::reports {

inline constexpr std::size_t kMarkdownBytesMax = 1'000'000;

[[nodiscard]] std::string to_markdown(const Result& result);

}  // namespace wallop::reports
