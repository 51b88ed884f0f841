// SPDX-License-Identifier: Apache-2.0
// Visible bytes and sizes, dirty units, space.
#include "sim/page_cache.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/ensure.h"

namespace wallop::sim {
namespace {

// Whether all these units are there already: asking first spares a copy of runs that a snapshot shares.
bool covers(const Extents& extents, std::uint64_t first, std::uint64_t unit_count) {
  const auto after = extents.runs().upper_bound(first);
  return after != extents.runs().begin() && std::prev(after)->second >= first + unit_count;
}

}  // namespace

PageCache::PageCache(const ModelSpec& model, const Disk& start, std::uint64_t capacity_bytes,
                     KeepStored keep_stored)
    : model_(model),
      unit_bytes_(model.write_unit_bytes.value),
      unit_max_(capacity_bytes / unit_bytes_),
      keep_stored_(keep_stored == KeepStored::yes),
      disk_(start) {
  enter(kRootDirectory);
  for (const auto& [path, id] : disk_.paths()) {
    if (!files_.contains(id)) enter(id);
    ++file(id).name_count;
  }
}

// What was there before this world.
void PageCache::enter(ObjectId id) {
  CachedFile& entered = files_[id];
  entered.id = id;
  const Inode* inode = disk_.find(id);
  used_units_ += inode->allocated.unit_count();
  if (keep_stored_ && inode->kind == io::FileKind::file) entered.stored = *inode;
}

CachedFile& PageCache::make(io::FileKind kind) {
  const ObjectId id = disk_.create(kind);
  CachedFile& made = files_[id];
  made.id = id;
  return made;
}

void PageCache::apply(std::span<const NameChange> changes) {
  for (const NameChange& change : changes) {
    auto& names = disk_.change(change.directory).names;
    const auto at = names.find(*change.name);
    const ObjectId old = at == names.end() ? kNoObject : at->second;
    if (change.object == kNoObject) {
      names.erase(at);
    } else {
      names.insert_or_assign(*change.name, change.object);
      ++file(change.object).name_count;
    }
    file(change.directory).dirty.add(0, 1);
    if (old != kNoObject) unname(old);
  }
}

void PageCache::unname(ObjectId id) {
  CachedFile& unnamed = file(id);
  --unnamed.name_count;
  if (unnamed.name_count == 0 && unnamed.open_count == 0) forget(unnamed);
}

void PageCache::close(CachedFile& file) {
  --file.open_count;
  if (file.name_count == 0 && file.open_count == 0) forget(file);
}

void PageCache::forget(CachedFile& file) {
  const ObjectId id = file.id;
  used_units_ -= inode(file).allocated.unit_count();
  disk_.drop(id);
  files_.erase(id);
}

std::size_t PageCache::read(const CachedFile& file, std::uint64_t offset, std::span<std::byte> into) const {
  const Inode& visible = inode(file);
  if (offset >= visible.size) return 0;
  const std::size_t bytes = std::min<std::uint64_t>(into.size(), visible.size - offset);
  visible.content.read(offset, into.first(bytes));
  return bytes;
}

std::size_t PageCache::read_stored(CachedFile& file, std::uint64_t offset, std::span<std::byte> into) {
  const Inode& visible = inode(file);
  if (offset >= visible.size) return 0;
  const std::size_t bytes = std::min<std::uint64_t>(into.size(), visible.size - offset);
  sent(file, offset, bytes);
  const Content& content = file.diverged ? file.stored.content : visible.content;
  content.read(offset, into.first(bytes));
  return bytes;
}

int PageCache::write(CachedFile& file, std::uint64_t offset, const Payload& payload,
                     std::optional<std::uint64_t>& size_after) {
  const std::uint64_t end = offset + payload.size();
  if (end > kFileBytesMax) return EFBIG;
  Inode& visible = disk_.change(file.id);
  const std::uint64_t first = first_unit(offset), behind = end_unit(end);
  if (const int error = reserve(visible, first, behind - first)) return error;
  if (!covers(visible.written, first, behind - first)) visible.written.add(first, behind - first);
  visible.content.write(offset, payload, 0, payload.size());
  if (end > visible.size) {
    visible.size = end;
    size_after = end;
  }
  file.dirty.add(first, behind);
  file.pages.add(offset / Content::kPageBytes, (end + Content::kPageBytes - 1) / Content::kPageBytes);
  return 0;
}

int PageCache::truncate(CachedFile& file, std::uint64_t size) {
  if (size > kFileBytesMax) return EFBIG;
  Inode& visible = disk_.change(file.id);
  const std::uint64_t old_size = std::exchange(visible.size, size);
  if (size > old_size) return 0;
  const std::uint64_t behind = end_unit(size);
  visible.content.zero(size, old_size - size);
  free_from(visible, behind);
  // Blocks that are gone are no answer of the device; where a failed sync brings them back they must be kept.
  const std::uint64_t freed = behind * unit_bytes_;
  if (keep_stored_ && !reverts() && freed < old_size) file.stored.content.zero(freed, old_size - freed);
  file.dirty.remove(behind, end_unit(kFileBytesMax));
  // The rest of the last unit became zeros.
  if (size < old_size && size % unit_bytes_ != 0) file.dirty.add(behind - 1, behind);
  return 0;
}

int PageCache::allocate(CachedFile& file, std::uint64_t offset, std::uint64_t bytes, io::KeepSize keep_size,
                        std::optional<std::uint64_t>& size_after) {
  if (bytes == 0) return EINVAL;
  const std::uint64_t end = offset + bytes;
  if (end > kFileBytesMax) return EFBIG;
  Inode& visible = disk_.change(file.id);
  const std::uint64_t first = first_unit(offset);
  if (const int error = reserve(visible, first, end_unit(end) - first)) return error;
  if (keep_size == io::KeepSize::yes || end <= visible.size) return 0;
  visible.size = end;
  size_after = end;
  return 0;
}

// Blocks for these units, those that are there already for free.
int PageCache::reserve(Inode& inode, std::uint64_t first, std::uint64_t unit_count) {
  if (covers(inode.allocated, first, unit_count)) return 0;
  const std::uint64_t free_units = unit_max_ > used_units_ ? unit_max_ - used_units_ : 0;
  const std::uint64_t had = inode.allocated.unit_count();
  if (unit_count > free_units) {
    Extents grown = inode.allocated;
    grown.add(first, unit_count);
    if (grown.unit_count() - had > free_units) return ENOSPC;
  }
  inode.allocated.add(first, unit_count);
  used_units_ += inode.allocated.unit_count() - had;
  return 0;
}

void PageCache::free_from(Inode& inode, std::uint64_t unit) {
  const std::uint64_t had = inode.allocated.unit_count();
  inode.allocated.remove_from(unit);
  inode.written.remove_from(unit);
  used_units_ -= had - inode.allocated.unit_count();
}

void PageCache::sent(CachedFile& file) {
  if (keep_stored_ && file.diverged) {
    for (const RangeSet::Range units : file.dirty.ranges()) store(file, units);
  } else if (keep_stored_ && inode(file).kind == io::FileKind::file) {
    file.stored = inode(file);
  }
  file.dirty.clear();
}

void PageCache::sent(CachedFile& file, std::uint64_t offset, std::uint64_t bytes) {
  const std::uint64_t first = first_unit(offset), behind = end_unit(offset + bytes);
  if (file.dirty.count_in(first, behind) == 0) return;
  if (keep_stored_) {
    for (const RangeSet::Range units : file.dirty.ranges()) {
      const RangeSet::Range part{std::max(units.begin, first), std::min(units.end, behind)};
      if (part.begin < part.end) store(file, part);
    }
  }
  file.dirty.remove(first, behind);
}

// The device has these units now.
void PageCache::store(CachedFile& file, RangeSet::Range units) {
  const Inode& visible = inode(file);
  const std::uint64_t offset = units.begin * unit_bytes_;
  const std::uint64_t end = std::min(units.end * unit_bytes_, visible.size);
  if (offset < end) file.stored.content.copy_from(visible.content, offset, end - offset);
  file.stored.size = std::max(std::min(file.stored.size, visible.size), end);
  file.stored.allocated = visible.allocated;
  file.stored.written.add(units.begin, units.end - units.begin);
}

void PageCache::lost(CachedFile& file) {
  base::ensure(keep_stored_, "a sync fails only where a plan could fail it");
  if (reverts()) {
    Inode& visible = disk_.change(file.id);
    used_units_ -= visible.allocated.unit_count();
    visible = file.stored;
    used_units_ += visible.allocated.unit_count();
  } else if (!file.dirty.empty()) {
    file.diverged = true;
  }
  file.dirty.clear();
}

std::uint64_t PageCache::fetch(CachedFile& file, std::uint64_t offset, std::uint64_t bytes) {
  const std::uint64_t first = offset / Content::kPageBytes;
  const std::uint64_t behind = (offset + bytes + Content::kPageBytes - 1) / Content::kPageBytes;
  const std::uint64_t missing = behind - first - file.pages.count_in(first, behind);
  if (missing != 0) file.pages.add(first, behind);
  return missing * Content::kPageBytes;
}

io::Space PageCache::space() const {
  const std::uint64_t free_units = unit_max_ > used_units_ ? unit_max_ - used_units_ : 0;
  return {.total_bytes = unit_max_ * unit_bytes_, .free_bytes = free_units * unit_bytes_};
}

}  // namespace wallop::sim
