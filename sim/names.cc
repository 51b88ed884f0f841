// SPDX-License-Identifier: Apache-2.0
// The rules of fs/namei.c (Linux 6.18), in the kernel's order: which errno wins where two would do is part of
// them.
#include "sim/names.h"

#include <algorithm>
#include <cerrno>

#include "sim/block_pool.h"

namespace wallop::sim {
namespace {

using Last = Place::Last;

NameChange change_at(const Place& place, ObjectId object) {
  return {place.directory(), make_pooled<const std::string>(place.name), object};
}

bool contains(const Place::Directories& ids, ObjectId id) {
  return std::ranges::find(ids, id) != ids.end();
}

bool has_names(const Disk& disk, ObjectId directory) {
  return !disk.find(directory)->names.empty();
}

// Where the second path's text is wrong: the first one's comes first.
int first_error(std::string_view first, int of_second) {
  const int of_first = problem_of_text(first);
  return of_first != 0 ? of_first : of_second;
}

// Of a target that is there and is not the source.
int replace_error(const Disk& disk, const Place& from, const Place& to) {
  if (contains(from.ancestors, to.object)) return ENOTEMPTY;
  const bool source_is_directory = is_directory(disk, from.object);
  if (source_is_directory != is_directory(disk, to.object)) return source_is_directory ? ENOTDIR : EISDIR;
  return source_is_directory && has_names(disk, to.object) ? ENOTEMPTY : 0;
}

int rename_error(const Disk& disk, const Place& from, const Place& to) {
  if (from.last != Last::name || to.last != Last::name) return EBUSY;
  if (from.object == kNoObject) return ENOENT;
  const bool source_is_directory = is_directory(disk, from.object);
  if (!source_is_directory && (from.wants_directory || to.wants_directory)) return ENOTDIR;
  if (source_is_directory && contains(to.ancestors, from.object)) return EINVAL;
  if (to.object == kNoObject || to.object == from.object) return 0;
  return replace_error(disk, from, to);
}

// rmdir, which is asked where unlink has said EISDIR.
int remove_directory_error(const Disk& disk, const Place& place) {
  switch (place.last) {
    case Last::dot:
      return EINVAL;
    case Last::dot_dot:
      return ENOTEMPTY;
    case Last::root:
      return EBUSY;
    case Last::name:
      return has_names(disk, place.object) ? ENOTEMPTY : 0;
  }
  return EINVAL;
}

int remove_error(const Disk& disk, const Place& place) {
  if (place.object == kNoObject) return ENOENT;
  if (is_directory(disk, place.object)) return remove_directory_error(disk, place);
  return place.wants_directory ? ENOTDIR : 0;
}

}  // namespace

std::expected<ObjectId, int> object_to_open(const Disk& disk, const std::expected<Place, int>& place,
                                            const io::OpenOptions& options) {
  if (!place) return std::unexpected(place.error());
  if (options.create) {
    if (place->wants_directory) return std::unexpected(EISDIR);
    if (place->object == kNoObject) return kNoObject;
    if (options.exclusive) return std::unexpected(EEXIST);
  }
  if (place->object == kNoObject) return std::unexpected(ENOENT);
  if (is_directory(disk, place->object)) return std::unexpected(EISDIR);
  if (place->wants_directory) return std::unexpected(ENOTDIR);
  return place->object;
}

NameChange name_at(const Place& place, ObjectId created) {
  return change_at(place, created);
}

std::expected<Place, int> place_for_directory(const Disk& disk, std::string_view path) {
  auto place = find_place(disk, path);
  if (place && place->object != kNoObject) return std::unexpected(EEXIST);
  return place;
}

NameChanges changes_of_rename(const Disk& disk, std::string_view from_path, std::string_view to_path) {
  if (const int error = problem_of_text(to_path)) return std::unexpected(first_error(from_path, error));
  const auto from = find_place(disk, from_path);
  if (!from) return std::unexpected(from.error());
  const auto to = find_place(disk, to_path);
  if (!to) return std::unexpected(to.error());
  if (const int error = rename_error(disk, *from, *to)) return std::unexpected(error);
  // "If oldpath and newpath are existing hard links referring to the same file, then rename() does nothing
  // and returns a success status." (rename(2))
  if (from->object == to->object) return {};
  return std::vector{change_at(*to, from->object), change_at(*from, kNoObject)};
}

NameChanges changes_of_link(const Disk& disk, std::string_view existing, std::string_view created) {
  if (const int error = problem_of_text(created)) return std::unexpected(first_error(existing, error));
  const auto object = find_object(disk, existing);
  if (!object) return std::unexpected(object.error());
  const auto place = find_place(disk, created);
  if (!place) return std::unexpected(place.error());
  if (place->object != kNoObject) return std::unexpected(EEXIST);
  if (place->wants_directory) return std::unexpected(ENOENT);
  if (is_directory(disk, *object)) return std::unexpected(EPERM);
  return std::vector{change_at(*place, *object)};
}

NameChanges changes_of_remove(const Disk& disk, std::string_view path) {
  const auto place = find_place(disk, path);
  if (!place) return std::unexpected(place.error());
  if (const int error = remove_error(disk, *place)) return std::unexpected(error);
  return std::vector{change_at(*place, kNoObject)};
}

}  // namespace wallop::sim
