// SPDX-License-Identifier: Apache-2.0
// Session: what the process hands to a command. Nothing is reached for, so that tests can run commands in
// process.
#pragma once

#include <functional>
#include <string>

#include "cli/output.h"
#include "io/world.h"

namespace wallop::cli {

struct Session {
  Output& output;
  io::World& machine;                 // The real one; relative paths start where the process stands.
  std::function<bool()> interrupted;  // Asked often, by any thread.
  std::string command;                // As it was typed, quoted so that it can be pasted.
};

}  // namespace wallop::cli
