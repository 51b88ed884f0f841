// SPDX-License-Identifier: Apache-2.0
#include "reports/svg.h"

#include <catch2/catch.hpp>
#include <pugixml.hpp>

namespace wallop::reports {
namespace {

const Caption kCaption{"plot", "A title", "Some words"};

// What gnuplot writes around a drawing.
std::string gnuplot(const std::string& drawing) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"  standalone=\"no\"?>\n<svg \n viewBox=\"0 0 480 330\"\n "
         "xmlns:xlink=\"x\">\n<title>Gnuplot</title><desc>Produced by GNUPLOT 5.4</desc>\n<g "
         "id=\"gnuplot_canvas\">\n"
         "<rect x=\"0\" y=\"0\" width=\"480\" height=\"330\" fill=\"none\"/>\n"
         "<defs><circle id='gpDot' r='0.5' stroke='currentColor'/><use xlink:href='#gpPt5' "
         "id='gpPt6'/></defs>\n" +
         drawing + "</g>\n</svg>";
}

std::string followed(const std::string& drawing) {
  const auto svg = follow_page(gnuplot(drawing), kCaption);
  INFO((svg ? "" : svg.error()));
  REQUIRE(svg);
  return *svg;
}

std::string problem(const std::string& drawing) {
  const auto svg = follow_page(gnuplot(drawing), kCaption);
  REQUIRE_FALSE(svg);
  return svg.error();
}

TEST_CASE("a colour becomes its role") {
  CHECK(followed("<path stroke='rgb(  0, 114, 178)' d='M1,1 L2,2'/>").find("stroke=\"var(--blue)\"") !=
        std::string::npos);
  CHECK(followed("<path stroke='black' d='M1,1 L2,2'/>").find("stroke=\"currentColor\"") !=
        std::string::npos);
}

TEST_CASE("an unknown colour is an error that names it") {
  CHECK(problem("<path stroke='rgb(1, 2, 3)' d='M1,1 L2,2'/>") ==
        "unknown colour rgb(1, 2, 3) in gnuplot's SVG");
  CHECK(problem("<path fill='red' d='M1,1 L2,2'/>") == "unknown colour red in gnuplot's SVG");
  CHECK(problem("<path fill='rgb(0,114,178' d='M1,1 L2,2'/>") ==
        "unknown colour rgb(0,114,178 in gnuplot's SVG");
}

TEST_CASE("unknown elements and markers are errors") {
  CHECK(problem("<script/>") == "unknown element <script> in gnuplot's SVG");
  CHECK(problem("<use xlink:href='#gpPt3' transform='translate(1,2) scale(3)' color='black'/>") ==
        "unknown marker #gpPt3 in gnuplot's SVG");
}

TEST_CASE("markers become shapes: filled, hollow, triangle") {
  const auto marker = [](const std::string& point) {
    return followed("<use xlink:href='#gpPt" + point +
                    "' transform='translate(10.04,20.06) scale(3.00)' color='rgb(0, 114, 178)'/>");
  };
  CHECK(marker("6").find("<circle cx=\"10.0\" cy=\"20.1\" r=\"3.0\" fill=\"var(--blue)\"") !=
        std::string::npos);
  CHECK(marker("5").find("fill=\"var(--paper)\" stroke=\"var(--blue)\"") != std::string::npos);
  CHECK(marker("8").find("<path d=\"M") != std::string::npos);
}

TEST_CASE("coordinates are shortened and labels are not") {
  const std::string svg = followed(
      "<g transform=\"translate(32.41,295.95)\" font-size=\"12.00\"><text><tspan>0.25  "
      "99.999</tspan></text></g>"
      "<path stroke='black' d='M40.80,292.05 L465.59,-0.01  '/>");
  CHECK(svg.find("translate(32.4,295.9)") + svg.find("translate(32.4,296)") != 2 * std::string::npos);
  CHECK(svg.find("<text>0.25  99.999</text>") != std::string::npos);
  CHECK(svg.find("d=\"M40.8,292 L465.6,0\"") + svg.find("d=\"M40.8,292.1 L465.6,0\"") !=
        2 * std::string::npos);
}

TEST_CASE("groups of nothing, ids, fonts and definitions are gone") {
  const std::string svg = followed(
      "<g color=\"black\" stroke=\"currentColor\"><g></g>\n</g><g id=\"gnuplot_plot_1\" class=\"x\" "
      "style=\"y\" font-family=\"Arial\"><path stroke='black' d='M1,1 L2,2'/></g><path d='M1,1'/>");
  CHECK(svg.find("</desc><g><g><path stroke=\"currentColor\" d=\"M1,1 L2,2\"/></g></g></svg>") !=
        std::string::npos);
}

TEST_CASE("title and description are the page's, escaped") {
  const auto svg = follow_page(gnuplot(""), {"p", "<b>", "\"&"});
  REQUIRE(svg);
  CHECK(svg->find("<title id=\"p-t\">&lt;b&gt;</title><desc id=\"p-d\">&quot;&amp;</desc>") !=
        std::string::npos);
  CHECK(svg->find("role=\"img\" aria-labelledby=\"p-t p-d\"") != std::string::npos);
  CHECK(svg->find("GNUPLOT") == std::string::npos);
}

TEST_CASE("what is no SVG is an error") {
  CHECK_FALSE(follow_page("", kCaption));
  CHECK_FALSE(follow_page("<svg", kCaption));
  CHECK_FALSE(follow_page("<html/>", kCaption));
}

}  // namespace
}  // namespace wallop::reports
