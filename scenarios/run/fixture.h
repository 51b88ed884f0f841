// SPDX-License-Identifier: Apache-2.0
// For the tests of reading: a list of known names, a scenario that has nothing but what it must have, and
// problems as a user sees them.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/run/validate.h"

namespace wallop::scenarios::testing {

inline Known few_names() {
  return {.models = {"posix", "ext4-ordered"},
          .disks = {"instant", "nvme-consumer", "nvme-plp"},
          .engines = {"reference_wal", "ack_before_sync"},
          .oracles = {"durable", "prefix", "intact", "opens"}};
}

// A scenario on one line for what must be there, with `more` on the second: problems in `more` have line 2.
inline std::string scenario_with(std::string_view more) {
  return R"({ "version": 1, "name": "x", "about": "A test.", "engine": { "name": "reference_wal" },)"
         "\n" +
         std::string(more) + "}";
}

constexpr std::string_view kOneAppend = R"("workload": { "operations": 1, "writers": [ {} ] })";
constexpr std::string_view kTenSeconds = R"("workload": { "duration": "10s", "writers": [ {} ] })";

// One problem a line, "" where there is none.
inline std::string complaints(std::string_view text) {
  std::string lines;
  for (const base::json::Problem& problem : read_scenario(text, few_names()).problems) {
    lines += (lines.empty() ? "" : "\n") + base::json::describe("f", problem);
  }
  return lines;
}

}  // namespace wallop::scenarios::testing
