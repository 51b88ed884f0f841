// SPDX-License-Identifier: Apache-2.0
// `--out DIR`: reports and counterexamples on disk, complete before the command ends with an exit code other
// than 0.
//
// `run` starts a result anew. `explore` and `check` add to the result that is there: so that one page shows
// what ran in the simulated world and what the real disk is worth.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/session.h"
#include "reports/result.h"

namespace wallop::cli {

enum class Earlier : std::uint8_t { replaced, kept };

class OutDirectory {
 public:
  // Makes the directory where it is missing and reads an earlier result that is to be kept, so that what
  // cannot be written fails before hours of work and not after. The error is lines for the user.
  [[nodiscard]] static std::expected<OutDirectory, std::vector<std::string>> prepare(io::FileSystem& files,
                                                                                     std::string path,
                                                                                     Earlier earlier);

  // Where a counterexample of that scenario goes: DIR/folder.name.repro.json.
  [[nodiscard]] std::string repro_path(const std::string& scenario_name) const;

  [[nodiscard]] const std::string& path() const { return path_; }
  // Of the page that a person opens.
  [[nodiscard]] std::string page() const;

  // All reports of the earlier result, if any, and this one. False, with complaints, where they could not be
  // written.
  [[nodiscard]] bool write(reports::Result result, Console& console);

 private:
  OutDirectory(io::FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}

  io::FileSystem* files_;
  std::string path_;
  std::optional<reports::Result> earlier_;
};

// For an option that may be absent: nothing where it is. Told, and Exit::usage, where the directory cannot
// be.
[[nodiscard]] std::expected<std::optional<OutDirectory>, Exit> prepare_out(
    const std::optional<std::string>& path, Earlier earlier, Session& session, Console& console);

// A result with everything but what was found: this binary, this machine, now.
[[nodiscard]] reports::Result new_result(Session& session);

// "2026-11-26T05:19:16Z".
[[nodiscard]] std::string rfc3339(io::WallTime time);

}  // namespace wallop::cli
