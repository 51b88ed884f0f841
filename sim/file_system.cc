// SPDX-License-Identifier: Apache-2.0
// Each verb on names: look the path up, change what is visible, say in the journal which names changed.
#include "sim/file_system.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "sim/file.h"

namespace wallop::sim {
namespace {

using faults::Verb;

Request about(Verb verb, std::string_view action, std::string_view path) {
  return {.verb = verb, .action = action, .path = path};
}

NameChanges changes_of_remove_alone(const Disk& disk, std::string_view path, std::string_view) {
  return changes_of_remove(disk, path);
}

}  // namespace

FileSystem::FileSystem(Pipeline& pipeline, PageCache& cache, const ModelSpec& model)
    : pipeline_(pipeline), cache_(cache), model_(model) {}

io::Result<std::unique_ptr<io::File>> FileSystem::open(std::string_view path,
                                                       const io::OpenOptions& options) {
  Request asked = about(Verb::open, "open", path);
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, path);
  // O_EXCL without O_CREAT is undefined (open(2)).
  if (options.exclusive && !options.create) return io::failure(EINVAL, asked.action, path);
  const auto place = find_place(cache_.disk(), path);
  const auto found = object_to_open(cache_.disk(), place, options);
  asked.creates = found.has_value() && *found == kNoObject;
  CachedFile* file = nullptr;
  const io::Status done = pipeline_.run(asked, [&](Running& running) {
    if (!found.has_value()) return found.error();
    file = asked.creates ? &create(*place, io::FileKind::file, running) : &cache_.file(*found);
    running.begin().object = file->id;
    cache_.open(*file);  // Held while the device works: another fibre may remove the name.
    return 0;
  });
  std::unique_ptr<io::File> opened;
  if (done.has_value())
    opened = std::make_unique<File>(pipeline_, cache_, *file, std::string(path), options, model_);
  if (file != nullptr) cache_.close(*file);
  if (!done.has_value()) return io::Failure(done.error());
  return opened;
}

CachedFile& FileSystem::create(const Place& place, io::FileKind kind, Running& running) {
  CachedFile& made = cache_.make(kind);
  OpBegin& begin = running.begin();
  begin.object = made.id;
  begin.creates = true;
  begin.names = {name_at(place, made.id)};
  cache_.apply(begin.names);
  return made;
}

io::Result<std::vector<std::string>> FileSystem::list(std::string_view directory) {
  const Request asked = about(Verb::list, "list", directory);
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, directory);
  std::vector<std::string> names;
  const io::Status done = pipeline_.run(asked, [&](Running& running) {
    const auto found = find_object(cache_.disk(), directory);
    if (!found) return found.error();
    running.begin().object = *found;
    if (!is_directory(cache_.disk(), *found)) return ENOTDIR;
    const auto& found_names = cache_.disk().find(*found)->names;
    names.reserve(found_names.size());
    for (const auto& [name, object] : found_names) names.push_back(name);
    return 0;
  });
  if (!done.has_value()) return io::Failure(done.error());
  return names;
}

io::Result<io::FileInfo> FileSystem::stat(std::string_view path) {
  const Request asked = about(Verb::stat, "stat", path);
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, path);
  io::FileInfo info;
  const io::Status done = pipeline_.run(asked, [&](Running& running) {
    const auto found = find_object(cache_.disk(), path);
    if (!found) return found.error();
    running.begin().object = *found;
    info = info_of(*found);
    return 0;
  });
  if (!done.has_value()) return io::Failure(done.error());
  return info;
}

// A directory takes no space here. It is linked by its name, its own "." and the ".." of those in it.
io::FileInfo FileSystem::info_of(ObjectId id) {
  const Inode& inode = *cache_.disk().find(id);
  io::FileInfo info{.kind = inode.kind,
                    .size = inode.size,
                    .allocated_bytes = cache_.allocated_bytes(inode),
                    .link_count = cache_.file(id).name_count};
  if (inode.kind == io::FileKind::file) return info;
  info.link_count = 2;
  for (const auto& [name, object] : inode.names)
    info.link_count += is_directory(cache_.disk(), object) ? 1U : 0U;
  return info;
}

io::Status FileSystem::rename(std::string_view from, std::string_view to) {
  return change_names(about(Verb::rename, "rename", from), changes_of_rename, from, to);
}

