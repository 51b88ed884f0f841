// SPDX-License-Identifier: Apache-2.0
// Rotation: from a full segment to the next one, which was prepared before it was needed (or is now, where
// the log has no thread for that). The append that meets the end of a segment pays for no flush: the new
// segment's link goes out with its first group.
#include <utility>

#include "base/ensure.h"
#include "wal/log.h"
#include "wal/points.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// Footers wait while rotation waits for a segment, but no more of them than this.
constexpr std::size_t kUnfootedMax = 4;

}  // namespace

// One step towards a segment with room; the caller looks again after each.
io::Status Log::make_room(Lock& lock) {
  if (written_.lsn < accepted_.lsn) return make_written(lock, accepted_.lsn);
  if (writing_) {
    look_up(changed_.wait(lock));
    return {};
  }
  if (closed_) return make_durable(lock, closed_->last.lsn);
  if (options_.spare_segments == 0 && footer_is_due()) {
    write_footer(lock);
    return {};
  }
  if (!is_ready()) return make_ready(lock);
  if (spares_.size() == 1) return obtain_spare(lock);  // That one is the reserve.
  return switch_segment(lock);
}

// no_space is the caller's to report: nothing has changed. Every other failure is the log's.
io::Status Log::obtain_spare(Lock& lock) {
  const std::uint64_t before = attempt_count_;
  const std::size_t had = spares_.size();
  if (options_.spare_segments == 0 && !preparing_) {
    prepare_spare(lock);
  } else {
    spare_asked_ = true;
    preparer_signal_.notify();
  }
  while (is_usable() && spares_.size() <= had && attempt_count_ == before) look_up(changed_.wait(lock));
  if (!is_usable()) return refusal();
  if (spares_.size() <= had && spare_error_) return io::Failure(*spare_error_);
  return {};
}

void Log::prepare_spare(Lock& lock) {
  preparing_ = true;
  spare_asked_ = false;
  const SegmentId id = next_id_;
  next_id_ = id.next();  // Used up, also where this fails: no id names two files.
  lock.unlock();
  auto prepared = prepare_segment(world_, plan_, id);
  lock.lock();
  preparing_ = false;
  ++attempt_count_;
  spare_error_.reset();
  if (prepared) {
    add_spare(std::move(*prepared));
  } else if (prepared.error().code == io::Code::no_space) {
    spare_error_ = no_room(std::move(prepared.error()));
  } else {
    poison(lock, prepared.error());
  }
  changed_.notify();
}

// Makes all of it that the rotation would have to allocate.
void Log::add_spare(PreparedSegment spare) {
  spare.slots = make_slots(spare);
  spares_.push_back(std::move(spare));
  const auto make_room_in = [&](auto& list) {
    const std::size_t wanted = list.size() + spares_.size();
    if (list.capacity() < wanted) list.reserve(2 * wanted);
  };
  make_room_in(live_);
  make_room_in(unfooted_);
}

// Everything accepted is written or held up, and nobody has the write turn.
io::Status Log::switch_segment(Lock& lock) {
  base::ensure(!tail_.link, "a segment that is left has a link frame");
  if (point(world_, "wal/rotate/spare_opened")) {
    auto failed = injected("rotate", plan_.directory);
    poison(lock, failed.error());
    return refusal();
  }
  const io::Instant begin_switch = observed_now();
  const std::uint64_t full_bytes = tail_.end.offset;
  if (durable_.lsn < written_.lsn)
    closed_ = ClosedSegment{tail_.file, written_, tail_.slots, unsynced_bytes()};
  if (frozen_) boundary_ = {written_.lsn, written_.bytes, tail_.end.offset};
  frozen_ = false;
  PreparedSegment next = std::move(spares_.front());
  spares_.erase(spares_.begin());
  const Predecessor predecessor{tail_.header.id, plan_.epoch, tail_.end};
  const std::uint64_t begin = next.header.data_begin() + link_frame_bytes(accepted_losses_.count());
  const std::uint64_t record_count = written_.lsn.next().since(live_.back().first);
  unfooted_.push_back(
      {tail_.header, tail_.file, {plan_.epoch, tail_.end, record_count, next.header.id, tail_.index}});
  tail_ = Tail{next.header, std::move(next.path),  std::move(next.file),    {begin, written_.lsn, 0},
               predecessor, std::move(next.slots), SparseIndex(next.header)};
  live_.push_back({tail_.header.id, written_.lsn.next(), begin});
  ++stats_.rotation_count;
  observe(Stage::rotate, begin_switch, full_bytes);
  preparer_signal_.notify();
  call_syncer();
  return {};
}

io::Status Log::rotate() {
  Lock lock(*mutex_);
  const SegmentId from = tail_.header.id;
  while (is_usable()) {
    const bool is_new = tail_.header.id != from || accepted_.lsn < live_.back().first;
    if (is_new && !unsealed_) return {};
    if (standing_still_ || closing_) {
      look_up(changed_.wait(lock));
    } else if (auto made = make_room(lock); !made) {
      return made;
    }
  }
  return refusal();
}

void Log::run_preparer() {
  Lock lock(*mutex_);
  while (is_usable()) {
    const bool may_try = !spare_error_ || spare_asked_;  // On a full disk: when somebody needs it.
    const bool footer_first = spares_.size() > 1 || unfooted_.size() > kUnfootedMax;
    if (footer_is_due() && footer_first) {
      write_footer(lock);
    } else if (spares_.size() <= options_.spare_segments && may_try &&
               !preparing_) {  // One more: the reserve.
      prepare_spare(lock);
    } else if (footer_is_due()) {
      write_footer(lock);
    } else {
      look_up(preparer_signal_.wait(lock));
    }
  }
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
