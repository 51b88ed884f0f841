// SPDX-License-Identifier: Apache-2.0
// Counterexamples as files that `wallop replay` takes.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/out_directory.h"
#include "cli/session.h"
#include "scenarios/run/explore.h"

namespace wallop::cli {

// The repro of each failure, in their order.
[[nodiscard]] std::vector<scenarios::Repro> repros_of(const std::string& name, std::uint64_t seed,
                                                      const std::vector<scenarios::Counterexample>& failures);

// Writes them: NAME.repro.json, NAME-2.repro.json, ... and gives the command that replays the first; "" where
// there is none. What could not be written is told.
[[nodiscard]] std::string write_repros(const std::vector<scenarios::Repro>& repros, const std::string& stem,
                                       const OutDirectory& out, Session& session, Console& console);

}  // namespace wallop::cli
