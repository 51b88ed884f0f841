// SPDX-License-Identifier: Apache-2.0
// The wallop command. Everything is behind run_cli(), so that tests reach it too.
#include <string>
#include <vector>

#include "cli/output.h"
#include "cli/run_cli.h"
#include "cli/signals.h"
#include "io/posix_world.h"

int main(int count, char** arguments) {
  using namespace wallop;
  cli::handle_signals();
  cli::StandardOutput output;
  io::PosixWorld machine(".");
  const std::vector<std::string> words(arguments + (count > 0 ? 1 : 0), arguments + count);
  return static_cast<int>(cli::run_cli(words, output, machine.world(), cli::interrupted));
}
