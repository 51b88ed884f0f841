// SPDX-License-Identifier: Apache-2.0
// The options of `wallop calibrate`.
#pragma once

#include <expected>
#include <string>

#include "cli/command_line.h"
#include "cli/requests.h"

namespace CLI {
class App;
}

namespace wallop::cli {

// As they are written.
struct CalibrateArguments {
  CalibrateRequest request;
  std::string budget = "60s";
};

// Adds `calibrate` to `app`. `into` must outlive the parsing.
[[nodiscard]] CLI::App* add_calibrate_command(CLI::App& app, CalibrateArguments& into);

[[nodiscard]] std::expected<CalibrateRequest, UsageError> calibrate_request(
    const CalibrateArguments& arguments);

}  // namespace wallop::cli
