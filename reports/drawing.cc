// SPDX-License-Identifier: Apache-2.0
// SVG elements as text.
#include "reports/drawing.h"

#include <fmt/format.h>

#include "reports/text.h"

namespace wallop::reports {
namespace {

constexpr std::size_t kWordsMax = 120;          // Bytes; no drawing is wider.
constexpr std::size_t kDescriptionMax = 2'000;  // Bytes; a page of them would help nobody.

std::string number(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, value);
}

std::string attributes_of(const Paint& paint) {
  std::string out = attribute("fill", paint.fill);
  if (paint.fill_opacity < 1) out += attribute("fill-opacity", fmt::format("{:g}", paint.fill_opacity));
  if (paint.stroke.empty()) return out;
  out += attribute("stroke", paint.stroke) + attribute("stroke-width", number(paint.stroke_width));
  if (!paint.dash.empty()) out += attribute("stroke-dasharray", paint.dash);
  return out;
}

}  // namespace

void Drawing::line(double x1, double y1, double x2, double y2, const Paint& paint) {
  path(fmt::format("M{} {}L{} {}", number(x1), number(y1), number(x2), number(y2)), paint);
}

void Drawing::path(std::string_view commands, const Paint& paint) {
  body_ += "<path" + attribute("d", commands) + attributes_of(paint) + "/>";
}

void Drawing::rectangle(double x, double y, double width, double height, const Paint& paint) {
  body_ += "<rect" + attribute("x", number(x)) + attribute("y", number(y)) +
           attribute("width", number(width)) + attribute("height", number(height)) + attributes_of(paint) +
           "/>";
}

void Drawing::circle(double x, double y, double radius, const Paint& paint) {
  body_ += "<circle" + attribute("cx", number(x)) + attribute("cy", number(y)) +
           attribute("r", number(radius)) + attributes_of(paint) + "/>";
}

void Drawing::cross(double x, double y) {
  const Paint paint{.stroke = role::kLimit, .stroke_width = 2.6};
  path(fmt::format("M{} {}l12 12m0 -12l-12 12", number(x - 6), number(y - 6)), paint);
}

void Drawing::text(double x, double y, std::string_view words, const Font& font) {
  body_ += "<text" + attribute("x", number(x)) + attribute("y", number(y)) + attribute("font-size", "12") +
           attribute("fill", font.colour);
  if (font.anchor != "start") body_ += attribute("text-anchor", font.anchor);
  if (font.weight == Font::Weight::bold) body_ += attribute("font-weight", "600");
  if (font.slope == Font::Slope::rising)
    body_ += attribute("transform", fmt::format("rotate(-45 {} {})", number(x), number(y)));
  body_ += ">" + escaped(clipped(words, kWordsMax)) + "</text>";
}

std::string Drawing::finish(std::string_view attributes, const Caption& caption) const {
  const std::string title = escaped(clipped(caption.title, kWordsMax));
  const std::string description = escaped(clipped(caption.description, kDescriptionMax));
  const bool named = !caption.id.empty();
  const std::string name = named ? fmt::format("aria-labelledby=\"{0}-t {0}-d\"", caption.id)
                                 : fmt::format("aria-label=\"{}: {}\"", title, description);
  const std::string title_id = named ? attribute("id", caption.id + "-t") : "";
  const std::string description_id = named ? attribute("id", caption.id + "-d") : "";
  return fmt::format(
      "<svg {} viewBox=\"0 0 {} {}\" role=\"img\" {}><title{}>{}</title><desc{}>{}</desc>{}</svg>",
      attributes, number(width_), number(height_), name, title_id, title, description_id, description, body_);
}

}  // namespace wallop::reports
