// SPDX-License-Identifier: Apache-2.0
// The drawn disk of a counterexample.
//
//                    1      2     3      4     ...   10      11
//                  create write  sync sync dir  ... append  POWER LOSS
//    0000001.wal     o------o-----*--------------------------|  8192 bytes
//                                   8192 bytes, all synced   |
//    0000002.wal                             o----o---*------x  not there
//                                4096 visible, 0 synced      |  created at 7, its directory never synced
//    -----------------------------------------------------------------------------------------
//    promised  LSN 1..2                     *LSN 1    *LSN 2 |  found LSN 1..1
//
// A lane for each name on the disk. A hollow dot changed what is visible, a filled one synced. Right of the
// line stands what the power loss left; where that differs from before, in vermillion and with the reason.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/drawing.h"
#include "reports/pictures.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

constexpr std::size_t kLanesMax = 10;
constexpr double kWidth = 992, kStepsBegin = 150, kStepsEnd = 660, kCrashAt = 690;
constexpr double kTop = 56, kLaneHeight = 52;
constexpr double kLetterWidth = 6.4;

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
  [[nodiscard]] double bottom() const { return kTop + static_cast<double>(lanes_) * kLaneHeight; }

  [[nodiscard]] bool is_crowded() const;
  void draw_steps();
  void draw_lane(std::size_t lane);
  void draw_history(const DiskRow& row, double y);
  void draw_promises();
  void draw_crash();
  [[nodiscard]] std::string description() const;

  const Story& story_;
  std::vector<const StoryLine*> steps_;
  std::size_t lanes_ = 0;
  Drawing drawing_;
};

std::size_t lanes_of(const Story& story) {
  return std::min(story.disk.size(), kLanesMax);
}

StoryPicture::StoryPicture(const Story& story)
    : story_(story),
      lanes_(lanes_of(story)),
      drawing_(kWidth, kTop + static_cast<double>(lanes_of(story)) * kLaneHeight + 44) {
  for (const StoryLine& line : story.lines) {
    if (line.verb != kCrash) steps_.push_back(&line);
  }
  if (steps_.size() > kPictureStepsMax)
    steps_.erase(steps_.begin(), steps_.end() - static_cast<std::ptrdiff_t>(kPictureStepsMax));
}

// Whether two verbs side by side would touch.
bool StoryPicture::is_crowded() const {
  for (std::size_t i = 1; i < steps_.size(); ++i) {
    const std::size_t letters = steps_[i - 1]->verb.size() + steps_[i]->verb.size();
    if (static_cast<double>(letters) / 2 * kLetterWidth + 4 > step_width()) return true;
  }
  return false;
}

// The number above the verb; in a crowd side by side, and every second pair a line higher.
void StoryPicture::draw_steps() {
  const bool crowded = is_crowded();
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const double x = step_at(i);
    const bool raised = crowded && i % 2 == 1;
    const std::string number = std::to_string(steps_[i]->number), verb = clipped(steps_[i]->verb, 12);
    drawing_.line(x, raised ? 22 : 40, x, bottom() + 40, {.stroke = role::kRule, .stroke_width = .8});
    if (crowded) {
      drawing_.text(x, raised ? 16 : 33, number + " " + verb, {.colour = role::kMuted, .anchor = "middle"});
      continue;
    }
    drawing_.text(x, 16, number, {.colour = role::kMuted, .anchor = "middle"});
    drawing_.text(x, 33, verb, {.anchor = "middle"});
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
  const double y = kTop + static_cast<double>(lane) * kLaneHeight + 18;
  drawing_.text(0, y + 4, clipped(row.name, 26), {.weight = Font::Weight::bold});
  draw_history(row, y);
  drawing_.text(kCrashAt - 14, y + 22, clipped(row.before, 60), {.colour = role::kMuted, .anchor = "end"});
  if (row.why.empty()) {
    drawing_.rectangle(kCrashAt, y - 11, kWidth - kCrashAt - 2, 22,
                       {.fill = role::kMeasured, .stroke = role::kMeasured, .fill_opacity = .28});
    return drawing_.text(kCrashAt + 16, y + 4, clipped(row.after, 46));
  }
  drawing_.cross(kCrashAt, y);
  drawing_.text(kCrashAt + 16, y + 4, clipped(row.after, 46),
                {.colour = role::kLimitText, .weight = Font::Weight::bold});
  drawing_.text(kCrashAt + 16, y + 22, clipped(row.why, 54), {.colour = role::kMuted});
}

void StoryPicture::draw_promises() {
  const double y = bottom() + 24;
  drawing_.line(0, bottom(), kWidth, bottom(), {.stroke = role::kRule});
  drawing_.text(0, y + 4, "promised", {.weight = Font::Weight::bold});
  drawing_.text(70, y + 4, clipped(story_.promised, 18));
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i]->verb != "append") continue;
    drawing_.circle(step_at(i), y, 5, {.fill = role::kMeasured});
    drawing_.text(step_at(i) - 10, y + 4, clipped(steps_[i]->subject, 12), {.anchor = "end"});
  }
  drawing_.text(kCrashAt + 16, y + 4, "found", {.weight = Font::Weight::bold});
  drawing_.text(kCrashAt + 60, y + 4, clipped(story_.found, 40),
                {.colour = role::kLimitText, .weight = Font::Weight::bold});
}

void StoryPicture::draw_crash() {
  drawing_.line(kCrashAt, 24, kCrashAt, bottom() + 40, {.stroke = role::kLimit, .stroke_width = 2});
  drawing_.text(kCrashAt, 16, "power loss",
                {.colour = role::kLimitText, .anchor = "middle", .weight = Font::Weight::bold});
  drawing_.text(kCrashAt + 16, 48, "the disk after", {.colour = role::kMuted});
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
