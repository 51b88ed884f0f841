// SPDX-License-Identifier: Apache-2.0
// The options of `wallop wal stat|verify|dump|salvage|tail|compact`.
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

// Where CLI11 puts what it finds; texts are parsed once it is through.
struct WalArguments {
  std::string directory, lsns, from, segment, limit, out, segment_bytes, compression;
  bool keys = false, hex = false;
};

struct WalCommand {
  CLI::App* app = nullptr;
  WalTool tool = WalTool::stat;
};

// Adds `wal` to `app`, and its commands to that. `into` must outlive the parsing.
[[nodiscard]] std::vector<WalCommand> add_wal_commands(CLI::App& app, WalArguments& into);

// All of the request but its presentation.
[[nodiscard]] std::expected<WalRequest, UsageError> wal_request(const WalArguments& arguments, WalTool tool);

}  // namespace wallop::cli
