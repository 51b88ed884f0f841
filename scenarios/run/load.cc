// SPDX-License-Identifier: Apache-2.0
// Finding scenario files, reading them, and giving them their names.
#include "scenarios/run/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <span>

namespace wallop::scenarios {
namespace {

constexpr std::string_view kEnding = ".json";

// A file or folder to look at: how deep it lies below what was asked for, and what its name is counted from.
struct Visiting {
  std::string path;
  std::string base;
  std::size_t depth = 0;
};

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

std::string_view last_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_scenario_file(std::string_view name) {
  return name.ends_with(kEnding) && !name.ends_with(".repro.json") && !name.ends_with(".disk.json");
}

// The part of `path` up to its last component called "scenarios"; nothing where it has none.
std::optional<std::string_view> scenarios_root(std::string_view path) {
  constexpr std::string_view kRoot = "scenarios";
  for (std::string_view at = path; !at.empty(); at = folder_of(at)) {
    if (last_of(at) == kRoot) return at;
  }
  return std::nullopt;
}

// "slow/" for a file in slow/ below the base, "" for one in the base itself.
std::string folder_name(const Visiting& file) {
  const std::string_view folder = folder_of(file.path);
  const std::string_view root = scenarios_root(folder).value_or(file.base);
  if (!folder.starts_with(root) || folder.size() <= root.size()) return "";
  const std::size_t skipped = root.empty() || root.back() == '/' ? root.size() : root.size() + 1;
  return std::string(folder.substr(std::min(skipped, folder.size()))) + "/";
}

class Loader {
 public:
  Loader(io::FileSystem& files, const Known& known) : files_(files), known_(known) {}

  void ask_for(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    const auto info = files_.stat(path);
    if (!info) return complain(path, info.error());
    if (info->kind == io::FileKind::file) return add_file({path, std::string(folder_of(path)), 0});
    walk({path, path, 0});
  }

  // In the order of their paths, whatever order the folders were listed in.
  Library take() {
    std::ranges::sort(found_, {}, &Visiting::path);
    for (const Visiting& file : found_) read(file);
    return std::move(library_);
  }

 private:
  void complain(const std::string& file, io::Error error) {
    error.file.clear();  // The line begins with it.
    library_.problems.push_back({file, {{}, io::describe(error), ""}});
  }
  void complain(const std::string& file, std::string what, std::string hint) {
    library_.problems.push_back({file, {{}, std::move(what), std::move(hint)}});
  }

  void add_file(Visiting file) {
    if (!seen_.insert(file.path).second) return;
    if (found_.size() == kScenarioFilesMax) {
      return complain(file.path, "not read",
                      fmt::format("at most {} scenarios are loaded at once", kScenarioFilesMax));
    }
    found_.push_back(std::move(file));
  }

  // A list of folders still to be looked at stands for the recursion; depth and number of files bound it.
  void walk(Visiting folder) {
    std::vector<Visiting> waiting{std::move(folder)};
    while (!waiting.empty()) {
      const Visiting here = std::move(waiting.back());
      waiting.pop_back();
      const auto names = files_.list(here.path);
      if (!names) {
        complain(here.path, names.error());
        continue;
      }
      for (const std::string& name : *names)
        look_at({here.path + "/" + name, here.base, here.depth + 1}, waiting);
    }
  }

  void look_at(Visiting visit, std::vector<Visiting>& waiting) {
    const std::string_view name = last_of(visit.path);
    if (name.starts_with('.')) return;
    const auto info = files_.stat(visit.path);
    if (!info) return complain(visit.path, info.error());
    if (info->kind == io::FileKind::file) {
      if (is_scenario_file(name)) add_file(std::move(visit));
      return;
    }
    if (name == "schema") return;
    if (visit.depth >= kFolderDepthMax) {
      return complain(visit.path, "not looked into",
                      fmt::format("folders nest at most {} deep", kFolderDepthMax));
    }
    waiting.push_back(std::move(visit));
  }

  void read(const Visiting& file) {
    const auto text = read_text(files_, file.path);
    if (!text) return complain(file.path, text.error());
    ReadScenario result = read_scenario(*text, with_disk_files(known_, files_, file.path));
    for (base::json::Problem& problem : result.problems)
      library_.problems.push_back({file.path, std::move(problem)});
    if (!result.problems.empty()) return;
    std::string name = folder_name(file) + result.scenario.name;
    if (!names_.insert(name).second) {
      return complain(file.path, fmt::format("another scenario is called \"{}\" too", name),
                      "change \"name\"");
    }
    const bool is_left_out = result.scenario.takes_long && file.depth > 1;
    auto& loaded = is_left_out ? library_.left_out : library_.scenarios;
    loaded.push_back({file.path, std::move(name), std::move(result.scenario)});
  }

  io::FileSystem& files_;
  const Known& known_;
  std::vector<Visiting> found_;
  std::set<std::string> seen_;
  std::set<std::string> names_;
  Library library_;
};

}  // namespace

std::string describe(const FileProblem& problem) {
  return base::json::describe(problem.file, problem.problem);
}

io::Result<std::string> read_text(io::FileSystem& files, std::string_view path) {
  auto file = files.open(path, {.read_only = true});
  if (!file) return std::unexpected(std::move(file.error()));
  const auto size = (*file)->size();
  if (!size) return std::unexpected(size.error());
  if (*size > kScenarioFileBytesMax) {
    return io::failure(io::Code::too_large, "read", path,
                       fmt::format("{} bytes; at most {} are read", *size, kScenarioFileBytesMax));
  }
  std::string text(*size, '\0');
  const auto count = (*file)->read_at(0, std::as_writable_bytes(std::span(text)));
  if (!count) return std::unexpected(count.error());
  text.resize(*count);
  return text;
}

std::expected<sim::DeviceSpec, std::vector<std::string>> load_disk(io::FileSystem& files,
                                                                   const std::string& path) {
  const auto text = read_text(files, path);
  if (!text) return std::unexpected(std::vector{io::describe(text.error())});
  sim::DeviceSpec spec;
  std::vector<std::string> lines;
  for (const base::json::Problem& problem : base::read_document(*text, spec))
    lines.push_back(base::json::describe(path, problem));
  if (auto problem = sim::problem_of(spec); problem && lines.empty())
    lines.push_back(fmt::format("{}:1:1  {}", path, *problem));
  if (!lines.empty()) return std::unexpected(std::move(lines));
  return spec;
}

Known with_disk_files(Known known, io::FileSystem& files, std::string_view file) {
  const std::string folder(folder_of(file));
  known.read_disk = [&files, folder](std::string_view path) -> std::expected<sim::DeviceSpec, std::string> {
    const bool is_whole = path.starts_with('/') || folder.empty();
    auto disk = load_disk(files, is_whole ? std::string(path) : fmt::format("{}/{}", folder, path));
    if (!disk) return std::unexpected("the disk's file: " + disk.error().front());
    return std::move(*disk);
  };
  return known;
}

Library load(io::FileSystem& files, const std::vector<std::string>& paths, const Known& known) {
  Loader loader(files, known);
  for (const std::string& path : paths) loader.ask_for(path);
  return loader.take();
}

}  // namespace wallop::scenarios
