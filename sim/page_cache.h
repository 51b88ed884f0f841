// SPDX-License-Identifier: Apache-2.0
// PageCache: what memory holds of a disk: what is visible, which of it the device has not been sent yet, who
// has which file open, how much space is left, and when what last changed. No costs, no journal, no faults:
// those are the pipeline's (operation.h).
//
// What surprises: clean is not stored. After a failed sync the kernel counts the pages as clean, though the
// device never got them (Rebello et al., ATC'20). So where a plan could fail a sync a Medium follows, and is
// asked what the device has.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "io/file_system.h"
#include "sim/block_pool.h"
#include "sim/disk.h"
#include "sim/medium.h"
#include "sim/model.h"
#include "sim/range_set.h"
#include "sim/scheduler.h"
#include "sim/writeback_errors.h"

namespace wallop::sim {

// ext4's largest file with blocks of 4 KiB; no other limit is lower.
inline constexpr std::uint64_t kFileBytesMax = (std::uint64_t{1} << 44) - 4096;

// What memory knows of a file or directory besides its content.
struct CachedFile {
  ObjectId id;
  std::uint64_t name_count = 0;
  std::uint64_t open_count = 0;  // Without names and handles it is gone.
  bool locked = false;
  RangeSet dirty;  // Write units that the device has not been sent. Of a directory unit 0: its names.
  RangeSet pages;  // Pages that a read finds in memory.
  io::Instant dirty_since{};                       // Where a page is dirty.
  io::Instant sent_until = io::Instant::min();     // When what writeback has sent is with the device.
  io::Instant size_changed = io::Instant::min();   // Size or blocks; or it was made.
  io::Instant names_changed = io::Instant::min();  // Its own, or of a directory those in it.
  WritebackErrors errors;
  // Of its bytes, size and blocks, or of a directory the names in it: all changes, and those that a sync has
  // made durable.
  std::uint64_t change_count = 0, settled_count = 0;
  bool diverged = false;  // A sync failed: what is clean may not be what the device has.
  Content older;          // Each sector as before its newest write; kept where a medium follows.
};

class PageCache {
 public:
  // `scheduler`, `model` and `medium` outlive this. `medium` follows the world; null where what is clean is
  // surely stored.
  PageCache(const Scheduler& scheduler, const ModelSpec& model, const Disk& start,
            std::uint64_t capacity_bytes, const Medium* medium);

  // Is told of each object that has neither names nor handles any more.
  void when_gone(std::function<void(ObjectId)> listener) { gone_ = std::move(listener); }

  [[nodiscard]] const Disk& disk() const { return disk_; }
  [[nodiscard]] const Inode& inode(const CachedFile& file) const { return *disk_.find(file.id); }
  // Of an object that is there; valid until it is gone.
  [[nodiscard]] CachedFile& file(ObjectId id) { return files_.at(id); }

  // A new object, to be named at once.
  CachedFile& make(io::FileKind kind);
  void apply(std::span<const NameChange> changes);
  void open(CachedFile& file) { ++file.open_count; }
  void close(CachedFile& file);

  // Bytes [offset, offset + into.size()) as far as the file goes; how many that were.
  std::size_t read(const CachedFile& file, std::uint64_t offset, std::span<std::byte> into) const;
  // The same, as the device answers: dirty units of the range are sent to it first.
  std::size_t read_stored(CachedFile& file, std::uint64_t offset, std::span<std::byte> into);
  // What the device has there, or memory, of bytes that somebody else asked for; zeros where there are none.
  void read_elsewhere(const CachedFile& file, std::uint64_t offset, std::span<std::byte> into) const;
  // Each sector of those bytes as it was before its newest write; where a medium follows.
  static void read_older(const CachedFile& file, std::uint64_t offset, std::span<std::byte> into) {
    file.older.read(offset, into);
  }
  // Whether the device can read the bytes that a read past memory asks it for; or those of a read that memory
  // may spare it, which come by whole pages.
  [[nodiscard]] bool is_readable(const CachedFile& file, std::uint64_t offset, std::uint64_t bytes) const {
    const RangeSet& bad = inode(file).unreadable;
    return bad.empty() || bad.count_in(sector_begin(offset), sector_end(offset + bytes)) == 0;
  }
  [[nodiscard]] bool is_fetchable(const CachedFile& file, std::uint64_t offset, std::uint64_t bytes) const;
  // The sectors of those bytes were written so that nobody can read them again.
  void spoil(CachedFile& file, std::uint64_t begin, std::uint64_t end) {
    disk_.change(file.id).unreadable.add(sector_begin(begin), sector_end(end));
  }
  // Blocks for so many of the bytes as there is room for, unit by unit from the first one on, as Linux writes
  // them; and where those are not all, the errno that says why.
  struct Room {
    std::uint64_t bytes = 0;
    int os_error = 0;
  };
  Room make_room(CachedFile& file, std::uint64_t offset, std::uint64_t bytes);
  // Into blocks that are there. `size_after` gets the size where it changes.
  void write(CachedFile& file, std::uint64_t offset, const Payload& payload,
             std::optional<std::uint64_t>& size_after);
  // 0 or an errno, which changes nothing. Likewise.
  int truncate(CachedFile& file, std::uint64_t size);
  int allocate(CachedFile& file, std::uint64_t offset, std::uint64_t bytes, io::KeepSize keep_size,
               std::optional<std::uint64_t>& size_after);

