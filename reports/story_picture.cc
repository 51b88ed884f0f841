// SPDX-License-Identifier: Apache-2.0
// The drawn disk of a counterexample.
//
//                    1      2     3      4     ...   10    | power loss
//                  create write  sync sync dir  ... append  | the disk after
//    0000001.wal     o------o-----*--------------------------|  8192 bytes
//                                   8192 bytes, all synced   |
//    0000002.wal                             o----o---*------x  not there
//                                4096 visible, 0 synced      |  created at 7, its directory never synced
//    -----------------------------------------------------------------------------------------
//    promised  LSN 1..2                     *LSN 1    *LSN 2 |  found LSN 1..1
//
// Steps whose names would touch are named on a slope instead. A lane for each name on the disk. A hollow dot
// changed what is visible, a filled one synced. Right of the line stands what the power loss left; where that
// differs from before, in vermillion and with the reason.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/drawing.h"
#include "reports/pictures.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

constexpr std::size_t kLanesMax = 10;
constexpr double kWidth = 992, kStepsBegin = 204, kStepsEnd = 664, kCrashAt = 690;
constexpr double kLevelTop = 56, kLaneHeight = 52;
constexpr std::size_t kVerbMax = 12, kNameMax = 24;

// One drawing, and where each step stands in it.
class StoryPicture {
 public:
  explicit StoryPicture(const Story& story);

  [[nodiscard]] bool empty() const { return steps_.empty() || lanes_ == 0; }
  [[nodiscard]] std::string draw(std::string_view id);

 private:
  static constexpr std::string_view kCrash = "POWER LOSS";

  [[nodiscard]] double step_width() const {
    return (kStepsEnd - kStepsBegin) / static_cast<double>(std::max<std::size_t>(steps_.size(), 1));
  }
  [[nodiscard]] double step_at(std::size_t i) const {
    return kStepsBegin + (static_cast<double>(i) + 0.5) * step_width();
  }
  [[nodiscard]] double bottom() const { return top_ + static_cast<double>(lanes_) * kLaneHeight; }

  [[nodiscard]] bool is_crowded() const;
  [[nodiscard]] double room_above() const;
  void draw_steps();
  void draw_lane(std::size_t lane);
  void draw_history(const DiskRow& row, double y);
  void draw_promises();
  void draw_crash();
  [[nodiscard]] std::string description() const;

  const Story& story_;
  std::vector<const StoryLine*> steps_;
  std::size_t lanes_ = 0;
  bool crowded_ = false;
  double top_ = kLevelTop;  // Where the lanes begin.
  Drawing drawing_{0, 0};
};

std::string verb_of(const StoryLine& step) {
  return clipped(step.verb, kVerbMax);
}

// "19 allocate".
std::string step_name(const StoryLine& step) {
  return std::to_string(step.number) + " " + verb_of(step);
}

// Its end, which is what tells a file from its neighbours.
std::string clipped_name(std::string_view name) {
  const std::string whole = printable(name);
  if (letters_in(whole) <= kNameMax) return whole;
  std::string_view end = whole;
  while (letters_in(end) >= kNameMax) end.remove_prefix(1);
  while ((static_cast<unsigned char>(end.front()) & 0xC0U) == 0x80U) end.remove_prefix(1);
  return "…" + std::string(end);
}

StoryPicture::StoryPicture(const Story& story)
    : story_(story), lanes_(std::min(story.disk.size(), kLanesMax)) {
  for (const StoryLine& line : story.lines) {
    if (line.verb != kCrash) steps_.push_back(&line);
  }
  if (steps_.size() > kPictureStepsMax)
    steps_.erase(steps_.begin(), steps_.end() - static_cast<std::ptrdiff_t>(kPictureStepsMax));
  crowded_ = is_crowded();
  top_ = room_above();
  drawing_ = Drawing(kWidth, bottom() + 44);
}

// Whether two verbs, or two numbers, side by side would touch.
bool StoryPicture::is_crowded() const {
  const auto letters = [](const StoryLine& step) {
    return std::max(letters_in(verb_of(step)), std::to_string(step.number).size());
  };
  for (std::size_t i = 1; i < steps_.size(); ++i) {
    const auto both = static_cast<double>(letters(*steps_[i - 1]) + letters(*steps_[i]));
    if (both / 2 * kLetterWidth + 4 > step_width()) return true;
  }
  return false;
}

// What the names of the steps take above the lanes: their longest, where they rise by 45 degrees.
double StoryPicture::room_above() const {
  if (!crowded_) return kLevelTop;
  std::size_t letters = 0;
  for (const StoryLine* step : steps_) letters = std::max(letters, letters_in(step_name(*step)));
  return 32 + static_cast<double>(letters) * kLetterWidth * 0.71;
}

// The number above the verb; in a crowd one behind the other, rising, so that no width is too small.
void StoryPicture::draw_steps() {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const double x = step_at(i);
    drawing_.line(x, top_ - 14, x, bottom() + 40, {.stroke = role::kRule, .stroke_width = .8});
    if (crowded_) {
      drawing_.text(x + 3, top_ - 18, step_name(*steps_[i]),
                    {.colour = role::kMuted, .slope = Font::Slope::rising});
      continue;
    }
    drawing_.text(x, top_ - 40, std::to_string(steps_[i]->number),
                  {.colour = role::kMuted, .anchor = "middle"});
    drawing_.text(x, top_ - 23, verb_of(*steps_[i]), {.anchor = "middle"});
  }
}

