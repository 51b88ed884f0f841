// SPDX-License-Identifier: Apache-2.0
// Puts the page together. The hashes of the style and the script are taken when CMake configures
// (CMakeLists.txt) and only written another way here.
#include "reports/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ensure.h"
#include "reports/embedded.h"
#include "reports/page.h"

namespace wallop::reports {
namespace {

constexpr unsigned nibble(char digit) {
  return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

// "00ff10" as "AP8Q": a policy names hashes in base64, CMake in hex.
std::string base64_of_hex(std::string_view hex) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 6) {  // Six hex digits, three bytes, four digits of base64.
    const std::size_t present = std::min<std::size_t>(hex.size() - i, 6);
    unsigned bits = 0;
    for (std::size_t j = 0; j < 6; ++j) bits = bits << 4U | (j < present ? nibble(hex[i + j]) : 0);
    for (std::size_t j = 0; j < 4; ++j) out += j <= present / 2 ? kDigits[bits >> (18 - 6 * j) & 63U] : '=';
  }
  return out;
}

std::string footer_of(const Result& result) {
  return fmt::format("Wallop {} · result format {} · plots by gnuplot", result.wallop_version,
                     result.version);
}

Page page_with(const Result& result, std::string_view gnuplot, std::size_t rows_max) {
  const Summary summary = summarize(result);
  PageContext context{.result = result,
                      .summary = summary,
                      .gnuplot = gnuplot,
                      .rows_max = rows_max,
                      .contents = {data::type::list},
                      .undrawn = {}};
  data page;
  add_verdict(page, context);
  add_checks(page, context);
  add_scenarios(page, context);
  add_stories(page, context);
  add_figures(page, context);
  add_faults(page, context);
  add_states(page, context);
  add_environment(page, context);
  add_reproduce(page, context);
  page.set("contents", context.contents);
  set_text(page, "footer", footer_of(result));
  page.set("style", std::string(embedded("page_style")));
  page.set("script", std::string(embedded("page_script")));
  page.set("style_hash", base64_of_hex(WALLOP_PAGE_STYLE_SHA256));
  page.set("script_hash", base64_of_hex(WALLOP_PAGE_SCRIPT_SHA256));
  page.set("figure", data(kainjow::mustache::partial([] { return std::string(embedded("figure")); })));
  kainjow::mustache::mustache whole{std::string(embedded("report"))};
  std::string html = whole.render(page);
  base::ensure(whole.is_valid(), "the page's template is well formed");
  return {std::move(html), std::move(context.undrawn)};
}

}  // namespace

void PageContext::add_contents(std::string_view anchor, std::string_view title, Weight weight) {
  data entry;
  set_text(entry, "anchor", anchor);
  set_text(entry, "title", title);
  set_flag(entry, "urgent", weight == Weight::urgent);
  contents.push_back(entry);
}

Page to_html(const Result& result, std::string_view gnuplot) {
  // Any result of honest size fits at once.
  for (const std::size_t rows_max : {400U, 100U, 30U}) {
    Page page = page_with(result, gnuplot, rows_max);
    if (page.html.size() < kPageBytesMax) return page;
  }
  return page_with(result, gnuplot, 8);
}

}  // namespace wallop::reports
