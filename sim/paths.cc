// SPDX-License-Identifier: Apache-2.0
// One walk along a path. There are no symbolic links here, so a path has one meaning. ".." of the root is the
// root.
#include "sim/paths.h"

#include <algorithm>
#include <cerrno>

namespace wallop::sim {
namespace {

// PATH_MAX with its final NUL, and NAME_MAX of every file system in use (limits.h(0p)).
constexpr std::size_t kPathBytesMax = 4095;
constexpr std::size_t kNameBytesMax = 255;

// Takes the next name off the path, and the slashes around it.
std::string_view take_name(std::string_view& path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  const std::string_view name = path.substr(0, path.find('/'));
  path.remove_prefix(name.size());
  return name;
}

// Steps to `name` in the directory where `place` stands.
int step(const Disk& disk, std::string_view name, Place& place) {
  if (place.last == Place::Last::name) place.ancestors.push_back(place.object);
  place.name = {};
  if (name == ".") {
    place.last = Place::Last::dot;
  } else if (name == "..") {
    place.last = Place::Last::dot_dot;
    if (place.ancestors.size() > 1) place.ancestors.pop_back();
  } else {
    if (name.size() > kNameBytesMax) return ENAMETOOLONG;
    const auto& names = disk.find(place.directory())->names;
    const auto found = names.find(name);
    place.last = Place::Last::name;
    place.name = name;
    place.object = found == names.end() ? kNoObject : found->second;
    return 0;
  }
  place.object = place.directory();
  return 0;
}

}  // namespace

int problem_of_text(std::string_view path) {
  if (path.empty()) return ENOENT;
  if (path.contains('\0')) return EINVAL;
  if (path.size() > kPathBytesMax) return ENAMETOOLONG;
  return 0;
}

std::expected<Place, int> find_place(const Disk& disk, std::string_view path) {
  if (const int problem = problem_of_text(path)) return std::unexpected(problem);
  std::expected<Place, int> found(std::in_place);
  Place& place = *found;
  place.ancestors.push_back(kRootDirectory);
  place.object = kRootDirectory;
  for (std::string_view name = take_name(path); !name.empty(); name = take_name(path)) {
    if (place.object == kNoObject) return std::unexpected(ENOENT);
    if (!is_directory(disk, place.object)) return std::unexpected(ENOTDIR);
    if (const int problem = step(disk, name, place)) return std::unexpected(problem);
    place.wants_directory = path.starts_with('/');
  }
  return found;
}

std::expected<ObjectId, int> find_object(const Disk& disk, std::string_view path) {
  const auto place = find_place(disk, path);
  if (!place) return std::unexpected(place.error());
  if (place->object == kNoObject) return std::unexpected(ENOENT);
  if (place->wants_directory && !is_directory(disk, place->object)) return std::unexpected(ENOTDIR);
  return place->object;
}

}  // namespace wallop::sim
