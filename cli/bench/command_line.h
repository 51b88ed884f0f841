// SPDX-License-Identifier: Apache-2.0
// The options of `wallop bench`.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/requests.h"

namespace CLI {
class App;
}

namespace wallop::cli {

// Where CLI11 puts what it finds.
struct BenchArguments {
  std::string what = "log", directory = ".", write;
  std::vector<std::string> only;
  std::uint64_t rounds = 0;
  bool peers = false, quick = false;
};

// Adds `bench` to `app`. `into` must outlive the parsing.
[[nodiscard]] CLI::App* add_bench_command(CLI::App& app, BenchArguments& into);

// All of the request but its presentation.
[[nodiscard]] std::expected<BenchRequest, UsageError> bench_request(const BenchArguments& arguments);

}  // namespace wallop::cli
