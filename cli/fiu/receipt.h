// SPDX-License-Identifier: Apache-2.0
// Receipt: what the preloaded library saw and did in COMMAND, for people and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/fiu/arming.h"
#include "cli/fiu/wire.h"

namespace wallop::cli::libfiu {

// Counts in a file of their own, mapped as COMMAND's processes map it.
class CountsFile {
 public:
  // At `path`, made new. error() is the errno where it could not be.
  explicit CountsFile(const std::string& path);
  ~CountsFile();
  CountsFile(const CountsFile&) = delete;
  CountsFile& operator=(const CountsFile&) = delete;

  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] const Counts& counts() const { return *counts_; }

 private:
  Counts* counts_ = nullptr;
  int error_ = 0;
};

// How COMMAND ended.
struct Ended {
  int code = 0;
  int signal = 0;  // 0: by itself.
};

// Faults that never fired.
[[nodiscard]] std::vector<std::string> unfired(const ArmedPlan& plan, const Counts& counts);

// A line for each call that failed, for each fault, and for the calls that were seen.
[[nodiscard]] std::vector<std::string> lines_of(const ArmedPlan& plan, const Counts& counts);

[[nodiscard]] base::json::Value json_of(const ArmedPlan& plan, const Counts& counts, const Ended& ended);

}  // namespace wallop::cli::libfiu
