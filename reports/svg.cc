// SPDX-License-Identifier: Apache-2.0
// From gnuplot's SVG to the page's: each step is a walk over the element tree.
//
// What gnuplot 5.4 writes, after a block of definitions:
//
//   <g fill="none" color="black" stroke="currentColor" stroke-width="0.80" ...>      one group a pen
//     <path stroke='rgb(221, 221, 221)' class="gridline" d='M40.80,292.05 L465.59,292.05  '/>
//     <g transform="translate(32.41,295.95)" fill="rgb(119,119,119)" font-family="Arial" font-size="12.00"
//     ...>
//       <text><tspan font-family="Arial">0.2</tspan></text>
//     <use xlink:href='#gpPt6' transform='translate(188.84,173.60) scale(4.05)' color='rgb(  0, 114, 178)'/>
#include "reports/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <pugixml.hpp>
#include <sstream>
#include <vector>

#include "reports/text.h"

namespace wallop::reports {
namespace {

using pugi::xml_attribute;
using pugi::xml_node;
using std::string_view;

using Outcome = std::optional<std::string>;  // What was not understood.

// ---- Walking

// Every element below `root`, children before their parents. A snapshot: the walk may remove the element that
// it stands at, for nothing below it is visited after it.
std::vector<xml_node> elements_below(xml_node root) {
  std::vector<xml_node> found{root};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const xml_node child : found[i].children()) {
      if (child.type() == pugi::node_element) found.push_back(child);
    }
  }
  std::reverse(found.begin(), found.end());
  found.pop_back();
  return found;
}

bool is(xml_node node, string_view name) {
  return node.name() == name;
}

void set(xml_node node, const char* name, const std::string& value) {
  xml_attribute attribute = node.attribute(name);
  if (!attribute) attribute = node.append_attribute(name);
  attribute.set_value(value.c_str());
}

// ---- Colours

struct Role {
  std::uint32_t rgb;  // In plot_style.gp.
  string_view paint;  // On the page.
};
constexpr std::array kRoles{
    Role{0x0072B2, "var(--blue)"},   Role{0xD55E00, "var(--verm)"},     Role{0xCC79A7, "var(--purple)"},
    Role{0xE69F00, "var(--orange)"}, Role{0x999999, "var(--quiet)"},    Role{0xDDDDDD, "var(--rule)"},
    Role{0x777777, "var(--muted)"},  Role{0xB84A01, "var(--verm-t)"},   Role{0x8F3F6F, "var(--purple-t)"},
    Role{0x000000, "currentColor"},  Role{0x8A5A00, "var(--orange-t)"},
};

// "rgb(  0, 114, 178)" as 0x0072B2.
std::optional<std::uint32_t> parse_rgb(string_view text) {
  if (text.substr(0, 4) != "rgb(" || text.back() != ')') return std::nullopt;
  text = text.substr(4);
  std::uint32_t rgb = 0;
  for (int part = 0; part < 3; ++part) {
    text.remove_prefix(std::min(text.find_first_not_of(" ,"), text.size()));
    unsigned value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || value > 255) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    rgb = rgb << 8U | value;
  }
  return rgb;
}

std::optional<string_view> paint_of(string_view colour) {
  if (colour == "none" || colour == "currentColor") return colour;
  if (colour == "black") return "currentColor";
  const auto rgb = parse_rgb(colour);
  const auto role = std::find_if(kRoles.begin(), kRoles.end(), [&](const Role& r) { return rgb == r.rgb; });
  if (!rgb || role == kRoles.end()) return std::nullopt;
  return role->paint;
}

Outcome paint(xml_node svg) {
  for (xml_node element : elements_below(svg)) {
    for (const char* name : {"fill", "stroke"}) {
      xml_attribute attribute = element.attribute(name);
      if (!attribute) continue;
      const auto role = paint_of(attribute.value());
      if (!role) return fmt::format("unknown colour {} in gnuplot's SVG", clipped(attribute.value(), 60));
      attribute.set_value(std::string(*role).c_str());
    }
  }
  return std::nullopt;
}

// ---- Markers

constexpr string_view kNumberBegins = "-0123456789.";

// The numbers of "translate(188.84,173.60) scale(4.05)".
std::vector<double> numbers_in(string_view text) {
  std::vector<double> numbers;
  for (std::size_t at = text.find_first_of(kNumberBegins); at < text.size();
       at = text.find_first_of(kNumberBegins, at)) {
    double number = 0;
    const auto parsed = std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (parsed.ec != std::errc()) return {};
    numbers.push_back(number);
    at = static_cast<std::size_t>(parsed.ptr - text.data());
  }
  return numbers;
}

// Points 6 (pt 7, filled circle), 5 (pt 6, hollow circle) and 8 (pt 9, filled triangle) as shapes of their
// own.
Outcome draw_marker(xml_node use) {
  const std::string shape = use.attribute("xlink:href").value();
  const std::vector<double> at = numbers_in(use.attribute("transform").value());
  const auto paint = paint_of(use.attribute("color").value());
  if (!paint) return fmt::format("unknown colour {} in gnuplot's SVG", use.attribute("color").value());
  if (at.size() != 3 || (shape != "#gpPt5" && shape != "#gpPt6" && shape != "#gpPt8"))
    return fmt::format("unknown marker {} in gnuplot's SVG", clipped(shape, 60));
  const double x = at[0], y = at[1], size = at[2];
  const bool hollow = shape == "#gpPt5";
  xml_node marker = use.parent().insert_child_before(shape == "#gpPt8" ? "path" : "circle", use);
  if (shape == "#gpPt8") {
    set(marker, "d",
        fmt::format("M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}z", x, y - 1.33 * size, -1.33 * size, 2 * size,
                    2.66 * size));
  } else {
    set(marker, "cx", fmt::format("{:.1f}", x));
    set(marker, "cy", fmt::format("{:.1f}", y));
    set(marker, "r", fmt::format("{:.1f}", size));
  }
  set(marker, "fill", hollow ? "var(--paper)" : std::string(*paint));
  set(marker, "stroke", hollow ? std::string(*paint) : "none");
  if (hollow) set(marker, "stroke-width", "1.4");
  use.parent().remove_child(use);
  return std::nullopt;
}

