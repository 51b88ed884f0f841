// SPDX-License-Identifier: Apache-2.0
// Scenario files: one, or all of a folder and its subfolders, in order of their paths.
//
// Not scenarios: names that begin with a dot, *.repro.json (counterexamples), *.disk.json (what a disk
// costs), and everything in a folder called `schema`. A file's problems do not stop the others: all of them
// are told at once. A scenario that takes long is left out where a folder above its own was asked for: a
// library runs in seconds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "io/file_system.h"
#include "scenarios/run/validate.h"

namespace wallop::scenarios {

inline constexpr std::uint64_t kScenarioFileBytesMax = 1ULL << 20;
inline constexpr std::size_t kScenarioFilesMax = 10'000;
inline constexpr std::size_t kFolderDepthMax = 16;

struct LoadedScenario {
  std::string file;  // As it was found: "scenarios/slow/stalling-disk.json".
  std::string name;  // Folder and name: "slow/stalling-disk". Unique within a Library.
  Scenario scenario;
};

struct FileProblem {
  std::string file;
  base::json::Problem problem;
};
// `file:9:7  what  hint`, one line.
[[nodiscard]] std::string describe(const FileProblem& problem);

struct Library {
  std::vector<LoadedScenario> scenarios;  // Those without problems, by file.
  std::vector<LoadedScenario> left_out;   // Those that take long.
  std::vector<FileProblem> problems;
};

// `paths` are files or folders; a file that is reached twice is loaded once. Folder names are those below the
// last `scenarios` in a path, or else below the folder that was asked for.
[[nodiscard]] Library load(io::FileSystem& files, const std::vector<std::string>& paths, const Known& known);

// `known`, and the disks' files that the scenario in `file` names: by paths from where it stands. `files`
// outlives what is returned.
[[nodiscard]] Known with_disk_files(Known known, io::FileSystem& files, std::string_view file);
// What a disk's file says, or what is wrong with it: lines as describe() gives them.
[[nodiscard]] std::expected<sim::DeviceSpec, std::vector<std::string>> load_disk(io::FileSystem& files,
                                                                                 const std::string& path);

// The whole text of a file; too_large beyond kScenarioFileBytesMax.
[[nodiscard]] io::Result<std::string> read_text(io::FileSystem& files, std::string_view path);

}  // namespace wallop::scenarios
