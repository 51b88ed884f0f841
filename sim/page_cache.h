// SPDX-License-Identifier: Apache-2.0
// PageCache: what memory holds of a disk: what is visible, which of it the device has not been sent yet, who
// has which file open, and how much space is left. No time, no journal, no faults: those are the pipeline's
// (operation.h).
//
// What surprises: clean is not stored. After a failed sync the kernel counts the pages as clean, though the
// device never got them (Rebello et al., ATC'20). So where a plan could fail a sync, what the device has is
// kept apart.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "io/file_system.h"
#include "sim/disk.h"
#include "sim/model.h"
#include "sim/range_set.h"

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
  // What the device has; only where KeepStored says so.
  Inode stored;
  bool diverged = false;  // A clean unit may differ from it.
};

enum class KeepStored : bool { no, yes };

class PageCache {
 public:
  // `model` outlives this.
  PageCache(const ModelSpec& model, const Disk& start, std::uint64_t capacity_bytes, KeepStored keep_stored);

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
  // 0 or an errno, which changes nothing. `size_after` gets the size where it changes.
  int write(CachedFile& file, std::uint64_t offset, const Payload& payload,
            std::optional<std::uint64_t>& size_after);
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
  // All that is dirty has been sent to the device, or some of it.
  void sent(CachedFile& file);
  void sent(CachedFile& file, std::uint64_t offset, std::uint64_t bytes);
  // It was to be sent and never arrived: clean all the same; what memory then shows is the model's
  // after_failed_sync.
  void lost(CachedFile& file);

  // How many bytes of [offset, offset + bytes) a read must fetch from the device; they are in memory from now
  // on.
  std::uint64_t fetch(CachedFile& file, std::uint64_t offset, std::uint64_t bytes);

  [[nodiscard]] io::Space space() const;
  [[nodiscard]] std::uint64_t allocated_bytes(const Inode& inode) const {
    return inode.allocated.unit_count() * unit_bytes_;
  }

 private:
  [[nodiscard]] std::uint64_t first_unit(std::uint64_t offset) const { return offset / unit_bytes_; }
  [[nodiscard]] std::uint64_t end_unit(std::uint64_t end) const {
    return (end + unit_bytes_ - 1) / unit_bytes_;
  }
  [[nodiscard]] bool reverts() const { return model_.after_failed_sync.value == AfterFailedSync::clean_old; }
  void enter(ObjectId id);
  void unname(ObjectId id);
  void forget(CachedFile& file);
  int reserve(Inode& inode, std::uint64_t first, std::uint64_t unit_count);
  void free_from(Inode& inode, std::uint64_t unit);
  void store(CachedFile& file, RangeSet::Range units);

  const ModelSpec& model_;
  std::uint64_t unit_bytes_;
  std::uint64_t unit_max_;  // How many there are.
  bool keep_stored_;
  Disk disk_;
  std::uint64_t used_units_ = 0;
  std::map<ObjectId, CachedFile> files_;
};

}  // namespace wallop::sim
