// SPDX-License-Identifier: Apache-2.0
// The small drawings that no plotting program makes: bars, promises, a counterexample's disk. Each is an SVG
// element with a title and a description, in the page's colours. `id` must be unique on the page.
#pragma once

#include <string>
#include <string_view>

#include "reports/result.h"

namespace wallop::reports {

// The share of a limit that is used, with a stroke at the limit: for a row of the table. "" without a share.
[[nodiscard]] std::string used_bar(const Verdict& verdict);

// The same, large, for a failing card. "" without a share.
[[nodiscard]] std::string limit_picture(const Verdict& verdict, std::string_view id);

// What was promised and what was found, one below the other.
[[nodiscard]] std::string promise_picture(const Story& story, std::string_view id);

// The disk before and after the power loss, a lane for each name, over the steps that led there. "" where the
// story has no disk or no steps.
[[nodiscard]] std::string story_picture(const Story& story, std::string_view id);

// How many of a story's last steps the picture shows.
inline constexpr std::size_t kPictureStepsMax = 16;

}  // namespace wallop::reports
