// SPDX-License-Identifier: Apache-2.0
// What became of each name when power was lost, in words.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/medium.h"
#include "sim/medium_state.h"

namespace wallop::sim {
namespace {

using faults::Verb;
using medium::Metadata;
using medium::PendingFile;

constexpr std::string_view kNotThere = "not there";

using Paths = std::map<std::string, ObjectId>;

Paths paths_of(const Disk& disk) {
  Paths paths;
  for (auto& [path, object] : disk.paths()) paths.emplace(path, object);
  return paths;
}

ObjectId object_at(const Paths& paths, const std::string& path) {
  const auto found = paths.find(path);
  return found == paths.end() ? kNoObject : found->second;
}

std::string_view done_by(Verb verb) {
  switch (verb) {
    case Verb::rename:
      return "renamed";
    case Verb::link:
      return "linked";
    case Verb::remove:
      return "removed";
    default:
      return "created";
  }
}

std::string looks(const Inode* inode) {
  if (inode == nullptr) return std::string(kNotThere);
  if (inode->kind == io::FileKind::directory) return "directory";
  return fmt::format("{} bytes", inode->size);
}

std::string before(const Medium::State& state, const std::string& path, ObjectId object) {
  if (object == kNoObject) return std::string(kNotThere);
  const Inode& inode = *state.visible.find(object);
  if (inode.kind == io::FileKind::directory) return "directory";
  if (state.durable.resolve(path) != object)
    return fmt::format("{} bytes visible, name not durable", inode.size);
  return fmt::format("{} bytes visible, {} durable", inode.size, state.durable.find(object)->size);
}

// The pending change that gave a path its meaning, or took it.
const Metadata* change_of(const Medium::State& state, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const ObjectId directory =
      slash == std::string::npos ? kRootDirectory : state.visible.resolve(path.substr(0, slash));
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const Metadata* found = nullptr;
  for (const Metadata& change : state.metadata) {
    for (const NameChange& slot : change.names) {
      if (slot.directory == directory && *slot.name == name) found = &change;
    }
  }
  return found;
}

std::string why_name_differs(const Medium::State& state, const std::string& path) {
  if (const Metadata* change = change_of(state, path)) {
    const bool lies = state.model.device_cache.value == DeviceCache::lying;
    return fmt::format(
        "{} at {}, {}", done_by(change->verb), change->entry,
        lies ? "and nothing was flushed since, whatever the device said" : "its directory not synced since");
  }
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : fmt::format("its directory {} is gone", path.substr(0, slash));
}

std::string why_content_differs(const PendingFile& file) {
  if (!file.stale.empty() && file.failed_entry != 0)
    return fmt::format("the sync at {} failed, and what it covered never reached the disk",
                       file.failed_entry);
  if (file.lied_entry != 0)
    return fmt::format("the sync at {} reported success and flushed nothing", file.lied_entry);
  std::set<std::uint64_t> entries;
  for (const auto& [index, unit] : file.units) {
    for (const medium::Version& version : unit.versions) entries.insert(version.entry);
  }
  if (entries.empty()) return file.sizes.empty() ? "" : "its size was not synced since it changed";
  if (entries.size() == 1)
    return fmt::format("what was written at {} was not synced since", *entries.begin());
  return fmt::format("what was written at {} to {} was not synced since", *entries.begin(),
                     *entries.rbegin());
}

bool is_same_content(const Inode& one, const Inode& other) {
  return one.kind == other.kind && one.size == other.size &&
         one.content.hash(one.size) == other.content.hash(other.size);
}

}  // namespace

std::vector<Fate> Medium::fates(const Disk& after) const {
  const State& state = *state_;
  const Paths now = paths_of(state.visible);
  const Paths left = paths_of(after);
  std::set<std::string> all;
  for (const auto& [path, object] : now) all.insert(path);
  for (const auto& [path, object] : left) all.insert(path);
  std::vector<Fate> fates;
  for (const std::string& path : all) {
    const ObjectId was = object_at(now, path);
    const ObjectId is = object_at(left, path);
    Fate fate{path, before(state, path, was), looks(is == kNoObject ? nullptr : after.find(is)), ""};
    if (was != is) {
      fate.why = why_name_differs(state, path);
    } else if (const auto file = state.files.find(was);
               file != state.files.end() && !is_same_content(*state.visible.find(was), *after.find(is))) {
      fate.why = why_content_differs(file->second);
    }
    fates.push_back(std::move(fate));
  }
  return fates;
}

}  // namespace wallop::sim
