// SPDX-License-Identifier: Apache-2.0
// Making and writing repro files.
#include "cli/counterexamples.h"

#include <fmt/format.h>

#include "cli/build_info.h"
#include "cli/command_line.h"
#include "cli/files.h"

namespace wallop::cli {

std::vector<scenarios::Repro> repros_of(const std::string& name, std::uint64_t seed,
                                        const std::vector<scenarios::Counterexample>& failures) {
  std::vector<scenarios::Repro> repros;
  for (const scenarios::Counterexample& failure : failures) {
    repros.push_back({.name = name,
                      .commit = std::string(build_info().commit),
                      .scenario = failure.scenario,
                      .seed = seed,
                      .answers = failure.answers,
                      .oracle = failure.finding.oracle,
                      .finding = failure.finding.what,
                      .shrunk_from = failure.shrunk_from});
  }
  return repros;
}

std::string write_repros(const std::vector<scenarios::Repro>& repros, const std::string& stem,
                         const OutDirectory& out, Session& session, Console& console) {
  std::string command;
  for (std::size_t i = 0; i < repros.size(); ++i) {
    const std::string suffix = i == 0 ? "" : fmt::format("-{}", i + 1);
    const std::string path = out.repro_path(stem + suffix);
    const io::Status written = write_file(session.machine.files, path, scenarios::to_json(repros[i]));
    if (!written) {
      console.complain("wallop: no counterexample: " + io::describe(written.error()));
    } else if (command.empty()) {
      command = "wallop replay " + quoted(path);
    }
  }
  return command;
}

}  // namespace wallop::cli
