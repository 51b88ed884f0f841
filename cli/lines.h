// SPDX-License-Identifier: Apache-2.0
// Lines for people: one for each thing judged, verdict first, then what, then figures, in columns.
//
//   PASS  slow/stalling-disk      seed 1   60 s virtual in 310 ms   append.latency.p99 84 ms < 100 ms journal
//   91d0... FAIL  crash/no-dirsync        seed 1   ...                      durable: LSN 41..43 are gone
//         faults  none fired
//         replay  wallop replay out/crash.no-dirsync.repro.json
//
// Pure functions of results; colour comes from the console that is handed in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "reports/result.h"

namespace wallop::cli {

// Filled up with blanks; counts letters, not bytes.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);
// Lines of equal columns, each as wide as its widest cell and the last one as long as it is; cells that are
// empty to the end of a line leave no blanks.
[[nodiscard]] std::vector<std::string> in_columns(const std::vector<std::vector<std::string>>& rows,
                                                  std::string_view gap);

// "PASS  ": a status in its column, which is six letters wide where nothing else is said.
[[nodiscard]] std::string status_column(const Console& console, reports::Status status,
                                        std::size_t width = 6);

// `name_width` is the widest name of all lines that will follow.
[[nodiscard]] std::string scenario_line(const Console& console, const reports::ScenarioResult& scenario,
                                        std::size_t name_width);
[[nodiscard]] std::string exploration_line(const Console& console, const reports::ScenarioResult& scenario,
                                           std::size_t name_width);
// What belongs under such a line, indented: of a failure what was promised and found, which faults had fired
// and how to repeat it; with Detail::verbose every verdict and every fault of any scenario.
[[nodiscard]] std::vector<std::string> scenario_facts(const Console& console,
                                                      const reports::ScenarioResult& scenario);

// The checklist: its items in columns.
[[nodiscard]] std::vector<std::string> check_lines(const Console& console,
                                                   const std::vector<reports::Verdict>& checks);

// "all 12,406 states", or "sampled 16,203 states (2 pending pieces at most)".
[[nodiscard]] std::string states_in_words(const reports::StateCount& states);

// "schedules 200 (31 differ)".
[[nodiscard]] std::string schedules_in_words(const reports::StateCount& states);
// "first failure: schedule 5, state 1,203".
[[nodiscard]] std::string first_failure_in_words(const reports::StateCount& states);

// What one types to see it again: the story's command, else the scenario with its seed.
[[nodiscard]] std::string replay_command(const reports::ScenarioResult& scenario);

}  // namespace wallop::cli
