// SPDX-License-Identifier: Apache-2.0
// What a sync freezes as it begins and makes durable as it ends, and what a failed one loses.
//
// A failed sync, exactly: what it covered is clean from its end on. The device never got it, later syncs pass
// it by, a crash leaves the old bytes, and so does a read past the page cache, until the unit is written
// again. Sizes and names stay pending. Before its end everything is pending, as ever.
#include <algorithm>
#include <cstring>
#include <utility>

#include "sim/medium.h"
#include "sim/medium_state.h"

namespace wallop::sim {

using faults::Verb;
using medium::Freeze;
using medium::Metadata;
using medium::PendingFile;
using medium::PendingUnit;
using medium::Range;
using medium::SizeChange;
using medium::Version;

namespace medium {

void cut(Inode& inode, std::uint64_t size, std::uint64_t unit_bytes) {
  inode.content.zero(size, ~std::uint64_t{0} - size);
  inode.unreadable.remove(size, ~std::uint64_t{0});
  const std::uint64_t first_gone = (size + unit_bytes - 1) / unit_bytes;
  inode.allocated.remove_from(first_gone);
  inode.written.remove_from(first_gone);
}

bool is_same_slot(const NameChange& one, const NameChange& other) {
  return one.directory == other.directory && *one.name == *other.name;
}

void apply_size(Inode& inode, const SizeChange& change, const ModelSpec& model) {
  const std::uint64_t unit_bytes = model.write_unit_bytes.value;
  if (change.is_shrink) {
    const std::uint64_t unit_end = (change.size + unit_bytes - 1) / unit_bytes * unit_bytes;
    cut(inode, model.shrink_zeros_first.value ? change.size : unit_end, unit_bytes);
  }
  inode.size = change.size;
}

void apply_names(Disk& disk, const std::vector<NameChange>& names) {
  for (const NameChange& change : names) {
    auto& slots = disk.change(change.directory).names;
    if (change.object == kNoObject) {
      slots.erase(*change.name);
    } else {
      slots.insert_or_assign(*change.name, change.object);
    }
  }
}

void put_sector(Inode& inode, std::uint64_t offset, const std::byte* bytes, std::uint64_t size) {
  if (bytes == nullptr) {
    inode.content.zero(offset, size);
  } else {
    inode.content.write(offset, io::Bytes(bytes, size));
  }
}

void mark_sector(Inode& inode, Range bytes, Readable readable) {
  if (readable == Readable::no) {
    inode.unreadable.add(bytes.begin, bytes.end);
  } else if (!inode.unreadable.empty()) {
    inode.unreadable.remove(bytes.begin, bytes.end);
  }
}

namespace {

// The newest version of each sector up to `through` is durable; all of those are pending no more.
// `covers(sector in the unit)` says which sectors it is about. Strays are settled by what was written after
// them alone.
template <class Covers>
void settle(Inode& inode, PendingUnit& unit, std::uint64_t unit_offset, std::uint64_t sector_bytes,
            Tick through, Covers covers) {
  std::map<std::uint32_t, Tick> settled;
  for (const Version& version : unit.versions) {
    if (version.is_stray || version.when > through || !covers(version.sector)) continue;
    const std::uint64_t offset = unit_offset + version.sector * sector_bytes;
    put_sector(inode, offset, version.bytes.get(), sector_bytes);
    mark_sector(inode, {offset, offset + sector_bytes}, version.readable);
    settled[version.sector] = version.when;
  }
  std::erase_if(unit.versions, [&](const Version& version) {
    const auto at = settled.find(version.sector);
    return at != settled.end() && version.when <= at->second;
  });
}

}  // namespace
}  // namespace medium

// ---- A sync begins ----

// Metadata up to here; where data is in order with it, data too.
Medium::State::Tick Medium::State::commits_of(const OpBegin& op) const {
  if (model.sync_commits.value == SyncCommits::all) return now;
  const auto last = relevant.find(op.object);
  if (last == relevant.end()) return 0;
  return op.verb == Verb::sync ? last->second.to_sync : last->second.to_sync_all;
}

void Medium::State::freeze(const OpBegin& op) {
  if (op.object == kNoObject) return;  // What it names is not there: refused.
  Freeze frozen{.verb = op.verb, .object = op.object, .when = now, .entry = entry_count};
  if (op.effect != nullptr) {
    frozen.reaches_disk = op.effect->reach == faults::Reach::whole;
    frozen.fails = op.effect->os_error != 0;
  }
  frozen.lies = frozen.reaches_disk && model.device_cache.value == DeviceCache::lying;
  frozen.commits = commits_of(op);
  const Inode& inode = *visible.find(op.object);
  frozen.size = inode.size;
  frozen.end = medium::kNever;
  frozen.allocated = inode.allocated;
  frozen.written = inode.written;
  syncs.emplace(op.op, std::move(frozen));
}

// A durable write commits its own sectors; its size and its new blocks where nothing could be read without
// them: also where a size that is pending would hide them.
void Medium::State::freeze_write(const OpBegin& op, Tick when, bool is_birth) {
  freeze(op);
  Freeze& frozen = syncs.at(op.op);
  frozen.when = when;
  frozen.offset = op.offset;
  frozen.end = op.offset + op.payload.size();
  const auto hides = [&](const SizeChange& change) {
    return std::min(change.edges_from, change.size) < frozen.end;
  };
  frozen.needs_size = op.size_after.has_value() || durable.find(op.object)->size < frozen.end ||
                      std::ranges::any_of(files.at(op.object).sizes, hides);
  frozen.commits = is_in_order() || is_birth || frozen.needs_size ? when : 0;
}

// ---- It ends well ----

void Medium::State::commit(const Freeze& frozen) {
  switch (model.names_order.value) {
    case NamesOrder::any:
      if (frozen.verb == Verb::sync_directory) commit_directory(frozen.object, frozen.when);
      break;
    case NamesOrder::journal:
      commit_metadata(frozen.commits);
      break;
    case NamesOrder::log:
      log_names(frozen);
      break;
    case NamesOrder::in_order:
      commit_everything(frozen.commits);
      break;
  }
  if (frozen.verb == Verb::write_durable) {
    commit_write(frozen);
  } else if (frozen.verb != Verb::sync_directory) {
    commit_file(frozen);
  }
  if (is_logged()) settle_logged();
  forget_if_settled(frozen.object);
}

// Where everything lasts in order: metadata and data up to that tick.
void Medium::State::commit_everything(Tick through) {
  commit_metadata(through);
  std::vector<ObjectId> touched;
  for (auto& [object, file] : files) {
    if (file.units.empty()) continue;
    Inode& inode = durable.change(object);
    for (auto at = file.units.begin(); at != file.units.end();) {
      auto& [index, unit] = *at;
      const std::size_t had = unit.births.size() + unit.versions.size();
      medium::settle(inode, unit, index * unit_bytes(), sector_bytes(), through,
                     [](std::uint64_t) { return true; });
      std::erase_if(unit.births, [&](Tick birth) { return birth <= through; });
      if (had != unit.births.size() + unit.versions.size()) {
        inode.allocated.add(index, index + 1);
        inode.written.add(index, index + 1);
      }
      at = unit.births.empty() && unit.versions.empty() ? file.units.erase(at) : std::next(at);
    }
    touched.push_back(object);
  }
  for (const ObjectId object : touched) forget_if_settled(object);
}

// The journal of metadata, up to and including that tick.
void Medium::State::commit_metadata(Tick through) {
  std::size_t count = 0;
  for (; count < metadata.size() && metadata[count].when <= through; ++count) {
    const Metadata& change = metadata[count];
    medium::apply_names(durable, change.names);
    if (change.sized == kNoObject) continue;
    commit_sizes(change.sized, change.when);
    forget_if_settled(change.sized);
  }
  if (count == 0) return;
  metadata.erase(metadata.begin(), metadata.begin() + static_cast<std::ptrdiff_t>(count));
  ++revision;
}

// Sizes that joined the journal in order; those before them are overtaken.
void Medium::State::commit_sizes(ObjectId object, Tick through) {
  const auto found = files.find(object);
  if (found == files.end()) return;
  PendingFile& file = found->second;
  std::size_t overtaken = 0;
  for (std::size_t i = 0; i < file.sizes.size() && file.sizes[i].when <= through; ++i) {
    if (file.sizes[i].joins != SizeChange::Joins::in_order) continue;
    settle_shrink(object, file, file.sizes[i]);
    overtaken = i + 1;
  }
  file.sizes.erase(file.sizes.begin(), file.sizes.begin() + static_cast<std::ptrdiff_t>(overtaken));
}

// Lives that a shrink ended are over; the zeros that it wrote, or what came later, are there.
void Medium::State::settle_shrink(ObjectId object, PendingFile& file, const SizeChange& change) {
  Inode& inode = durable.change(object);
  medium::apply_size(inode, change, model);
  if (!change.is_shrink) return;
  const std::uint64_t partial = change.size / unit_bytes();
  for (auto at = file.units.lower_bound(partial); at != file.units.end();) {
    auto& [index, unit] = *at;
    const std::uint64_t offset = index * unit_bytes();
    if (offset >= change.size) {
      std::erase_if(unit.births, [&](Tick birth) { return birth < change.when; });
      std::erase_if(unit.versions, [&](const Version& version) { return version.when < change.when; });
    } else if (model.shrink_zeros_first.value) {
      settle_zeros(inode, index, unit, change);
    }
    at = unit.births.empty() && unit.versions.empty() ? file.units.erase(at) : std::next(at);
  }
}

// The zeros behind a shrink that is durable: there, where its last unit has blocks; where it has none nothing
// older can last any more.
void Medium::State::settle_zeros(Inode& inode, std::uint64_t index, PendingUnit& unit,
                                 const SizeChange& change) {
  const bool is_atomic = model.atomic_bytes.value > sector_bytes();
  const std::uint64_t offset = index * unit_bytes();
  const auto covers = [&](std::uint64_t sector) {
    return is_atomic || offset + (sector + 1) * sector_bytes() > change.size;
  };
  if (inode.written.has(index))
    return medium::settle(inode, unit, offset, sector_bytes(), change.when, covers);
  struct Span {
    Tick oldest = 0, newest = 0;
  };
  std::map<std::uint32_t, Span> spans;
  for (const Version& version : unit.versions) {
    if (version.when > change.when || !covers(version.sector)) continue;
    spans.try_emplace(version.sector, Span{version.when, version.when}).first->second.newest = version.when;
  }
  std::erase_if(unit.versions, [&](const Version& version) {
    const auto span = spans.find(version.sector);
    return span != spans.end() && version.when < span->second.newest;
  });
  // As if memory had held no other: of a sector from its first write on, of a whole unit since the shrink.
  for (Version& version : unit.versions) {
    const auto span = spans.find(version.sector);
    if (span == spans.end() || version.when != span->second.newest) continue;
    version.when = is_atomic ? change.when : span->second.oldest;
  }
  std::ranges::sort(unit.versions, {}, &Version::when);
}

// Without a journal: the names of one directory. A rename across directories goes whole, and what was
// assigned to its other slot before it is overtaken.
void Medium::State::commit_directory(ObjectId directory, Tick through) {
  std::vector<Metadata> kept;
  for (Metadata& change : metadata) {
    const bool is_here = std::ranges::any_of(
        change.names, [&](const NameChange& name) { return name.directory == directory; });
    if (!is_here || change.when > through) {
      kept.push_back(std::move(change));
      continue;
    }
    medium::apply_names(durable, change.names);
    for (Metadata& earlier : kept) {
      std::erase_if(earlier.names, [&](const NameChange& name) {
        return std::ranges::any_of(change.names,
                                   [&](const NameChange& by) { return medium::is_same_slot(name, by); });
      });
    }
    std::erase_if(kept, [](const Metadata& earlier) { return earlier.names.empty(); });
  }
  if (kept.size() != metadata.size()) ++revision;
  metadata = std::move(kept);
}

// Where no journal of metadata does it: lives that a shrink ended are over before bytes are put in place.
void Medium::State::settle_shrinks(ObjectId object, PendingFile& file, Tick through) {
  if (!is_logged()) return;
  for (const SizeChange& change : file.sizes) {
    if (change.when <= through) settle_shrink(object, file, change);
  }
}

void Medium::State::commit_file(const Freeze& frozen) {
  const auto found = files.find(frozen.object);
  Inode& inode = durable.change(frozen.object);
  inode.allocated = frozen.allocated;
  if (found == files.end()) return;
  ++revision;
  PendingFile& file = found->second;
  file.lied_entry = 0;
  const bool is_overtaken = frozen.when < file.size_floor;  // By a sync that began later and ended earlier.
  settle_shrinks(frozen.object, file, frozen.when);
  for (auto at = file.units.begin(); at != file.units.end();) {
    auto& [index, unit] = *at;
    const std::uint64_t offset = index * unit_bytes();
    std::erase_if(unit.versions, [&](const Version& version) {  // Gone by then: beyond the end.
      return version.when <= frozen.when && offset + version.sector * sector_bytes() >= frozen.size;
    });
    medium::settle(inode, unit, offset, sector_bytes(), frozen.when, [](std::uint64_t) { return true; });
    std::erase_if(unit.births, [&](Tick birth) { return birth <= frozen.when; });
    at = unit.births.empty() && unit.versions.empty() ? file.units.erase(at) : std::next(at);
  }
  std::erase_if(file.sizes, [&](const SizeChange& change) { return change.when <= frozen.when; });
  if (is_overtaken) return;
  file.size_floor = frozen.when;
  inode.size = frozen.size;
  inode.content.zero(frozen.size, medium::kNever - frozen.size);
  inode.written = frozen.written;
}

void Medium::State::commit_write(const Freeze& frozen) {
  ++revision;
  PendingFile& file = files[frozen.object];
  Inode& inode = durable.change(frozen.object);
  const Range units = units_of(frozen.offset, frozen.end);
  const Range sectors = sectors_of(frozen.offset, frozen.end);
  const bool settles_size = frozen.needs_size && frozen.when >= file.size_floor;
  if (settles_size) settle_shrinks(frozen.object, file, frozen.when);
  for (std::uint64_t index = units.begin; index < units.end; ++index) {
    inode.allocated.add(index, index + 1);
    const bool was_written = inode.written.has(index);
    inode.written.add(index, index + 1);
    const auto at = file.units.find(index);
    if (at == file.units.end()) continue;
    PendingUnit& unit = at->second;
    // A new unit goes to the device whole, and so does any where writes go to a new place.
    medium::settle(inode, unit, index * unit_bytes(), sector_bytes(), frozen.when, [&](std::uint64_t sector) {
      const std::uint64_t in_file = index * sectors_per_unit() + sector;
      return !was_written || model.atomic_bytes.value > sector_bytes() ||
             (sectors.begin <= in_file && in_file < sectors.end);
    });
    std::erase_if(unit.births, [&](Tick birth) { return birth <= frozen.when; });
    if (unit.births.empty() && unit.versions.empty()) file.units.erase(at);
  }
  if (!settles_size) return;
  std::erase_if(file.sizes, [&](const SizeChange& change) { return change.when <= frozen.when; });
  file.size_floor = frozen.when;
  inode.size = frozen.size;
  inode.content.zero(frozen.size, medium::kNever - frozen.size);
}

// ---- It ends badly ----

// The device has it and does not keep its promise: not yet, or never.
void Medium::State::lie(const Freeze& frozen, io::Instant at) {
  if (model.lies_up_to_milliseconds.value != 0 || model.lies_up_to_bytes.value != 0)
    lies.push_back({frozen, at, written_bytes});
  if (frozen.verb == Verb::sync_directory) return;
  mark_sent(frozen.object, {frozen.offset, frozen.end}, frozen.when);
  files[frozen.object].lied_entry = frozen.entry;
  forget_if_settled(frozen.object);
}

// Those that the cache can hold no longer come true, the oldest first.
void Medium::State::end_lies(io::Instant at) {
  const auto is_over = [&](const medium::Lie& lie) {
    const std::uint64_t bytes = model.lies_up_to_bytes.value;
    const auto longest = std::chrono::milliseconds(model.lies_up_to_milliseconds.value);
    return (bytes != 0 && written_bytes - lie.written_bytes > bytes) ||
           (longest.count() != 0 && at - lie.at > longest);
  };
  const auto first_kept = std::ranges::find_if_not(lies, is_over);
  const std::vector<medium::Lie> over(lies.begin(), first_kept);
  lies.erase(lies.begin(), first_kept);
  for (const medium::Lie& lie : over) commit(lie.frozen);
}

void Medium::State::lose(const Freeze& frozen) {
  if (model.after_failed_sync.value == AfterFailedSync::dirty) return;  // As if nobody had asked.
  PendingFile& file = files[frozen.object];
  file.failed_entry = frozen.entry;
  const auto is_lost = [&](const Version& version) {
    return version.when <= frozen.when && !version.was_sent;
  };
  std::set<std::uint64_t> lost;
  const Range units = {frozen.offset / unit_bytes(), frozen.end / unit_bytes()};
  for (auto at = file.units.lower_bound(units.begin); at != file.units.end() && at->first <= units.end;) {
    auto& [index, unit] = *at;
    std::set<std::uint32_t> newest_lost;
    for (const Version& version : unit.versions) {
      if (is_lost(version)) {
        newest_lost.insert(version.sector);
      } else {
        newest_lost.erase(version.sector);
      }
    }
    for (const std::uint32_t sector : newest_lost) lost.insert(index * sectors_per_unit() + sector);
    std::erase_if(unit.versions, is_lost);
    if (unit.versions.empty()) std::erase_if(unit.births, [&](Tick birth) { return birth <= frozen.when; });
    at = unit.births.empty() && unit.versions.empty() ? file.units.erase(at) : std::next(at);
  }
  ++revision;
  file.stale.merge(lost);
  if (model.after_failed_sync.value == AfterFailedSync::clean_old) revert(frozen);
  forget_if_settled(frozen.object);
}

// Memory goes back to what the device has: bytes, size and blocks.
void Medium::State::revert(const Freeze& frozen) {
  evict(frozen.object, {0, Evicted::kWholeFile});
  PendingFile& file = files[frozen.object];
  std::erase_if(file.sizes, [&](const SizeChange& change) { return change.when <= frozen.when; });
  const Inode& stored = *durable.find(frozen.object);
  Inode& inode = visible.change(frozen.object);
  inode.size = file.sizes.empty() ? stored.size : file.sizes.back().size;
  inode.allocated = stored.allocated;
  inode.written = stored.written;
}

void Medium::State::mark_sent(ObjectId object, Range bytes, Tick through) {
  const auto found = files.find(object);
  if (found == files.end()) return;
  auto& units = found->second.units;
  for (auto at = units.lower_bound(bytes.begin / unit_bytes());
       at != units.end() && at->first * unit_bytes() < bytes.end; ++at) {
    for (Version& version : at->second.versions)
      version.was_sent = version.was_sent || version.when <= through;
  }
}

void Medium::State::forget_if_settled(ObjectId object) {
  const auto found = files.find(object);
  const bool is_syncing =
      std::ranges::any_of(syncs, [&](const auto& sync) { return sync.second.object == object; });
  if (found != files.end() && found->second.is_empty() && !is_syncing) files.erase(found);
}

}  // namespace wallop::sim
