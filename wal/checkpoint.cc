// SPDX-License-Identifier: Apache-2.0
// Which segments, and how they get into the new directory.
#include "wal/checkpoint.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "wal/copy_bytes.h"
#include "wal/log.h"
#include "wal/log_directory.h"
#include "wal/scan.h"
#include "wal/segment_name.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

constexpr std::string_view kUnfinished = ".partial";

io::Status copy_parts(io::File& from, io::File& to, const SegmentHeader& header, std::uint64_t end) {
  auto size = from.size();
  if (!size) return io::Failure(std::move(size.error()));
  auto done = copy_bytes(from, to, 0, header.slot_offset(0));
  if (done) done = copy_bytes(from, to, header.data_begin(), end);
  if (done) done = copy_bytes(from, to, std::max(end, header.records_end()), header.data_end());
  if (done) done = to.truncate(*size);
  return done ? to.sync_all() : done;
}

io::Status copy_segment(io::World& world, const std::string& from, const std::string& to,
                        const CheckpointedSegment& segment) {
  auto source = world.files.open(from, {.read_only = true});
  if (!source) return io::Failure(std::move(source.error()));
  FoundSegment found;
  found.id = segment.id;
  Window window(ReadVia::cache);
  window.aim(**source, segment.end);
  if (auto identified = identify(window, found); !identified) return identified;
  if (!found.header) return io::failure(io::Code::corrupt, "copy segment", from, "its header is damaged");
  auto copy = world.files.open(to, {.create = true, .exclusive = true});
  if (!copy) return io::Failure(std::move(copy.error()));
  return copy_parts(**source, **copy, *found.header, segment.end);
}

io::Status fill(io::World& world, const std::string& from, const std::string& to,
                const std::vector<CheckpointedSegment>& segments, Checkpoint& made) {
  if (auto cleared = remove_log(world.files, to); !cleared) return cleared;
  if (auto there = world.files.make_directory(to); !there) return there;
  for (const CheckpointedSegment& segment : segments) {
    const std::string source = segment_path(from, segment.id), copy = segment_path(to, segment.id);
    ++made.segment_count;
    if (!segment.is_written_to && world.files.link(source, copy)) {
      ++made.linked_count;
    } else if (auto copied = copy_segment(world, source, copy, segment); !copied) {
      return copied;
    }
  }
  return world.files.sync_directory(to);
}

}  // namespace

io::Result<Checkpoint> make_checkpoint(io::World& world, const std::string& from, std::string to,
                                       const std::vector<CheckpointedSegment>& segments) {
  to = trimmed(std::move(to));
  const auto there = world.files.stat(to);
  if (there) return io::failure(io::Code::already_exists, "make checkpoint", to, "");
  if (there.error().code != io::Code::not_found) return io::Failure(there.error());
  const std::string unfinished = to + std::string(kUnfinished);
  Checkpoint made;
  auto done = fill(world, from, unfinished, segments, made);
  if (done) done = world.files.rename(unfinished, to);
  if (!done) {
    std::ignore = remove_log(world.files, unfinished);
    return io::Failure(std::move(done.error()));
  }
  if (auto synced = world.files.sync_directory(parent_of(to)); !synced)
    return io::Failure(std::move(synced.error()));
  return made;
}

// Held from deletion only: writers go on while files are linked and copied.
io::Result<Checkpoint> Log::checkpoint(std::string_view directory) {
  Lock lock(*mutex_);
  while (unsealed_) {  // Each turn is a step towards a seal.
    if (auto ready = make_ready(lock); !ready) return io::Failure(std::move(ready.error()));
  }
  if (auto still = stand_still(lock); !still) {
    go_on();
    return io::Failure(std::move(still.error()));
  }
  while (footing_count_ > 0 && is_usable()) look_up(changed_.wait(lock));
  const Lsn last = shown_to(Visibility::durable);
  std::vector<CheckpointedSegment> segments;
  for (const LiveSegment& segment : live_) {
    const bool is_tail = segment.id == tail_.header.id;
    if (is_tail && tail_.link) continue;  // Nothing is in it yet.
    const bool awaits_footer =
        std::ranges::any_of(unfooted_, [&](const Unfooted& full) { return full.header.id == segment.id; });
    segments.push_back({segment.id, segment.end, is_tail || awaits_footer});
  }
  go_on();
  lock.unlock();
  auto made = make_checkpoint(world_, plan_.directory, std::string(directory), segments);
  lock.lock();
  deleting_ = false;
  changed_.notify();
  if (made) made->last = last;
  return made;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
