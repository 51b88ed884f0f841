// SPDX-License-Identifier: Apache-2.0
// Visible bytes and sizes, dirty units, space.
#include "sim/page_cache.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/ensure.h"

namespace wallop::sim {
namespace {

// The page behind the last one that bytes below `end` touch.
std::uint64_t end_page(std::uint64_t end) {
  return (end + Content::kPageBytes - 1) / Content::kPageBytes;
}

}  // namespace

PageCache::PageCache(const Scheduler& scheduler, const ModelSpec& model, const Disk& start,
                     std::uint64_t capacity_bytes, const Medium* medium)
    : scheduler_(scheduler),
      model_(model),
      unit_bytes_(model.write_unit_bytes.value),
      sector_bytes_(model.sector_bytes.value),
      unit_max_(capacity_bytes / unit_bytes_),
      medium_(medium),
      disk_(start) {
  const std::vector<ObjectId> reachable = disk_.reachable();
  for (const ObjectId id : reachable) enter(id);
  for (const ObjectId id : reachable) {
    for (const auto& [name, named] : disk_.find(id)->names) ++file(named).name_count;
  }
}

// What was there before this world.
void PageCache::enter(ObjectId id) {
  CachedFile& entered = files_[id];
  entered.id = id;
  if (medium_ != nullptr) entered.older = disk_.find(id)->content;
  used_units_ += disk_.find(id)->allocated.count();
  peak_units_ = used_units_;
}

CachedFile& PageCache::make(io::FileKind kind) {
  const ObjectId id = disk_.create(kind);
  CachedFile& made = files_[id];
  made.id = id;
  made.size_changed = scheduler_.now();
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
      CachedFile& named = file(change.object);
      ++named.name_count;
      named.names_changed = scheduler_.now();
    }
    CachedFile& directory = file(change.directory);
    note_change(directory);
    directory.dirty.add(0, 1);
    directory.names_changed = scheduler_.now();
    if (old != kNoObject) unname(old);
  }
}

void PageCache::unname(ObjectId id) {
  CachedFile& unnamed = file(id);
  --unnamed.name_count;
  unnamed.names_changed = scheduler_.now();
  if (unnamed.name_count == 0 && unnamed.open_count == 0) forget(unnamed);
}

void PageCache::close(CachedFile& file) {
  --file.open_count;
  if (file.name_count == 0 && file.open_count == 0) forget(file);
}

void PageCache::forget(CachedFile& file) {
  const ObjectId id = file.id;
  used_units_ -= inode(file).allocated.count();
  clean(file);
  settle(file, file.change_count);
  disk_.drop(id);
  files_.erase(id);
  if (gone_) gone_(id);
}

void PageCache::note_change(CachedFile& file) {
  if (file.change_count++ == file.settled_count) ++unsettled_count_;
}

void PageCache::unsettle(ObjectId object) {
  const auto found = files_.find(object);
  if (found != files_.end()) note_change(found->second);
}

void PageCache::settle(CachedFile& file, std::uint64_t change_count) {
  if (file.settled_count == file.change_count) return;
  file.settled_count = std::max(file.settled_count, change_count);
  if (file.settled_count == file.change_count) --unsettled_count_;
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
  clean(file, offset, bytes);
  if (medium_ != nullptr) {
    medium_->read_stored(file.id, offset, into.first(bytes));
  } else {
    visible.content.read(offset, into.first(bytes));
  }
  return bytes;
}

void PageCache::read_elsewhere(const CachedFile& file, std::uint64_t offset,
                               std::span<std::byte> into) const {
  if (medium_ != nullptr) {
    medium_->read_stored(file.id, offset, into);
  } else {
    inode(file).content.read(offset, into);
  }
}

bool PageCache::is_fetchable(const CachedFile& file, std::uint64_t offset, std::uint64_t bytes) const {
  const RangeSet& bad = inode(file).unreadable;
  if (bad.empty()) [[likely]]
    return true;
  for (std::uint64_t page = offset / Content::kPageBytes; page < end_page(offset + bytes); ++page) {
    const bool is_missing = file.pages.count_in(page, page + 1) == 0;
    if (is_missing && bad.count_in(page * Content::kPageBytes, (page + 1) * Content::kPageBytes) != 0)
      return false;
  }
  return true;
}

