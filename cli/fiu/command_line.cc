// SPDX-License-Identifier: Apache-2.0
// What the options of `wallop fiu` are, and mean.
#include "cli/fiu/command_line.h"

#include <CLI/CLI.hpp>

namespace wallop::cli {

CLI::App* add_fiu_command(CLI::App& app, FiuRequest& into) {
  CLI::App* const fiu =
      app.add_subcommand("fiu", "A plan's faults in an unmodified program on the real kernel, by libfiu")
          ->group("Commands");
  fiu->footer(
      "Examples:\n"
      "  wallop fiu plan.json                                     what would be armed, and how\n"
      "  wallop fiu plan.json --exec -- sqlite3 my.db 'insert into t values (1)'\n"
      "  wallop fiu scenarios/sync/third-sync-fails.json --exec -- ./my-test\n"
      "\n"
      "Exits 0 where every fault fired and COMMAND ended 0, 1 where COMMAND did not, 4 where a fault never "
      "fired.\n"
      "docs/libfiu.md says what can be had of a plan.");
  fiu->add_option("PLAN", into.plan, "{ \"faults\": [ ... ] }, or a scenario")->type_name("")->required();
  fiu->add_flag("--exec", into.exec, "Run COMMAND under the faults, and say what they did");
  fiu->add_option("COMMAND", into.command, "The program and its arguments, after --")->type_name("");
  return fiu;
}

std::optional<UsageError> fiu_flaw(const FiuRequest& request) {
  if (request.exec && request.command.empty())
    return UsageError{"--exec: which command?\n  wallop fiu PLAN --exec -- COMMAND..."};
  if (!request.exec && !request.command.empty())
    return UsageError{"a command without --exec\n  wallop fiu PLAN --exec -- COMMAND..."};
  return std::nullopt;
}

}  // namespace wallop::cli