io::Status FileSystem::link(std::string_view existing, std::string_view created) {
  return change_names(about(Verb::link, "link", created), changes_of_link, existing, created);
}

io::Status FileSystem::remove(std::string_view path) {
  return change_names(about(Verb::remove, "remove", path), changes_of_remove_alone, path, {});
}

io::Status FileSystem::change_names(const Request& asked,
                                    NameChanges (*changes)(const Disk&, std::string_view, std::string_view),
                                    std::string_view first, std::string_view second) {
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, asked.path);
  return pipeline_.run(
      asked, [&](Running& running) { return commit(changes(cache_.disk(), first, second), running); });
}

// The object of the entry is the one that gets or loses a name.
int FileSystem::commit(NameChanges changes, Running& running) {
  if (!changes) return changes.error();
  OpBegin& begin = running.begin();
  begin.names = std::move(*changes);
  if (begin.names.empty()) return 0;
  const NameChange& first = begin.names.front();
  begin.object = first.object != kNoObject
                     ? first.object
                     : cache_.disk().find(first.directory)->names.find(*first.name)->second;
  cache_.apply(begin.names);
  return 0;
}

io::Status FileSystem::make_directory(std::string_view path) {
  const Request asked = about(Verb::make_directory, "make directory", path);
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, path);
  return pipeline_.run(asked, [&](Running& running) {
    const auto place = place_for_directory(cache_.disk(), path);
    if (!place) return place.error();
    create(*place, io::FileKind::directory, running);
    return 0;
  });
}

io::Status FileSystem::sync_directory(std::string_view path) {
  Request asked = about(Verb::sync_directory, "sync directory", path);
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, path);
  const auto found = find_object(cache_.disk(), path);
  const bool is_there = found && is_directory(cache_.disk(), *found);
  if (is_there) asked.object = *found;
  const std::uint64_t change_count = is_there ? cache_.file(*found).change_count : 0;
  // Where it fails too: the names stay pending, and the next sync commits them.
  const auto flush = [&](Running& running) {
    if (!is_there) return;
    CachedFile& directory = cache_.file(*found);
    running.cost = {.command = Cost::Command::flush,
                    .device_bytes = cache_.dirty_bytes(directory),
                    .changed = std::max(directory.size_changed, directory.names_changed)};
    cache_.clean(directory);
  };
  return pipeline_.run(
      asked,
      [&](Running& running) {
        if (!found) return found.error();
        if (!is_there) return ENOTDIR;
        flush(running);
        return 0;
      },
      [&](Running& running) {
        flush(running);
        return running.injected_error();
      },
      [&](Running& running, int os_error) {
        const bool is_left = found && cache_.disk().find(*found) != nullptr;  // It may be removed meanwhile.
        if (os_error == 0 && is_left && !running.reaches_nothing())
          cache_.settle(cache_.file(*found), change_count);
        return os_error;
      });
}

io::Result<std::unique_ptr<io::Lock>> FileSystem::lock(std::string_view path) {
  const Request asked = about(Verb::lock, "lock", path);
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, path);
  std::unique_ptr<io::Lock> taken;
  const io::Status done = pipeline_.run(asked, [&](Running& running) {
    const auto found = find_object(cache_.disk(), path);
    if (!found) return found.error();
    running.begin().object = *found;
    if (is_directory(cache_.disk(), *found)) return EISDIR;
    CachedFile& file = cache_.file(*found);
    if (file.locked) return EWOULDBLOCK;
    taken = std::make_unique<Lock>(cache_, file);
    return 0;
  });
  if (!done.has_value()) return io::Failure(done.error());
  return taken;
}

// Questions about the file system itself: no operation of a device, so no entry and no fault.
std::optional<io::Error> FileSystem::missing(std::string_view path, std::string_view action) {
  if (!pipeline_.enter()) return Pipeline::world_ended(action, path).error();
  const auto found = find_object(cache_.disk(), path);
  if (!found) return io::failure(found.error(), action, path).error();
  return std::nullopt;
}

io::Result<io::Space> FileSystem::space(std::string_view path) {
  if (auto error = missing(path, "space")) return io::Failure(std::move(*error));
  return cache_.space();
}

io::Result<std::uint32_t> FileSystem::write_unit_bytes(std::string_view path) {
  if (auto error = missing(path, "write unit")) return io::Failure(std::move(*error));
  return model_.write_unit_bytes.value;
}

}  // namespace wallop::sim
