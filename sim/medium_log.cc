// SPDX-License-Identifier: Apache-2.0
// Names where syncs write a log (Btrfs): a sync commits no prefix of metadata, but the names of its inode and
// of that one's ancestors; a directory's sync its entries too. The log lies over whatever prefix lasts.
#include <algorithm>
#include <set>
#include <utility>

#include "sim/medium.h"
#include "sim/medium_state.h"

namespace wallop::sim {

using medium::Freeze;
using medium::LogRecord;
using medium::Metadata;
using medium::Tick;

namespace {

// A slot of a directory, as the disk has it.
void add_names_of(const Disk& disk, ObjectId object, std::vector<NameChange>& names) {
  for (const ObjectId directory : disk.reachable()) {
    for (const auto& [name, named] : disk.find(directory)->names) {
      if (named == object) names.push_back({directory, std::make_shared<const std::string>(name), object});
    }
  }
}

// Its names, and those of all directories on the way to the root.
std::vector<NameChange> names_upwards(const Disk& disk, ObjectId object) {
  std::vector<NameChange> names;
  add_names_of(disk, object, names);
  std::set<ObjectId> known{object, kRootDirectory};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ObjectId directory = names[i].directory;
    if (known.insert(directory).second) add_names_of(disk, directory, names);
  }
  return names;
}

}  // namespace

// As of the last change that the sync is about.
void Medium::State::log_names(const Freeze& frozen) {
  if (!has_names_to_log(frozen)) return;
  LogRecord record = record_of(frozen);
  const auto after = std::ranges::upper_bound(log, record.when, {}, &LogRecord::when);
  log.insert(after, std::move(record));
  ++revision;
}

// A record that says what the last one of this inode said would change no image.
bool Medium::State::has_names_to_log(const Freeze& frozen) const {
  Tick had = 0;
  for (const LogRecord& record : log) {
    if (record.object == frozen.object) had = std::max(had, record.when);
  }
  return std::ranges::any_of(metadata, [&](const Metadata& change) {
    return !change.names.empty() && change.when > had && change.when <= frozen.commits;
  });
}

LogRecord Medium::State::record_of(const Freeze& frozen) const {
  LogRecord record{.when = frozen.commits, .object = frozen.object};
  Disk then = durable;
  add_names_of(then, frozen.object, record.taken);
  const bool is_directory = visible.find(frozen.object)->kind == io::FileKind::directory;
  for (const Metadata& change : metadata) {
    if (change.when > frozen.commits) break;
    record.last_metadata = change.when;
    medium::apply_names(then, change.names);
    for (const NameChange& name : change.names) {
      if (name.object == frozen.object) record.taken.push_back(name);
      // An entry that is gone by then is set as gone.
      if (is_directory && name.directory == frozen.object)
        record.names.push_back({name.directory, name.name, kNoObject});
    }
  }
  std::ranges::copy(names_upwards(then, frozen.object), std::back_inserter(record.names));
  if (!is_directory) return record;
  for (const auto& [name, object] : then.find(frozen.object)->names)
    record.names.push_back({frozen.object, std::make_shared<const std::string>(name), object});
  return record;
}

// Metadata at the front that holds in every image is durable, and so is a log with nothing before it.
void Medium::State::settle_logged() {
  while (!metadata.empty() && is_settled(metadata.front())) commit_metadata(metadata.front().when);
  std::erase_if(log, [&](const LogRecord& record) {
    const bool has_nothing_before = metadata.empty() || record.when < metadata.front().when;
    if (has_nothing_before) settled_log[record.object] = record.last_metadata;
    return has_nothing_before;
  });
}

// Whether every directory that it changes was synced since.
bool Medium::State::is_settled(const Metadata& change) const {
  const auto has_synced_since = [&](const NameChange& name) {
    return std::ranges::any_of(log, [&](const LogRecord& record) {
      return record.object == name.directory && record.when >= change.when;
    });
  };
  if (!change.names.empty()) return std::ranges::all_of(change.names, has_synced_since);
  const auto file = files.find(change.sized);
  return file == files.end() || std::ranges::none_of(file->second.sizes, [&](const medium::SizeChange& size) {
           return size.when <= change.when;
         });
}

}  // namespace wallop::sim
