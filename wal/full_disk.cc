// SPDX-License-Identifier: Apache-2.0
// A write that meets a full disk (space that was not made ready, or a file system that copies on write). No
// sync has failed, nothing durable was touched: the log is not poisoned. What the write was to put behind the
// end of the segment is unspecified, so nothing is ever written there again: the segment is *left*. Only one
// whose link has not been written yet begins anew at the same place.
//
//   nobody was told   always, os without a buffer: the records are withdrawn, each append gets no_space.
//                     Assumption: what a write that failed for space has left is not all of it; a frame whose
//                     end is missing does not validate, so no withdrawn record comes back
//   else              (also where a ticket was given out for one of them)
//                     the records stay in memory, in order (batch: `bytes` at most; os: its buffer); the
//                     group is *held up*. Whoever appends, syncs or flushes tries again, and the syncer does:
//                     in the next segment, which is never the reserve. Meanwhile append is refused, reading
//                     ends at what is written, and deletion works
//
// Withdrawn LSNs are given out again, so nothing is accepted before everyone whose append is under way has
// seen that its record is gone.
#include <utility>

#include "base/ensure.h"
#include "wal/log.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// Between two attempts of the syncer.
constexpr io::Duration kPause = std::chrono::milliseconds(100);

}  // namespace

// With the write turn, which the caller gives back; the end of the log is again where it was before.
void Log::meet_full_disk(io::Error error) {
  full_error_ = no_room(std::move(error));
  tail_.left = !tail_.link;
  const bool tells_late = always_ || (os_ != nullptr && os_->buffer_bytes == 0);
  const bool nobody_was_told = tells_late && told_ <= written_.lsn;
  if (nobody_was_told) {
    withdraw();
  } else {
    held_up_ = true;
    retry_at_ = world_.clock.now() + kPause;
    // The sync that was to cover them has not started.
    if (always_) {
      sync_asked_ = true;
    } else if (!waiting_since_) {
      waiting_since_ = world_.clock.now();
    }
  }
  wake_all();
}

void Log::withdraw() {
  spare_group_->clear();
  open_->clear();
  accepted_ = written_;
  if (boundary_.lsn > written_.lsn) boundary_ = written_;
  if (tail_.link) frozen_ = false;  // The next group takes this one's place.
  withdrawing_ = settling_count_ > 0;
}

// The caller's append is over, however it went.
void Log::end_settling() {
  if (--settling_count_ > 0 || !(withdrawing_ || closing_)) return;
  withdrawing_ = false;
  changed_.notify();
}

bool Log::is_held_up(Lsn lsn) const {
  return lsn > accepted_.lsn || ((held_up_ || withdrawing_) && lsn > written_.lsn);
}

io::Failure Log::full_disk() const {
  io::Error error = *full_error_;
  error.detail += lost_sentence();
  return io::Failure(std::move(error));
}

bool Log::held_up_fits() const {
  const std::uint64_t open_bytes = open_->empty() ? 0 : open_->end() - open_->offset();
  const std::uint64_t bytes = spare_group_->end() - spare_group_->offset() + open_bytes;
  // Where not even the link is written, as much fits as fitted the segment before.
  return tail_.link || (!tail_.left && next_begin() + bytes <= tail_.header.records_end());
}

// Without a turn. Afterwards nothing is held up; or no_space, and nothing has changed.
io::Status Log::resume(Lock& lock) {
  while (held_up_) {  // Each turn waits, or is a step towards a segment that has room, or writes.
    if (!is_usable()) return refusal();
    if (writing_ || standing_still_) {
      look_up(changed_.wait(lock));
    } else if (!held_up_fits()) {
      if (auto moved = move_on(lock); !moved) {
        retry_at_ = world_.clock.now() + kPause;
        return moved.error().code == io::Code::no_space ? full_disk() : std::move(moved);
      }
    } else {
      rewrite(lock);
      if (held_up_) return is_usable() ? full_disk() : refusal();
    }
  }
  return {};
}

// One step towards the next segment.
io::Status Log::move_on(Lock& lock) {
  if (closed_) return make_durable(lock, closed_->last.lsn);
  if (!is_ready()) return make_ready(lock);
  if (spares_.size() == 1) return obtain_spare(lock);
  return switch_segment(lock);
}

// Nobody has the write turn. What is open stands behind what is held up, here as there.
void Log::rewrite(Lock& lock) {
  if (tail_.link) frozen_ = false;  // Over what the last attempt has left, not behind it.
  spare_group_->move_to(next_begin());
  if (std::exchange(frozen_, false)) boundary_ = {written_.lsn, written_.bytes, tail_.end.offset};
  if (!open_->empty()) open_->move_to(spare_group_->end());
  base::ensure((open_->empty() ? *spare_group_ : *open_).end() <= tail_.header.records_end(),
               "what fitted one segment fits the next");
  write_filled(lock);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
