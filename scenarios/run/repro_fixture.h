// SPDX-License-Identifier: Apache-2.0
// For tests: a counterexample as it would be written to a file.
#pragma once

#include "scenarios/run/explore.h"

namespace wallop::scenarios::testing {

inline Repro repro_of(const Counterexample& failure) {
  return {.name = "test/case",
          .commit = "abc",
          .scenario = failure.scenario,
          .answers = failure.answers,
          .oracle = failure.finding.oracle,
          .finding = failure.finding.what,
          .shrunk_from = failure.shrunk_from};
}

}  // namespace wallop::scenarios::testing