// "The number of bytes written may be less than count if there is insufficient space" (write(2)): the next
// call says why, and so does this one.
PageCache::Room PageCache::make_room(CachedFile& file, std::uint64_t offset, std::uint64_t bytes) {
  if (offset >= kFileBytesMax) return {0, EFBIG};
  Room room{std::min(bytes, kFileBytesMax - offset), bytes > kFileBytesMax - offset ? EFBIG : 0};
  const std::uint64_t first = first_unit(offset), behind = end_unit(offset + room.bytes);
  if (inode(file).allocated.covers(first, behind)) return room;
  Inode& visible = disk_.change(file.id);
  if (reserve(visible, first, behind) == 0) return room;
  const std::uint64_t fitting = units_that_fit(visible, first, behind - first);
  if (fitting == 0) return {0, ENOSPC};
  base::ensure(reserve(visible, first, first + fitting) == 0, "blocks that are free can be had");
  return {(first + fitting) * unit_bytes_ - offset, ENOSPC};
}

void PageCache::write(CachedFile& file, std::uint64_t offset, const Payload& payload,
                      std::optional<std::uint64_t>& size_after) {
  const std::uint64_t end = offset + payload.size();
  note_change(file);
  Inode& visible = disk_.change(file.id);
  const std::uint64_t first = first_unit(offset), behind = end_unit(end);
  if (!visible.written.covers(first, behind)) {
    visible.written.add(first, behind);
    file.size_changed = scheduler_.now();
  }
  if (medium_ != nullptr) {
    const std::uint64_t begin = sector_begin(offset);
    file.older.copy_from(visible.content, begin, sector_end(end) - begin);
  }
  visible.content.write(offset, payload, 0, payload.size());
  if (!visible.unreadable.empty()) visible.unreadable.remove(sector_begin(offset), sector_end(end));
  if (end > visible.size) {
    visible.size = end;
    size_after = end;
    file.size_changed = scheduler_.now();
  }
  soil(file, first, behind);
  file.pages.add(offset / Content::kPageBytes, end_page(end));
}

int PageCache::truncate(CachedFile& file, std::uint64_t size) {
  if (size > kFileBytesMax) return EFBIG;
  note_change(file);
  Inode& visible = disk_.change(file.id);
  const std::uint64_t old_size = std::exchange(visible.size, size);
  file.size_changed = scheduler_.now();
  if (size > old_size) return 0;
  const std::uint64_t behind = end_unit(size);
  visible.content.zero(size, old_size - size);
  visible.unreadable.remove(sector_end(size), sector_end(old_size));
  free_from(visible, behind);
  unsoil(file, behind, end_unit(kFileBytesMax));
  // The rest of the last unit became zeros.
  if (size < old_size && size % unit_bytes_ != 0) soil(file, behind - 1, behind);
  return 0;
}

int PageCache::allocate(CachedFile& file, std::uint64_t offset, std::uint64_t bytes, io::KeepSize keep_size,
                        std::optional<std::uint64_t>& size_after) {
  if (bytes == 0) return EINVAL;
  const std::uint64_t end = offset + bytes;
  if (end > kFileBytesMax) return EFBIG;
  note_change(file);
  Inode& visible = disk_.change(file.id);
  const std::uint64_t first = first_unit(offset);
  if (const int error = reserve(visible, first, end_unit(end))) return error;
  file.size_changed = scheduler_.now();
  if (keep_size == io::KeepSize::yes || end <= visible.size) return 0;
  visible.size = end;
  size_after = end;
  return 0;
}

// Blocks for these units, those that are there already for free.
int PageCache::reserve(Inode& inode, std::uint64_t first, std::uint64_t behind) {
  const std::uint64_t missing = behind - first - inode.allocated.count_in(first, behind);
  if (missing > free_units()) return ENOSPC;
  inode.allocated.add(first, behind);
  used_units_ += missing;
  peak_units_ = std::max(peak_units_, used_units_);
  return 0;
}

