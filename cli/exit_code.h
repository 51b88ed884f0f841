// SPDX-License-Identifier: Apache-2.0
// Exit codes: what a script learns without reading a word.
//
// One code for all that happened; where several would fit, the one that concerns trust in the others wins:
// 130, then 3, 1, 4, 0. (2 is said before anything runs.)
#pragma once

#include <cstddef>

#include "reports/result.h"

namespace wallop::cli {

enum class Exit : int {
  passed = 0,
  failed = 1,         // A verdict failed.
  usage = 2,          // The command line, a scenario or a file that was handed in is wrong.
  harness = 3,        // Wallop cannot be trusted or could not do its work: see docs/commands.md.
  inconclusive = 4,   // Too few samples, nothing matched, unsupported under --strict.
  interrupted = 130,  // By SIGINT or SIGTERM.
};

enum class Strictness : bool { lenient, strict };

// What came of a command, added up.
class Judgement {
 public:
  void add(reports::Status status);
  // A fault that was armed and never fired.
  void add_unfired() { ++unfired_; }
  // Two runs of one seed differed, or a log that is wrong on purpose was not caught.
  void add_harness_error() { ++harness_errors_; }
  void interrupt() { interrupted_ = true; }

  [[nodiscard]] std::size_t of(reports::Status status) const {
    return counts_[static_cast<std::size_t>(status)];
  }
  [[nodiscard]] std::size_t all() const;
  [[nodiscard]] std::size_t harness_errors() const { return harness_errors_; }
  [[nodiscard]] bool interrupted() const { return interrupted_; }

  // Strict: a warning and a fault that never fired fail; what was skipped or left to people leaves the whole
  // inconclusive.
  [[nodiscard]] Exit exit(Strictness strictness) const;

 private:
  std::size_t counts_[6] = {};
  std::size_t unfired_ = 0, harness_errors_ = 0;
  bool interrupted_ = false;
};

}  // namespace wallop::cli
