// SPDX-License-Identifier: Apache-2.0
// Bars and promises. The story of a counterexample has a file of its own: story_picture.cc.
#include "reports/pictures.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/drawing.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

// Beyond this share of the limit a bar ends in an arrow.
constexpr std::uint64_t kShownMax = 1'600;

std::string used_in_words(const Verdict& verdict) {
  return fmt::format("{} % of the limit used", *verdict.used_permille / 10);
}

// Where a bar ends whose limit stands at `limit_at`.
double bar_end(const Verdict& verdict, double limit_at) {
  return static_cast<double>(std::min(*verdict.used_permille, kShownMax)) * limit_at / 1'000;
}

}  // namespace

std::string used_bar(const Verdict& verdict) {
  if (!verdict.used_permille) return "";
  constexpr double kLimitAt = 80;
  const double end = bar_end(verdict, kLimitAt);
  Drawing bar(130, 14);
  bar.line(0, 7, 130, 7, {.stroke = role::kRule, .stroke_width = 6});
  bar.line(0, 7, std::min(end, kLimitAt), 7, {.stroke = role::kQuiet, .stroke_width = 6});
  if (end > kLimitAt) bar.line(kLimitAt, 7, end, 7, {.stroke = role::kLimit, .stroke_width = 6});
  bar.line(kLimitAt, 0, kLimitAt, 14, {.stroke = role::kInk, .stroke_width = 1.5});
  return bar.finish("width=\"130\" height=\"14\"", {"", verdict.id, used_in_words(verdict)});
}

std::string limit_picture(const Verdict& verdict, std::string_view id) {
  if (!verdict.used_permille) return "";
  constexpr double kLimitAt = 250;
  const double end = bar_end(verdict, kLimitAt);
  Drawing picture(460, 78);
  picture.line(0, 40, std::min(end, kLimitAt), 40, {.stroke = role::kMeasured, .stroke_width = 22});
  if (end > kLimitAt) picture.line(kLimitAt, 40, end, 40, {.stroke = role::kLimit, .stroke_width = 22});
  if (*verdict.used_permille > kShownMax)
    picture.path(fmt::format("M{:.0f} 29l11 11l-11 11z", end), {.fill = role::kLimit});
  picture.line(kLimitAt, 18, kLimitAt, 62, {.stroke = role::kInk, .stroke_width = 1.6, .dash = "2 3"});
  picture.text(kLimitAt, 12, fmt::format("limit {}", bare_limit(verdict.limit)),
               {.colour = role::kLimitText, .anchor = "middle"});
  picture.text(0, 74, "0", {.colour = role::kMuted});
  picture.text(std::clamp(end, 40.0, 420.0), 74, verdict.observed,
               {.anchor = "middle", .weight = Font::Weight::bold});
  return picture.finish(
      "class=\"pic\" width=\"100%\"",
      {std::string(id), verdict.id + " against its limit",
       fmt::format("Observed {}, limit {}: {}.", verdict.observed, verdict.limit, used_in_words(verdict))});
}

std::string promise_picture(const Story& story, std::string_view id) {
  if (story.promised.empty() && story.found.empty()) return "";
  const std::string promised = clipped(story.promised, 46);
  const std::string found = clipped(story.found, 46);
  const double longest = static_cast<double>(std::max(promised.size(), found.size()));
  const double width = std::clamp(longest * kLetterWidth + 28, 110.0, 380.0);
  Drawing picture(460, 78);
  const auto box = [&](double y, std::string_view what, const std::string& words, const Paint& paint,
                       std::string_view colour) {
    picture.text(0, y + 16, what, {.colour = role::kMuted});
    picture.rectangle(76, y, width, 24, paint);
    picture.text(76 + width / 2, y + 16, words, {.colour = colour, .anchor = "middle"});
  };
  box(6, "promised", promised, {.fill = role::kMeasured, .stroke = role::kMeasured, .fill_opacity = .22},
      role::kInk);
  box(45, "found", found, {.stroke = role::kLimit, .stroke_width = 1.4, .dash = "4 3"}, role::kLimitText);
  return picture.finish(
      "class=\"pic\" width=\"100%\"",
      {std::string(id), "Promised and found",
       fmt::format("Promised: {}. Found after the power loss: {}.", story.promised, story.found)});
}

}  // namespace wallop::reports
