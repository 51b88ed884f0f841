// SPDX-License-Identifier: Apache-2.0
// What an operation leaves pending: versions of sectors, sizes, names. All of it is visible at once.
#include <algorithm>
#include <cstring>

#include "base/ensure.h"
#include "sim/medium.h"
#include "sim/medium_state.h"

namespace wallop::sim {

using faults::Verb;
using medium::Metadata;
using medium::Part;
using medium::PendingFile;
using medium::PendingUnit;
using medium::Range;
using medium::SectorBytes;
using medium::SizeChange;
using medium::Version;

namespace {

// Truncating zeroes the rest of the last page of the page cache, whatever the unit.
constexpr std::uint64_t kZeroedBytes = Content::kPageBytes;

constexpr std::byte kGarbageByte{0xA5};

// The sector's bytes before a torn write, with those bytes of it that last, and garbage where it left that.
SectorBytes torn_bytes(const OpBegin& op, const SectorBytes& before, Range sector) {
  auto left = std::make_shared<std::byte[]>(sector.end - sector.begin);
  if (before != nullptr) std::memcpy(left.get(), before.get(), sector.end - sector.begin);
  for (const faults::ByteRange& lasting : *op.effect->lasting) {
    const std::uint64_t begin = std::max(op.offset + lasting.begin, sector.begin);
    const std::uint64_t end = std::min(op.offset + std::min(lasting.end, op.payload.size()), sector.end);
    if (begin < end) op.payload.copy(begin - op.offset, {left.get() + (begin - sector.begin), end - begin});
  }
  for (const faults::ByteRange& garbage : op.effect->garbage) {
    const std::uint64_t begin = std::max(op.offset + garbage.begin, sector.begin);
    const std::uint64_t end = std::min(op.offset + std::min(garbage.end, op.payload.size()), sector.end);
    if (begin < end) std::fill_n(left.get() + (begin - sector.begin), end - begin, kGarbageByte);
  }
  return left;
}

// How much of a torn write, counted from its offset, is there if power fails.
std::uint64_t left_of(const faults::Effect& effect) {
  const std::uint64_t lasting = effect.lasting->empty() ? 0 : effect.lasting->back().end;
  return std::max(lasting, effect.garbage.empty() ? 0 : effect.garbage.back().end);
}

bool is_unreadable(const OpBegin& op, Range sector) {
  return op.effect != nullptr && std::ranges::any_of(op.effect->unreadable, [&](const auto& bad) {
           return op.offset + bad.begin < sector.end &&
                  op.offset + std::min(bad.end, op.payload.size()) > sector.begin;
         });
}

bool is_torn(const OpBegin& op) {
  return op.effect != nullptr && op.effect->lasting.has_value();
}

// A plain write of which the medium never hears.
bool is_lost(const OpBegin& op) {
  return op.verb == Verb::write && op.effect != nullptr && op.effect->reach == faults::Reach::nothing;
}

}  // namespace

// ---- Names ----

void Medium::State::change_names(const OpBegin& op) {
  if (op.names.empty()) return;
  const Tick when = tick();
  if (op.creates) {
    Inode inode;
    inode.kind = op.verb == Verb::make_directory ? io::FileKind::directory : io::FileKind::file;
    visible.put(op.object, inode);
    durable.put(op.object, std::move(inode));
  }
  Metadata change{when, op.op, entry_count, op.verb, op.names, kNoObject, is_torn(op)};
  if (op.verb == Verb::rename && model.rename_flushes.value) flush_renamed(op, change);
  medium::apply_names(visible, op.names);
  metadata.push_back(std::move(change));
  if (is_journalled()) note_relevant_names(op, when);
}

// A rename over another file: the size of the one that takes its place joins the journal first.
void Medium::State::flush_renamed(const OpBegin& op, Metadata& change) {
  for (const NameChange& name : op.names) {
    const auto file = files.find(name.object);
    if (name.object == kNoObject || file == files.end()) continue;
    const auto& names = visible.find(name.directory)->names;
    const auto replaced = names.find(*name.name);
    const bool is_pending = std::ranges::any_of(file->second.sizes, [](const SizeChange& size) {
      return size.joins == SizeChange::Joins::at_writeback;
    });
    if (replaced == names.end() || replaced->second == name.object || !is_pending) continue;
    const std::uint64_t size = visible.find(name.object)->size;
    file->second.sizes.push_back({.when = change.when, .size = size, .edges_from = size});
    change.sized = name.object;
  }
}

void Medium::State::note_relevant_names(const OpBegin& op, Tick when) {
  medium::Relevant& of_object = relevant[op.object];
  of_object.to_sync_all = when;
  if (op.creates && model.file_sync_names.value) of_object.to_sync = when;
  for (const NameChange& name : op.names) {
    relevant[name.directory] = {when, when};
    if (name.object != kNoObject) relevant[name.object].to_sync_all = when;
  }
}

// ---- Bytes ----

// Where everything lasts in order each unit is a step of its own.
void Medium::State::write(const OpBegin& op) {
  if (op.payload.size() == 0) return;
  const Range all{op.offset, op.offset + op.payload.size()};
  written_bytes += op.payload.size();
  bool is_birth = false;
  for (Range bytes{all.begin, all.begin}; bytes.end < all.end; bytes.begin = bytes.end) {
    bytes.end = is_in_order() ? std::min(all.end, (bytes.begin / unit_bytes() + 1) * unit_bytes()) : all.end;
    Part part{op, bytes, {}};
    if (op.size_after && bytes.end > visible.find(op.object)->size) part.size_after = bytes.end;
    const Tick when = tick();
    is_birth = write_part(part, when) || is_birth;
    if (is_in_order()) metadata.push_back({when, op.op, entry_count, op.verb, {}, op.object});
  }
  if (is_journalled() && (is_in_order() || is_birth || op.size_after)) {
    medium::Relevant& of_file = relevant[op.object];
    of_file.to_sync = of_file.to_sync_all = now;
  }
  if (op.verb == Verb::write_durable) freeze_write(op, now, is_birth);
  forget_if_settled(op.object);
}

// Whether it is the first write of a unit.
bool Medium::State::write_part(const Part& part, Tick when) {
  const ObjectId object = part.op.object;
  PendingFile& file = files[object];
  if (part.size_after) {
    expose_zeros(object, visible.find(object)->size, *part.size_after, when);
    grow_by_write(part, file, when);
  }
  const bool is_birth = !is_lost(part.op) && note_births(file, part, when);
  write_sectors(part, file, when);
  Inode& inode = visible.change(object);
  if (part.size_after) inode.size = *part.size_after;
  const Range units = units_of(part.bytes.begin, part.bytes.end);
  inode.allocated.add(units.begin, units.end);
  inode.written.add(units.begin, units.end);
  return is_birth;
}

// Whether there were any.
bool Medium::State::note_births(PendingFile& file, const Part& part, Tick when) {
  const RangeSet& written = visible.find(part.op.object)->written;
  const Range units = units_of(part.bytes.begin, part.bytes.end);
  bool is_any = false;
  for (std::uint64_t unit = units.begin; unit < units.end; ++unit) {
    if (written.has(unit)) continue;
    file.units[unit].births.push_back(when);
    is_any = true;
  }
  return is_any;
}

void Medium::State::write_sectors(const Part& part, PendingFile& file, Tick when) {
  const OpBegin& op = part.op;
  const auto [begin, end] = part.bytes;
  const Range sectors = sectors_of(begin, end);
  std::vector<SectorBytes> before;
  if (is_torn(op)) {
    for (std::uint64_t sector = sectors.begin; sector < sectors.end; ++sector)
      before.push_back(visible_sector(op.object, sector));
  }
  Inode& shown = visible.change(op.object);
  shown.content.write(begin, op.payload, begin - op.offset, end - begin);
  for (std::uint64_t sector = sectors.begin; sector < sectors.end; ++sector) {
    if (is_lost(op)) {
      file.stale.insert(sector);
      continue;
    }
    const Range bytes{sector * sector_bytes(), (sector + 1) * sector_bytes()};
    const auto readable = is_unreadable(op, bytes) ? medium::Readable::no : medium::Readable::yes;
    if (readable == medium::Readable::yes && changes_nothing(op, file, sector)) continue;
    medium::mark_sector(shown, bytes, readable);
    file.stale.erase(sector);
    const bool is_whole = begin <= bytes.begin && bytes.end <= end;
    Version version{
        .when = when, .entry = entry_count, .was_sent = op.verb == Verb::write_durable || op.past_cache};
    if (!is_whole) {
      version.bytes = visible_sector(op.object, sector);
    } else if (!op.payload.is_zeros()) {
      version.bytes = op.payload.share(bytes.begin - op.offset);
    }
    version.readable = readable;
    if (is_torn(op)) version.torn = torn_bytes(op, before[sector - sectors.begin], bytes);
    add_version(op.object, sector, std::move(version));
  }
  if (!is_lost(op)) return redirty(op.object, part.bytes, when);
  if (op.effect->elsewhere) land_elsewhere(op);
}

// The device puts it over what is durable elsewhere, as far as there are blocks; memory shows what it showed.
void Medium::State::land_elsewhere(const OpBegin& op) {
  const faults::Elsewhere& place = *op.effect->elsewhere;
  const ObjectId object = place.path.empty() ? op.object : visible.resolve(place.path);
  const Inode* there = object == kNoObject ? nullptr : durable.find(object);
  if (there == nullptr || there->kind != io::FileKind::file) return;
  const std::uint64_t shift = static_cast<std::uint64_t>(place.shift);
  const std::uint64_t back = place.shift < 0 ? std::uint64_t{0} - shift : 0;
  std::uint64_t from = op.offset + std::min(op.payload.size(), back > op.offset ? back - op.offset : 0);
  const std::uint64_t behind = op.offset + op.payload.size();
  PendingFile& file = files[object];
  while (from < behind) {  // Sector by sector.
    const std::uint64_t at = from + shift;
    const std::uint64_t sector = at / sector_bytes();
    const std::uint64_t size = std::min((sector + 1) * sector_bytes() - at, behind - from);
    if (at < there->size && there->written.has(at / unit_bytes())) {
      Inode& inode = durable.change(object);
      there = &inode;
      inode.content.write(at, op.payload, from - op.offset, std::min(size, inode.size - at));
      medium::mark_sector(inode, {sector * sector_bytes(), (sector + 1) * sector_bytes()},
                          medium::Readable::yes);
      file.stale.insert(sector);
    }
    from += size;
  }
  tick();
  if (object != op.object) forget_if_settled(object);
}

// The kernel writes whole pages or units: what memory shows of one and the device does not have goes along.
// In a model with smaller units than pages it may, or may not.
void Medium::State::redirty(ObjectId object, Range bytes, Tick when) {
  PendingFile& file = files[object];
  if (file.stale.empty()) return;
  const std::uint64_t together = std::max(unit_bytes(), Content::kPageBytes);
  const Range sectors =
      sectors_of(bytes.begin / together * together, (bytes.end + together - 1) / together * together);
  const bool is_stray = unit_bytes() < together;
  auto at = file.stale.lower_bound(sectors.begin);
  while (at != file.stale.end() && *at < sectors.end) {
    add_version(
        object, *at,
        {.when = when, .entry = entry_count, .is_stray = is_stray, .bytes = visible_sector(object, *at)});
    at = is_stray ? std::next(at) : file.stale.erase(at);
  }
}

void Medium::State::add_version(ObjectId object, std::uint64_t sector, Version version) {
  version.sector = static_cast<std::uint32_t>(sector % sectors_per_unit());
  files[object].units[sector / sectors_per_unit()].versions.push_back(std::move(version));
}

// Zeros where nothing but zeros can be: no version of their own. So filling a segment costs its units alone.
bool Medium::State::changes_nothing(const OpBegin& op, const PendingFile& file, std::uint64_t sector) const {
  if (!op.payload.is_zeros() || file.stale.contains(sector)) return false;
  const bool can_be_garbage = model.size_before_data.value == SizeBeforeData::zeros_or_garbage &&
                              sector * sector_bytes() >= durable.find(op.object)->size;
  return !can_be_garbage && !has_history(op.object, sector);
}

// Whether a sector was ever anything but zeros that can be read, as far back as the floor.
bool Medium::State::has_history(ObjectId object, std::uint64_t sector) const {
  const Inode& inode = *durable.find(object);
  const Range bytes{sector * sector_bytes(), (sector + 1) * sector_bytes()};
  if (!inode.content.is_zero(bytes.begin, sector_bytes())) return true;
  if (!inode.unreadable.empty() && inode.unreadable.count_in(bytes.begin, bytes.end) != 0) return true;
  const PendingFile& file = files.at(object);
  const auto unit = file.units.find(sector / sectors_per_unit());
  return unit != file.units.end() && std::ranges::any_of(unit->second.versions, [&](const Version& version) {
           return version.sector == sector % sectors_per_unit();
         });
}

SectorBytes Medium::State::visible_sector(ObjectId object, std::uint64_t sector) const {
  auto bytes = std::make_shared_for_overwrite<std::byte[]>(sector_bytes());
  visible.find(object)->content.read(sector * sector_bytes(), {bytes.get(), sector_bytes()});
  return bytes;
}

// ---- Sizes ----

void Medium::State::grow_by_write(const Part& part, PendingFile& file, Tick when) {
  const OpBegin& op = part.op;
  const std::uint64_t old_size = visible.find(op.object)->size;
  const std::uint64_t size = *part.size_after;
  SizeChange change{.when = when,
                    .joins = is_in_order() ? SizeChange::Joins::in_order : SizeChange::Joins::at_writeback,
                    .is_torn = is_torn(op),
                    .size = size,
                    .edges_from = std::max(part.bytes.begin, old_size)};
  if (change.is_torn) {
    const std::uint64_t last = std::min(op.offset + left_of(*op.effect), part.bytes.end);
    if (last > old_size) change.lasting_size = last;
  }
  // Where the unit surely has written blocks, nothing waits for its data.
  const std::uint64_t unit = (size - 1) / unit_bytes();
  const auto pending = file.units.find(unit);
  const bool has_blocks = durable.find(op.object)->written.has(unit) &&
                          visible.find(op.object)->written.has(unit) &&
                          (pending == file.units.end() || pending->second.births.empty());
  if (has_blocks && !change.is_torn && is_journalled() &&
      model.append_size.value == AppendSize::writeback_or_at_once) {
    change.edges_from = size;
    return add_in_order(op, change);
  }
  file.sizes.push_back(change);
}

// A truncate, or an allocation that moves the end. A truncate to the size that the file has frees the blocks
// that were reserved behind it (seen on ext4, XFS and Btrfs: stat's blocks before and after).
void Medium::State::resize(const OpBegin& op) {
  const Inode& before = *visible.find(op.object);
  const std::uint64_t old_size = before.size;
  const std::uint64_t behind = (old_size + unit_bytes() - 1) / unit_bytes();
  const bool frees = op.verb == Verb::truncate && op.size_after == old_size &&
                     before.allocated.count_in(behind, medium::kNever) > 0;
  if (op.size_after.value_or(old_size) == old_size && !frees) return;
  const Tick when = tick();
  PendingFile& file = files[op.object];
  const bool is_shrink = frees || *op.size_after < old_size;
  const SizeChange change{
      .when = when, .is_shrink = is_shrink, .size = *op.size_after, .edges_from = *op.size_after};
  if (is_shrink) {
    shrink(op.object, *op.size_after, when);
  } else {
    expose_zeros(op.object, old_size, *op.size_after, when);
    visible.change(op.object).size = *op.size_after;
  }
  if (is_journalled()) {
    add_in_order(op, change);
    medium::Relevant& of_file = relevant[op.object];
    of_file.to_sync = of_file.to_sync_all = when;
  } else {
    file.sizes.push_back(change);
    file.sizes.back().joins = SizeChange::Joins::at_writeback;
  }
}

void Medium::State::add_in_order(const OpBegin& op, SizeChange change) {
  change.joins = SizeChange::Joins::in_order;
  files[op.object].sizes.push_back(change);
  metadata.push_back({change.when, op.op, entry_count, op.verb, {}, op.object});
}

// Zeroes the rest of the last page, which is a write, and frees what is behind it.
void Medium::State::shrink(ObjectId object, std::uint64_t size, Tick when) {
  Inode& inode = visible.change(object);
  const std::uint64_t zeroed_end =
      std::min(inode.size, (size + kZeroedBytes - 1) / kZeroedBytes * kZeroedBytes);
  medium::cut(inode, size, unit_bytes());
  inode.size = size;
  PendingFile& file = files[object];
  file.last_shrink = when;
  std::set<std::uint64_t>& stale = file.stale;
  const Range zeroed = sectors_of(size, std::max(size, zeroed_end));
  // Where a unit is written whole, zeros over zeros still write the rest of it.
  const bool is_atomic = model.atomic_bytes.value > sector_bytes() && inode.written.has(size / unit_bytes());
  for (std::uint64_t sector = zeroed.begin; sector < zeroed.end; ++sector) {
    if (has_history(object, sector) || stale.contains(sector) || is_atomic)
      add_version(object, sector,
                  {.when = when, .entry = entry_count, .bytes = visible_sector(object, sector)});
  }
  stale.erase(stale.lower_bound(size / sector_bytes()), stale.end());
  if (zeroed.begin < zeroed.end) redirty(object, {size, size + 1}, when);
}

// Without a journal the bytes beyond a shrink may come back when the file grows again, or not.
void Medium::State::expose_zeros(ObjectId object, std::uint64_t from, std::uint64_t to, Tick when) {
  const PendingFile& file = files[object];
  if (is_journalled() || file.last_shrink <= file.size_floor) return;
  const Range sectors = sectors_of(from, to);
  for (std::uint64_t sector = sectors.begin; sector < sectors.end; ++sector) {
    if (has_history(object, sector))
      add_version(
          object, sector,
          {.when = when, .entry = entry_count, .is_exposed = true, .bytes = visible_sector(object, sector)});
  }
}

}  // namespace wallop::sim
