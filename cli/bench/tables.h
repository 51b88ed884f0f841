// SPDX-License-Identifier: Apache-2.0
// Tables: what was measured, as lines for people, as Markdown, and as a part of a document that goes on
// living around it.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cli/bench/rounds.h"

namespace wallop::cli {

// "6.08 M/s", "163 us", "0.14 s", "4.7 GB/s", "12 %", three digits.
[[nodiscard]] std::string in_unit(double value, Unit unit);

// One for ours, one for each other that took part.
[[nodiscard]] std::vector<std::string> lines_for_people(const Measured& measured);
[[nodiscard]] std::vector<base::json::Value> rows_for_machines(const Measured& measured);
[[nodiscard]] std::string markdown_table(const std::vector<Measured>& all);

// `document` with `text` between the two lines that mark the section `name`; where they are missing, the
// section is added at the end. What stands around it stays: reasons for what was not reached are written by
// people. invalid: a beginning without an end.
[[nodiscard]] std::expected<std::string, std::string> with_section(std::string_view document,
                                                                   std::string_view name,
                                                                   std::string_view text);

}  // namespace wallop::cli
