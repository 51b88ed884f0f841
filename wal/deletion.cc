// SPDX-License-Identifier: Apache-2.0
// Deletion: from the oldest segment on, so that no crash leaves a hole.
//
//   nothing is accepted any more - all that was is durable - control record (low water) - sync of its own
//   then appends go on - recycle as many as are wanted ahead, oldest first (recycle.h) - remove the others -
//   sync the directory
//
// Were an append written before that sync returned, or a name removed, a crash could leave a log whose
// beginning is missing and nothing that says it may be (recovery takes the highest low water of any frame
// that validates before it judges a hole). Every later link repeats the low water.
#include <array>
#include <utility>

#include "wal/log.h"
#include "wal/points.h"
#include "wal/recycle.h"
#include "wal/segment_name.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Afterwards accepted, written and durable are one, but for what a full disk holds up, and no turn is taken
// until go_on().
io::Status Log::stand_still(Lock& lock) {
  while (deleting_ && is_usable()) look_up(changed_.wait(lock));
  if (!is_usable()) return refusal();
  deleting_ = true;
  standing_still_ = true;
  headroom_ = {};
  while (writing_ && is_usable()) look_up(changed_.wait(lock));
  auto still = make_durable(lock, accepted_.lsn);
  return still || still.error().code != io::Code::no_space ? still : make_durable(lock, written_.lsn);
}

void Log::go_on() {
  standing_still_ = false;
  changed_.notify();
}

bool Log::has_control_room() const {
  if (tail_.left) return !tail_.kept_used;
  const std::uint64_t end = tail_.kept_used ? tail_.header.records_end() : tail_.header.data_end();
  return next_begin() + kControlFrameBytes <= end;
}

// In the chain; beside it, in the room that is kept for that, where a full disk leaves no other.
io::Status Log::write_control(Lock& lock, LowWater low_water) {
  if (unsealed_) return write_low_water_unsealed(lock, low_water);
  while (!has_control_room()) {
    if (auto made = make_room(lock); !made) return made;
    if (!is_usable()) return refusal();
  }
  // One sync of a file at a time: a failure is told to one of them only.
  while (syncing_) {
    look_up(changed_.wait(lock));
    if (!is_usable()) return refusal();
  }
  syncing_ = true;
  io::Status done;
  if (!tail_.left) done = put_control(lock, low_water);
  if (tail_.left && !tail_.kept_used) {  // Since long, or since just now.
    done = put_low_water_beside(lock, {tail_.header, tail_.path, plan_.epoch, tail_.end, true}, low_water);
    tail_.kept_used = done.has_value();
  }
  syncing_ = false;
  changed_.notify();
  if (!done) {
    if (done.error().code == io::Code::no_space) return io::Failure(no_room(std::move(done.error())));
    poison(lock, done.error());
    return refusal();
  }
  low_water_ = low_water;
  return {};
}

bool Log::wants_recycled() const {
  return options_.recycle_segments > 0 &&
         spares_.size() < 1 + options_.spare_segments + options_.recycle_segments;
}

// Under the turn of whoever prepares segments: ids rise among the spares. A footer on its way into the file
// arrives first.
io::Status Log::recycle(Lock& lock, SegmentId id, bool& is_gone) {
  while ((preparing_ || footing_count_ > 0) && is_usable()) look_up(changed_.wait(lock));
  if (!is_usable()) return refusal();
  preparing_ = true;
  const SegmentId to = next_id_;
  next_id_ = to.next();
  lock.unlock();
  auto recycled = recycle_segment(world_, plan_, id, to);
  lock.lock();
  preparing_ = false;
  ++attempt_count_;
  changed_.notify();
  preparer_signal_.notify();
  if (!recycled) return io::Failure(std::move(recycled.error()));
  is_gone = !*recycled;
  if (*recycled) add_spare(std::move(**recycled));
  return {};
}