std::uint64_t PageCache::units_that_fit(const Inode& inode, std::uint64_t first,
                                        std::uint64_t unit_count) const {
  std::uint64_t left = free_units();
  for (std::uint64_t count = 0; count < unit_count; ++count) {
    if (inode.allocated.has(first + count)) continue;
    if (left == 0) return count;
    --left;
  }
  return unit_count;
}

void PageCache::free_from(Inode& inode, std::uint64_t unit) {
  const std::uint64_t had = inode.allocated.count();
  inode.allocated.remove_from(unit);
  inode.written.remove_from(unit);
  used_units_ -= had - inode.allocated.count();
}

void PageCache::soil(CachedFile& file, std::uint64_t first, std::uint64_t behind) {
  if (file.dirty.empty()) file.dirty_since = scheduler_.now();
  dirty_units_ -= file.dirty.count();
  file.dirty.add(first, behind);
  dirty_units_ += file.dirty.count();
}

void PageCache::unsoil(CachedFile& file, std::uint64_t first, std::uint64_t behind) {
  dirty_units_ -= file.dirty.count();
  file.dirty.remove(first, behind);
  dirty_units_ += file.dirty.count();
}

void PageCache::clean(CachedFile& file) {
  if (inode(file).kind == io::FileKind::file) dirty_units_ -= file.dirty.count();
  file.dirty.clear();
}

void PageCache::clean(CachedFile& file, std::uint64_t offset, std::uint64_t bytes) {
  unsoil(file, first_unit(offset), end_unit(offset + bytes));
}

CachedFile* PageCache::longest_dirty() {
  CachedFile* found = nullptr;
  if (dirty_units_ == 0) return found;
  for (auto& [id, file] : files_) {
    if (file.dirty.empty() || inode(file).kind != io::FileKind::file) continue;
    if (found == nullptr || file.dirty_since < found->dirty_since) found = &file;
  }
  return found;
}

std::uint64_t PageCache::send(CachedFile& file, std::uint64_t bytes_max) {
  const RangeSet::Range first = file.dirty.ranges().front();
  const std::uint64_t behind =
      std::min(first.end, first.begin + std::max<std::uint64_t>(bytes_max / unit_bytes_, 1));
  unsoil(file, first.begin, behind);
  return (behind - first.begin) * unit_bytes_;
}

void PageCache::invalidate(CachedFile& file, std::uint64_t offset, std::uint64_t bytes) {
  file.pages.remove(offset / Content::kPageBytes, end_page(offset + bytes));
}

// A page with a dirty unit in it stays.
bool PageCache::evict(CachedFile& file) {
  if (!model_.eviction.value) return false;
  RangeSet kept;
  for (const RangeSet::Range units : file.dirty.ranges())
    kept.add(units.begin * unit_bytes_ / Content::kPageBytes, end_page(units.end * unit_bytes_));
  const bool forgets = file.open_count == 0 && file.errors.is_untold();
  if (kept.count() >= file.pages.count() && !forgets) return false;
  file.pages = std::move(kept);
  if (forgets) file.errors.forget();
  return true;
}

Evicted PageCache::pages_of(ObjectId file, std::uint64_t offset, std::uint64_t bytes) {
  return {file, offset / Content::kPageBytes * Content::kPageBytes,
          end_page(offset + bytes) * Content::kPageBytes};
}

std::vector<ObjectId> PageCache::all() const {
  std::vector<ObjectId> ids;
  for (const auto& [id, file] : files_) ids.push_back(id);
  return ids;
}

void PageCache::adopt(ObjectId id, const Inode& now) {
  if (!files_.contains(id)) return;
  Inode& visible = disk_.change(id);
  used_units_ -= visible.allocated.count();
  visible = now;
  used_units_ += visible.allocated.count();
}

std::uint64_t PageCache::fetch(CachedFile& file, std::uint64_t offset, std::uint64_t bytes) {
  const std::uint64_t first = offset / Content::kPageBytes;
  const std::uint64_t behind = end_page(offset + bytes);
  const std::uint64_t missing = behind - first - file.pages.count_in(first, behind);
  if (missing != 0) file.pages.add(first, behind);
  return missing * Content::kPageBytes;
}

io::Space PageCache::space() const {
  return {.total_bytes = unit_max_ * unit_bytes_, .free_bytes = free_units() * unit_bytes_};
}

}  // namespace wallop::sim
