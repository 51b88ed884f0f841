// SPDX-License-Identifier: Apache-2.0
// The steps of preparing a segment; segment_file.h says why in this order.
#include "wal/segment_file.h"

#include <algorithm>
#include <vector>

#include "wal/points.h"
#include "wal/segment_name.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// Not larger: Linux keeps one large write as one large folio, and walks all of its blocks at each small write
// into it (measured on ext4 with 1 MiB: two fifths of the time of a 100-byte append).
constexpr std::uint64_t kZeroPieceBytes = 64U << 10;

// Room for what must never meet a full disk: the slots, the link right behind them, and the low water of a
// deletion. Assumption: blocks that were written once can be written again, also on a disk that is full.
io::Result<FullSize> make_room_for_control(io::File& file, const SegmentHeader& header) {
  auto link = fill_with_zeros(file, header.slot_offset(0), header.data_begin() + header.block_bytes);
  if (!link) return io::Failure(std::move(link.error()));
  auto kept = fill_with_zeros(file, header.records_end(), header.data_end());
  if (!kept) return io::Failure(std::move(kept.error()));
  return FullSize::no;
}

// Makes the space ready and says whether the file's size is durable now.
io::Result<FullSize> make_room(io::File& file, const SegmentPlan& plan, const SegmentHeader& header) {
  io::Status made;
  switch (plan.preallocate) {
    case Preallocate::none:
      return make_room_for_control(file, header);
    case Preallocate::allocate:
      made = file.allocate(0, plan.segment_bytes, io::KeepSize::no);
      if (!made && made.error().code == io::Code::unsupported) return make_room_for_control(file, header);
      break;
    case Preallocate::zero_fill:
      made = fill_with_zeros(file, 0, plan.segment_bytes);
      break;
  }
  if (made) made = file.sync();
  if (!made) return io::Failure(std::move(made.error()));
  return FullSize::yes;
}

std::uint64_t unix_ms(io::Clock& clock) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(clock.wall_now().time_since_epoch()).count();
  return now < 0 ? 0 : static_cast<std::uint64_t>(now);
}

io::Status fill(io::World& world, const SegmentPlan& plan, PreparedSegment& segment) {
  auto full_size = make_room(*segment.file, plan, segment.header);
  if (!full_size) return io::Failure(std::move(full_size.error()));
  if (point(world, "wal/segment/sized")) return injected("prepare segment", segment.path);
  segment.header.full_size = *full_size;
  if (auto written = write_headers(world, segment); !written) return written;
  if (auto synced = world.files.sync_directory(plan.directory); !synced) return synced;
  if (point(world, "wal/segment/prepared")) return injected("prepare segment", segment.path);
  return {};
}

}  // namespace

io::Status fill_with_zeros(io::File& file, std::uint64_t from, std::uint64_t to) {
  const std::vector<std::byte> zeros(std::min(to - from, kZeroPieceBytes));
  for (std::uint64_t at = from; at < to; at += zeros.size()) {
    const io::Bytes piece = io::Bytes(zeros).first(std::min<std::uint64_t>(zeros.size(), to - at));
    if (auto written = file.write_at(at, piece); !written) return written;
  }
  return {};
}

io::Status write_headers(io::World& world, PreparedSegment& segment) {
  segment.header.created_unix_ms = unix_ms(world.clock);
  for (std::uint64_t copy = 0; copy < kHeaderCopies; ++copy) {
    const std::uint64_t offset = copy * segment.header.block_bytes;
    const EncodedSegmentHeader encoded = encode_segment_header(segment.header, offset);
    if (auto written = segment.file->write_at(offset, io::Bytes(encoded)); !written) return written;
  }
  return segment.file->sync();
}

SegmentHeader header_for(const SegmentPlan& plan, SegmentId id) {
  SegmentHeader header;
  header.log_uuid = plan.log_uuid;
  header.id = id;
  header.prepared_in = plan.epoch;
  header.block_bytes = plan.block_bytes;
  header.capacity = plan.segment_bytes;
  header.unsynced_bytes_max = plan.unsynced_bytes_max;
  return header;
}

io::Result<PreparedSegment> prepare_segment(io::World& world, const SegmentPlan& plan, SegmentId id) {
  PreparedSegment segment;
  segment.path = segment_path(plan.directory, id);
  segment.header = header_for(plan, id);
  auto file = world.files.open(segment.path, {.create = true, .exclusive = true});
  if (!file) return io::Failure(std::move(file.error()));
  segment.file = std::move(*file);
  if (auto filled = fill(world, plan, segment); !filled) {
    segment.file.reset();
    // Best effort: recovery removes what stays. The failure that is reported is the first one.
    if (auto removed = world.files.remove(segment.path); !removed)
      filled.error().detail += "; the file stays";
    return io::Failure(std::move(filled.error()));
  }
  return segment;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
