// SPDX-License-Identifier: Apache-2.0
// Rows for machines: one JSON object a line, told apart by "type". docs/commands.md lists them; within
// kJsonLinesVersion no member changes its name or meaning.
#pragma once

#include <string_view>

#include "base/json.h"
#include "cli/exit_code.h"
#include "reports/result.h"

namespace wallop::cli {

// The first line: {"type":"start","version":1,"wallop":"0.1.0","commit":"...","command":"wallop run
// scenarios"}.
[[nodiscard]] base::json::Value start_row(std::string_view command);
// "scenario": one run with one seed.
[[nodiscard]] base::json::Value scenario_row(const reports::ScenarioResult& scenario);
// "exploration": the same, with the crash states.
[[nodiscard]] base::json::Value exploration_row(const reports::ScenarioResult& scenario);
// "check": an item of the checklist.
[[nodiscard]] base::json::Value check_row(const reports::Verdict& check);
// The last line: {"type":"end","exit":1,"passed":11,"failed":1,...}.
[[nodiscard]] base::json::Value end_row(const Judgement& judgement, Exit exit);

}  // namespace wallop::cli