Outcome draw_markers(xml_node svg) {
  for (const xml_node element : elements_below(svg)) {
    if (!is(element, "use")) continue;
    if (auto problem = draw_marker(element)) return problem;
  }
  return std::nullopt;
}

// ---- What the page does not need

Outcome check_names(xml_node svg) {
  constexpr std::array<string_view, 7> kKnown{"g", "path", "polygon", "text", "circle", "rect", "tspan"};
  for (const xml_node element : elements_below(svg)) {
    if (std::find(kKnown.begin(), kKnown.end(), element.name()) == kKnown.end())
      return fmt::format("unknown element <{}> in gnuplot's SVG", clipped(element.name(), 60));
  }
  return std::nullopt;
}

void drop_attributes(xml_node svg) {
  for (xml_node element : elements_below(svg)) {
    for (const char* name : {"id", "class", "font-family", "color", "style", "xml:space"})
      element.remove_attribute(name);
  }
}

// <text><tspan>0.2</tspan></text> as <text>0.2</text>.
void unwrap_spans(xml_node svg) {
  for (xml_node span : elements_below(svg)) {
    if (!is(span, "tspan")) continue;
    xml_node text = span.parent();
    text.insert_child_before(pugi::node_pcdata, span).set_value(span.text().get());
    text.remove_child(span);
  }
}

// Groups of empty groups too. A path that only moves draws nothing.
void drop_empty(xml_node svg) {
  for (xml_node element : elements_below(svg)) {
    const bool empty = is(element, "g") && !element.first_child();
    const string_view path = element.attribute("d").value();
    const bool only_moves = is(element, "path") && path.find_first_of("Ll") == string_view::npos;
    if (empty || only_moves) element.parent().remove_child(element);
  }
}

// ---- Length

// "M40.80,292.05 L465.59,292.05  " as "M40.8,292.1 L465.6,292.1": one decimal, single blanks.
std::string shortened(string_view geometry) {
  std::string out;
  for (std::size_t at = 0; at < geometry.size();) {
    double number = 0;
    const auto parsed = std::from_chars(geometry.data() + at, geometry.data() + geometry.size(), number);
    const bool is_number = kNumberBegins.find(geometry[at]) != string_view::npos;  // "inf" is a number too.
    if (is_number && parsed.ec == std::errc()) {
      std::string digits = fmt::format("{:.1f}", number);
      if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
      out += digits == "-0" ? "0" : digits;
      at = static_cast<std::size_t>(parsed.ptr - geometry.data());
      continue;
    }
    const char c = geometry[at++];
    const bool blank = c == ' ' || c == '\n' || c == '\t';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

void shorten(xml_node svg) {
  for (xml_node element : elements_below(svg)) {
    for (const char* name : {"d", "points", "transform", "font-size", "stroke-width", "stroke-dasharray"}) {
      if (xml_attribute attribute = element.attribute(name))
        attribute.set_value(shortened(attribute.value()).c_str());
    }
  }
}

// ---- Putting it together

struct Writer final : pugi::xml_writer {
  void write(const void* data, std::size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
  std::string text;
};

std::string element_text(xml_node root, const Caption& caption) {
  const std::string box = shortened(root.attribute("viewBox").value());
  const std::vector<double> numbers = numbers_in(box);
  const double width = numbers.size() == 4 ? numbers[2] : 0;
  Writer body;
  for (const xml_node child : root.children()) child.print(body, "", pugi::format_raw);
  return fmt::format(
      "<svg class=\"plot w{0}\" role=\"img\" aria-labelledby=\"{1}-t {1}-d\" viewBox=\"{2}\">"
      "<title id=\"{1}-t\">{3}</title><desc id=\"{1}-d\">{4}</desc>{5}</svg>",
      width, caption.id, box, escaped(caption.title), escaped(caption.description), body.text);
}

void drop_definitions(xml_node svg) {
  for (const xml_node element : elements_below(svg)) {
    const bool background = is(element, "rect") && string_view(element.attribute("fill").value()) == "none";
    if (is(element, "defs") || is(element, "title") || is(element, "desc") || background)
      element.parent().remove_child(element);
  }
}

}  // namespace

std::expected<std::string, std::string> follow_page(string_view gnuplot_svg, const Caption& caption) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(gnuplot_svg.data(), gnuplot_svg.size());
  const xml_node root = document.child("svg");
  if (!parsed || !root)
    return std::unexpected(fmt::format("gnuplot's SVG is none: {}", parsed.description()));
  drop_definitions(root);
  if (auto problem = paint(root)) return std::unexpected(*problem);
  if (auto problem = draw_markers(root)) return std::unexpected(*problem);
  if (auto problem = check_names(root)) return std::unexpected(*problem);
  drop_attributes(root);
  unwrap_spans(root);
  drop_empty(root);
  shorten(root);
  return element_text(root, caption);
}

}  // namespace wallop::reports
