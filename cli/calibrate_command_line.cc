// SPDX-License-Identifier: Apache-2.0
// What the options of `wallop calibrate` are, and mean.
#include "cli/calibrate_command_line.h"

#include <CLI/CLI.hpp>

#include "cli/option_texts.h"

namespace wallop::cli {
namespace {

constexpr base::Duration kBudgetMin = std::chrono::seconds(5);

}  // namespace

CLI::App* add_calibrate_command(CLI::App& app, CalibrateArguments& into) {
  CLI::App* const calibrate =
      app.add_subcommand("calibrate",
                         "Measure a device into a disk's file, and hold the simulated world against it")
          ->group("Commands");
  calibrate->footer(
      "Examples:\n"
      "  wallop calibrate --dir /var/lib/app -o mine.disk.json\n"
      "  wallop calibrate --dir . -o mine.disk.json --budget 5m --strict\n"
      "\n"
      "A scenario runs on it by \"world\": { \"disk\": \"mine.disk.json\" }. docs/calibrate.md has the "
      "rest.");
  calibrate->add_option("--dir", into.request.directory, "A directory on the device")
      ->type_name("DIR")
      ->required();
  calibrate
      ->add_option("-o,--output", into.request.file,
                   "Where the disk's file goes; one that is there is replaced")
      ->type_name("FILE")
      ->required();
  calibrate->add_option("--budget", into.budget, "About how long to measure; 60s without it")
      ->type_name("TIME");
  calibrate->add_flag("--strict", into.request.strict,
                      "A prediction beyond its bound, or of too few samples, counts");
  return calibrate;
}

std::expected<CalibrateRequest, UsageError> calibrate_request(const CalibrateArguments& arguments) {
  const auto budget = budget_of(arguments.budget);
  if (!budget) return std::unexpected(budget.error());
  if (*budget < kBudgetMin)
    return std::unexpected(UsageError{"--budget: a device shows little in so short a time\n  at least 5s"});
  CalibrateRequest request = arguments.request;
  request.budget = *budget;
  return request;
}

}  // namespace wallop::cli
