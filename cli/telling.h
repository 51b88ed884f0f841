// SPDX-License-Identifier: Apache-2.0
// Telling: what run and explore have in common. Takes results as they come, in order; says a line for each,
// adds them up, and in the end repeats what failed, writes the reports and gives the exit code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/out_directory.h"
#include "cli/session.h"
#include "reports/result.h"

namespace wallop::cli {

// How one of those two commands says what it found.
struct Wording {
  std::string (*line)(const Console&, const reports::ScenarioResult&, std::size_t name_width);
  base::json::Value (*row)(const reports::ScenarioResult&);
};

class Telling {
 public:
  // The console outlives this object. Of each scenario there may be several runs, one for each seed.
  Telling(Console& console, Wording wording, std::size_t scenario_count, std::size_t run_count,
          std::size_t name_width);

  // Each of `harness_errors` says in a sentence why this result, or any, cannot be trusted.
  void add(reports::ScenarioResult result, const std::vector<std::string>& harness_errors);

  // What goes on: "run  3 of 12   0 failed   41.0 s".
  void progress(std::string_view what);

  // The end: `frame` is a result without scenarios. Writes to `out`, where there is one, before it returns.
  [[nodiscard]] Exit finish(reports::Result frame, std::optional<OutDirectory>& out, Strictness strictness,
                            const Session& session);

 private:
  void repeat_failures();
  [[nodiscard]] std::string total(io::Duration elapsed) const;

  Console& console_;
  Wording wording_;
  std::size_t scenario_count_, run_count_, name_width_;
  io::Instant begin_;
  Judgement judgement_;
  std::vector<reports::ScenarioResult> results_;
  std::vector<std::string> failures_;  // Their lines.
  bool other_line_since_failure_ = false;
};

}  // namespace wallop::cli