  [[nodiscard]] std::uint64_t dirty_bytes(const CachedFile& file) const {
    return file.dirty.count() * unit_bytes_;
  }
  [[nodiscard]] std::uint64_t dirty_bytes(const CachedFile& file, std::uint64_t offset,
                                          std::uint64_t bytes) const {
    return file.dirty.count_in(first_unit(offset), end_unit(offset + bytes)) * unit_bytes_;
  }
  // A sync of the file (or directory) that began when it had so many changes has made them durable.
  void settle(CachedFile& file, std::uint64_t change_count);
  // Something about the object is not durable yet, if it is there.
  void unsettle(ObjectId object);
  // Whether such a sync covers all there is: then nothing that is visible can be lost, in any model that
  // keeps its promises.
  [[nodiscard]] bool is_settled() const { return unsettled_count_ == 0; }
  // Of all files; directories not counted.
  [[nodiscard]] std::uint64_t dirty_bytes() const { return dirty_units_ * unit_bytes_; }
  // The file of which a page has been dirty longest; null where all are clean.
  [[nodiscard]] CachedFile* longest_dirty();
  // The first dirty bytes of the file, at most so many, are on their way to the device and count as clean.
  std::uint64_t send(CachedFile& file, std::uint64_t bytes_max);
  // All that is dirty counts as clean, or some of it: the device was sent it, whether it got it or not.
  void clean(CachedFile& file);
  void clean(CachedFile& file, std::uint64_t offset, std::uint64_t bytes);
  // Of pages that a write past the cache has overtaken: the next read asks the device.
  void invalidate(CachedFile& file, std::uint64_t offset, std::uint64_t bytes);
  // Drops clean pages and, where nobody has the file open, the inode with the error that nobody was told of.
  // Whether there was any, and the model lets it happen.
  bool evict(CachedFile& file);
  // Whole pages around the bytes.
  [[nodiscard]] static Evicted pages_of(ObjectId file, std::uint64_t offset, std::uint64_t bytes);
  [[nodiscard]] std::vector<ObjectId> all() const;
  // What memory shows of an object is what `now` says, if it is still there.
  void adopt(ObjectId id, const Inode& now);

  // How many bytes of [offset, offset + bytes) a read must fetch from the device; they are in memory from now
  // on.
  std::uint64_t fetch(CachedFile& file, std::uint64_t offset, std::uint64_t bytes);

  [[nodiscard]] io::Space space() const;
  // The most that was ever in use.
  [[nodiscard]] std::uint64_t peak_bytes() const { return peak_units_ * unit_bytes_; }
  [[nodiscard]] std::uint64_t allocated_bytes(const Inode& inode) const {
    return inode.allocated.count() * unit_bytes_;
  }

 private:
  [[nodiscard]] std::uint64_t first_unit(std::uint64_t offset) const { return offset / unit_bytes_; }
  [[nodiscard]] std::uint64_t end_unit(std::uint64_t end) const {
    return (end + unit_bytes_ - 1) / unit_bytes_;
  }
  [[nodiscard]] std::uint64_t sector_begin(std::uint64_t offset) const {
    return offset / sector_bytes_ * sector_bytes_;
  }
  [[nodiscard]] std::uint64_t sector_end(std::uint64_t end) const {
    return (end + sector_bytes_ - 1) / sector_bytes_ * sector_bytes_;
  }
  void enter(ObjectId id);
  void note_change(CachedFile& file);
  void unname(ObjectId id);
  void forget(CachedFile& file);
  int reserve(Inode& inode, std::uint64_t first, std::uint64_t behind);
  [[nodiscard]] std::uint64_t units_that_fit(const Inode& inode, std::uint64_t first,
                                             std::uint64_t unit_count) const;
  [[nodiscard]] std::uint64_t free_units() const {
    return unit_max_ > used_units_ ? unit_max_ - used_units_ : 0;
  }
  void free_from(Inode& inode, std::uint64_t unit);
  void soil(CachedFile& file, std::uint64_t first, std::uint64_t behind);
  void unsoil(CachedFile& file, std::uint64_t first, std::uint64_t behind);

  const Scheduler& scheduler_;
  const ModelSpec& model_;
  std::uint64_t unit_bytes_, sector_bytes_;
  std::uint64_t unit_max_;  // How many there are.
  const Medium* medium_;
  Disk disk_;
  std::uint64_t used_units_ = 0, peak_units_ = 0, dirty_units_ = 0;
  std::uint64_t unsettled_count_ = 0;  // Of files and directories.
  std::map<ObjectId, CachedFile, std::less<>, Pooled<std::pair<const ObjectId, CachedFile>>> files_;
  std::function<void(ObjectId)> gone_;
};

}  // namespace wallop::sim
