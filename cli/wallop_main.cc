// SPDX-License-Identifier: Apache-2.0
// Extensions into the catalogues, arguments into run_cli(), so that tests reach it too.
#include "cli/wallop_main.h"

#include <string>

#include "cli/output.h"
#include "cli/run_cli.h"
#include "cli/signals.h"
#include "io/posix_world.h"

namespace wallop::cli {

int wallop_main(int count, char** arguments, const Extensions& more) {
  handle_signals();
  faults::add_kinds(more.fault_kinds());
  scenarios::add_engine_kinds(more.engines());
  StandardOutput output;
  io::PosixWorld machine(".");
  const std::vector<std::string> words(arguments + (count > 0 ? 1 : 0), arguments + count);
  return static_cast<int>(run_cli(words, output, machine.world(), interrupted));
}

}  // namespace wallop::cli
