// SPDX-License-Identifier: Apache-2.0
// The steps of recycling; recycle.h says why in this order.
#include "wal/recycle.h"

#include <array>
#include <utility>

#include "wal/points.h"
#include "wal/segment_name.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// What the file says that it is, where it can take the place of one that is made as the plan says.
io::Result<std::optional<SegmentHeader>> fitting_header(io::File& file, const SegmentPlan& plan,
                                                        SegmentId id) {
  std::array<std::byte, segment_header_at::kEnd> bytes;
  auto got = file.read_at(0, bytes);
  if (!got) return io::Failure(std::move(got.error()));
  auto header = decode_segment_header(io::Bytes(bytes).first(*got), 0);
  if (!header) return header;
  const bool fits = *header && (*header)->id == id && (*header)->log_uuid == plan.log_uuid &&
                    (*header)->block_bytes == plan.block_bytes && (*header)->capacity == plan.segment_bytes &&
                    ((*header)->full_size == FullSize::yes || plan.preallocate == Preallocate::none);
  return fits ? header : std::nullopt;
}

io::Status erase(io::File& file, const SegmentHeader& header) {
  auto front = fill_with_zeros(file, header.slot_offset(0), header.data_begin() + header.block_bytes);
  return front ? fill_with_zeros(file, header.records_end(), header.capacity) : front;
}

io::Status rename_and_clear(io::World& world, const SegmentPlan& plan, const std::string& from,
                            PreparedSegment& segment) {
  if (auto renamed = world.files.rename(from, segment.path); !renamed) return renamed;
  if (point(world, "wal/recycle/renamed")) return injected("recycle segment", segment.path);
  if (auto synced = world.files.sync_directory(plan.directory); !synced) return synced;
  if (point(world, "wal/recycle/named")) return injected("recycle segment", segment.path);
  if (auto erased = erase(*segment.file, segment.header); !erased) return erased;
  if (point(world, "wal/recycle/erased")) return injected("recycle segment", segment.path);
  if (auto written = write_headers(world, segment); !written) return written;
  if (point(world, "wal/recycle/prepared")) return injected("recycle segment", segment.path);
  return {};
}

// By whichever name it has.
io::Status remove_either(io::World& world, const std::string& from, const std::string& to) {
  auto removed = world.files.remove(to);
  if (!removed && removed.error().code == io::Code::not_found) return world.files.remove(from);
  return removed;
}

}  // namespace

io::Result<std::optional<PreparedSegment>> recycle_segment(io::World& world, const SegmentPlan& plan,
                                                           SegmentId from, SegmentId to) {
  const std::string old_path = segment_path(plan.directory, from);
  auto file = world.files.open(old_path, {});
  if (!file) return io::Failure(std::move(file.error()));
  auto header = fitting_header(**file, plan, from);
  if (!header) return io::Failure(std::move(header.error()));
  // A checkpoint may have another name for it, and reads it as it was.
  auto info = world.files.stat(old_path);
  if (!info) return io::Failure(std::move(info.error()));
  if (!*header || info->link_count > 1) {
    auto removed = world.files.remove(old_path);
    if (!removed) return io::Failure(std::move(removed.error()));
    return std::nullopt;
  }
  PreparedSegment segment{header_for(plan, to), segment_path(plan.directory, to), std::move(*file)};
  segment.header.full_size = (*header)->full_size;
  segment.header.recycled = Recycled::yes;
  auto done = rename_and_clear(world, plan, old_path, segment);
  if (done) return segment;
  segment.file.reset();
  auto removed = remove_either(world, old_path, segment.path);
  if (removed && done.error().code == io::Code::no_space) return std::nullopt;
  if (!removed) done.error().detail += "; the file stays";
  return io::Failure(std::move(done.error()));
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