// A line from the first step that touched the name to the crash, with a dot for each such step.
void StoryPicture::draw_history(const DiskRow& row, double y) {
  const auto touches = [&](const StoryLine* step) { return step->subject == row.name; };
  const auto first = std::find_if(steps_.begin(), steps_.end(), touches);
  if (first == steps_.end()) return;
  const bool kept = row.why.empty();
  drawing_.line(
      step_at(static_cast<std::size_t>(first - steps_.begin())), y, kCrashAt, y,
      {.stroke = kept ? role::kMeasured : role::kLimit, .stroke_width = 1.4, .dash = kept ? "" : "4 3"});
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!touches(steps_[i])) continue;
    const bool syncs = std::string_view(steps_[i]->verb).substr(0, 4) == "sync";
    drawing_.circle(
        step_at(i), y, 5,
        {.fill = syncs ? role::kMeasured : role::kPaper, .stroke = role::kMeasured, .stroke_width = 1.6});
  }
}

void StoryPicture::draw_lane(std::size_t lane) {
  const DiskRow& row = story_.disk[lane];
  const double y = top_ + static_cast<double>(lane) * kLaneHeight + 18;
  drawing_.text(0, y + 4, clipped_name(row.name), {.weight = Font::Weight::bold});
  draw_history(row, y);
  drawing_.text(kCrashAt - 14, y + 22, clipped(row.before, 64), {.colour = role::kMuted, .anchor = "end"});
  if (row.why.empty()) {
    drawing_.rectangle(kCrashAt, y - 11, kWidth - kCrashAt - 2, 22,
                       {.fill = role::kMeasured, .stroke = role::kMeasured, .fill_opacity = .28});
    return drawing_.text(kCrashAt + 16, y + 4, clipped(row.after, 40));
  }
  drawing_.cross(kCrashAt, y);
  drawing_.text(kCrashAt + 16, y + 4, clipped(row.after, 36),
                {.colour = role::kLimitText, .weight = Font::Weight::bold});
  drawing_.text(kCrashAt + 16, y + 22, clipped(row.why, 44), {.colour = role::kMuted});
}

// A dot where each promise was made; its words where the one before leaves room. Some logs promise by a step
// of its own, others as an append returns.
void StoryPicture::draw_promises() {
  const double y = bottom() + 24;
  drawing_.line(0, bottom(), kWidth, bottom(), {.stroke = role::kRule});
  drawing_.text(0, y + 4, "promised", {.weight = Font::Weight::bold});
  drawing_.text(70, y + 4, clipped(story_.promised, 18));
  const bool apart = std::any_of(steps_.begin(), steps_.end(),
                                 [](const StoryLine* step) { return step->verb == "promise"; });
  double taken = kStepsBegin;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i]->verb != (apart ? "promise" : "append")) continue;
    drawing_.circle(step_at(i), y, 5, {.fill = role::kMeasured});
    const std::string words = clipped(steps_[i]->subject, 16);
    const double begin = step_at(i) - 10 - static_cast<double>(letters_in(words)) * kLetterWidth;
    if (begin >= taken) drawing_.text(step_at(i) - 10, y + 4, words, {.anchor = "end"});
    taken = step_at(i) + 10;
  }
  drawing_.text(kCrashAt + 16, y + 4, "found", {.weight = Font::Weight::bold});
  drawing_.text(kCrashAt + 60, y + 4, clipped(story_.found, 30),
                {.colour = role::kLimitText, .weight = Font::Weight::bold});
}

void StoryPicture::draw_crash() {
  drawing_.line(kCrashAt, top_ - 36, kCrashAt, bottom() + 40, {.stroke = role::kLimit, .stroke_width = 2});
  drawing_.text(kCrashAt + 16, top_ - 26, "power loss",
                {.colour = role::kLimitText, .weight = Font::Weight::bold});
  drawing_.text(kCrashAt + 16, top_ - 8, "the disk after", {.colour = role::kMuted});
}

std::string StoryPicture::description() const {
  std::string words =
      fmt::format("{}. Promised: {}. Found: {}.", story_.finding, story_.promised, story_.found);
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    const DiskRow& row = story_.disk[lane];
    words += fmt::format(" {}: before, {}; after, {}{}.", row.name, row.before, row.after,
                         row.why.empty() ? "" : " (" + row.why + ")");
  }
  return words;
}

std::string StoryPicture::draw(std::string_view id) {
  draw_steps();
  for (std::size_t lane = 0; lane < lanes_; ++lane) draw_lane(lane);
  draw_promises();
  draw_crash();
  return drawing_.finish("class=\"plot\"",
                         {std::string(id), "The disk before and after the power loss", description()});
}

}  // namespace

std::string story_picture(const Story& story, std::string_view id) {
  StoryPicture picture(story);
  return picture.empty() ? "" : picture.draw(id);
}

}  // namespace wallop::reports
