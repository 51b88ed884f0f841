// SPDX-License-Identifier: Apache-2.0
// A small SVG, made of shapes and words in the page's colours. Every text is escaped; coordinates are written
// to a tenth.
#pragma once

#include <string>
#include <string_view>

#include "reports/svg.h"

namespace wallop::reports {

// What a colour means on the page (page_style.css). Words take the text kin of a colour.
namespace role {
inline constexpr std::string_view kInk = "currentColor";
inline constexpr std::string_view kMuted = "var(--muted)";
inline constexpr std::string_view kQuiet = "var(--quiet)";
inline constexpr std::string_view kRule = "var(--rule)";
inline constexpr std::string_view kPaper = "var(--paper)";
inline constexpr std::string_view kMeasured = "var(--blue)";
inline constexpr std::string_view kLimit = "var(--verm)";
inline constexpr std::string_view kLimitText = "var(--verm-t)";
}  // namespace role

struct Paint {
  std::string_view fill = "none";
  std::string_view stroke = "";  // "" for no outline.
  double stroke_width = 1;
  std::string_view dash = "";  // "2 3"; "" for solid.
  double fill_opacity = 1;
};

struct Font {
  std::string_view colour = role::kInk;
  std::string_view anchor = "start";  // "middle", "end".
  enum class Weight : std::uint8_t { normal, bold } weight = Weight::normal;
  enum class Slope : std::uint8_t { level, rising } slope = Slope::level;  // Rising by 45 degrees.
};

class Drawing {
 public:
  Drawing(double width, double height) : width_(width), height_(height) {}

  void line(double x1, double y1, double x2, double y2, const Paint& paint);
  void path(std::string_view commands, const Paint& paint);
  void rectangle(double x, double y, double width, double height, const Paint& paint);
  void circle(double x, double y, double radius, const Paint& paint);
  // A cross, seven units to each side: something is not there.
  void cross(double x, double y);
  // 12 units high; `y` is the base line.
  void text(double x, double y, std::string_view words, const Font& font = {});

  // The element; `attributes` are its class and size. Without an id in the caption its name is an aria-label.
  [[nodiscard]] std::string finish(std::string_view attributes, const Caption& caption) const;

 private:
  double width_, height_;
  std::string body_;
};

}  // namespace wallop::reports