io::Status Log::remove(Lock& lock, SegmentId id) {
  lock.unlock();
  auto removed = world_.files.remove(segment_path(plan_.directory, id));
  if (removed && point(world_, "wal/delete/removed")) removed = injected("delete segments", plan_.directory);
  lock.lock();
  return removed;
}

// With the sync turn. After no_space the end of the log is where it was.
io::Status Log::put_control(Lock& lock, LowWater low_water) {
  if (tail_.link) frozen_ = false;  // Nothing of this segment is durable: right behind the link.
  const ChainEnd end_before = tail_.end;
  const std::optional<Predecessor> link_before = tail_.link;
  const std::uint64_t offset = next_begin();
  const std::optional<LinkFrame> link = take_link_frame();
  const ControlFrame control = make_control_frame(frame_context(), offset, written_.lsn.next(), low_water);
  const std::array<io::Bytes, 2> pieces = {link ? link->bytes() : io::Bytes(), io::Bytes(control.bytes)};
  const std::uint64_t begin = link ? tail_.header.data_begin() : offset;
  const std::shared_ptr<io::File> file = tail_.file;
  lock.unlock();
  auto done = file->write_at(begin, std::span(pieces).subspan(link ? 0 : 1));
  const bool is_written = done.has_value();
  if (done) done = sync_low_water(*file);
  lock.lock();
  if (!is_written && done.error().code == io::Code::no_space) {
    tail_.end.chain = end_before.chain;
    tail_.link = link_before;
    tail_.left = !tail_.link;
    return done;
  }
  tail_.end = {offset + kControlFrameBytes, written_.lsn, control.chain};
  live_.back().end = tail_.end.offset;
  frozen_ = true;
  return done;
}

// The names go one by one, the directory is synced once. What a failure leaves lies below the low water: the
// next open removes it.
io::Result<Deleted> Log::remove_segments(Lock& lock, std::size_t count) {
  const std::vector<LiveSegment> doomed(live_.begin(), live_.begin() + static_cast<std::ptrdiff_t>(count));
  live_.erase(live_.begin(), live_.begin() + static_cast<std::ptrdiff_t>(count));
  std::erase_if(unfooted_, [&](const Unfooted& full) { return full.header.id < live_.front().id; });
  Deleted deleted;
  io::Status done;
  bool is_any_gone = false;
  for (const LiveSegment& segment : doomed) {
    bool is_gone = true;
    done = wants_recycled() ? recycle(lock, segment.id, is_gone) : remove(lock, segment.id);
    if (!done) break;
    is_any_gone = is_any_gone || is_gone;
    ++deleted.segment_count;
    deleted.bytes += segment.end;
  }
  if (done && is_any_gone) {
    lock.unlock();
    done = world_.files.sync_directory(plan_.directory);
    lock.lock();
  }
  spare_error_.reset();  // There is room again.
  preparer_signal_.notify();
  retry_at_ = io::Instant{};
  call_syncer();
  if (!done) return io::Failure(std::move(done.error()));
  return deleted;
}

io::Result<Deleted> Log::delete_standing_still(Lock& lock, SegmentId segment) {
  std::size_t count = 0;
  while (count + 1 < live_.size() && live_[count].id < segment) ++count;
  if (count == 0) return Deleted{};
  const LowWater low_water{live_[count].id, live_[count].first};
  if (auto written = write_control(lock, low_water); !written) return io::Failure(std::move(written.error()));
  go_on();
  return remove_segments(lock, count);
}

io::Result<Deleted> Log::delete_segments_before(SegmentId segment) {
  const io::Instant begin = observed_now();
  Lock lock(*mutex_);
  if (auto still = stand_still(lock); !still) {
    go_on();
    return io::Failure(std::move(still.error()));
  }
  auto deleted = delete_standing_still(lock, segment);
  deleting_ = false;
  go_on();
  if (deleted) observe(Stage::remove, begin, deleted->bytes);
  return deleted;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
