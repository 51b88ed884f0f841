// SPDX-License-Identifier: Apache-2.0
// BenchProgram: wallop_peer or wallop_sim_peer, which measure one contestant each time they are started.
// Programs of their own, so that `wallop` links no other engine and each measurement starts from a fresh
// process.
#pragma once

#include <expected>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/bench/rounds.h"

namespace wallop::cli {

class BenchProgram {
 public:
  // Looks beside this program, where the build and the installation put it. `scratch`, a directory, is its to
  // use, and stays.
  static std::expected<BenchProgram, std::string> find(std::string_view name, std::string scratch);

  [[nodiscard]] bool has(std::string_view engine) const { return engines_.contains(engine); }
  // Engine and package of what this build lacks.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& missing() const { return missing_; }

  // In an empty directory, which is removed afterwards; or, where the contestant has a fill, in the one that
  // was filled so by its first run.
  std::expected<Numbers, std::string> run(const Contestant& who);

 private:
  BenchProgram(std::string path, std::string scratch)
      : path_(std::move(path)), scratch_(std::move(scratch)) {}

  std::expected<std::string, std::string> line_of(const std::vector<std::string>& words) const;
  std::expected<void, std::string> list();
  std::expected<std::string, std::string> filled(const Contestant& who);

  std::string path_, scratch_;
  std::set<std::string, std::less<>> engines_;
  std::vector<std::pair<std::string, std::string>> missing_;
  std::map<std::string, std::string> filled_;  // By engine and fill.
};

}  // namespace wallop::cli
