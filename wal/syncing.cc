// SPDX-License-Identifier: Apache-2.0
// The sync turn: what is written becomes durable, in order, for all who wait; and the thread that sees to it
// in time under batch and os.
//
// Group commit: whoever finds the turn free takes it and syncs for everyone who has been accepted by then.
// Writers that a sync let go come back a moment after it ended; a leader that did not wait for them would
// always miss half of them (two writers would then share no sync at all), so it gathers: until as many wait
// as last time, half a sync and kGatherMax at most.
#include <algorithm>
#include <utility>

#include "wal/log.h"
#include "wal/points.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// One slow sync must not make the next group wait for writers that have gone.
constexpr io::Duration kGatherMax = std::chrono::milliseconds(1);

}  // namespace

// `lsn` is accepted.
io::Status Log::make_durable(Lock& lock, Lsn lsn) {
  while (durable_.lsn < lsn) {  // Each turn syncs, or waits for the sync that is under way.
    if (!is_usable()) return broken_promise();
    if (is_held_up(lsn)) return full_disk();
    if (!syncing_) {
      sync_up_to(lock, lsn);
      continue;
    }
    // The leader counts, and so does this one.
    if (gathering_ && durable_waiters_.size() + 2 >= expected_count_) gathered_.notify();
    look_up(durable_waiters_.wait(lock, lsn, Role::may_lead));
  }
  return {};
}

void Log::gather(Lock& lock) {
  if (!always_ || durable_waiters_.size() + 1 >= expected_count_) return;
  const io::Instant deadline = world_.clock.now() + std::min(sync_time_ / 2, kGatherMax);
  gathering_ = true;
  Woken woken = Woken::by_somebody;
  while (is_usable() && woken != Woken::timed_out && durable_waiters_.size() + 1 < expected_count_) {
    woken = gathered_.wait_until(lock, deadline);
    look_up(woken);
  }
  gathering_ = false;
}

// Takes the sync turn, which is free. A segment that is closed is synced alone where that is enough.
void Log::sync_up_to(Lock& lock, Lsn lsn) {
  syncing_ = true;
  headroom_ = {};
  if (closed_ && lsn <= closed_->last.lsn) {
    const Mark covers = closed_->last;
    if (auto synced = sync_files(lock, covers); !synced) poison(lock, synced.error());
  } else {
    gather(lock);
    // make_written's failure is the log's already, or a full disk's.
    if (freeze_and_write(lock) || (held_up_ && is_usable())) {
      const Mark covers = frozen_ || held_up_ ? written_ : boundary_;
      if (auto synced = sync_files(lock, covers); !synced) poison(lock, synced.error());
    }
  }
  expected_count_ = durable_waiters_.size() + 1;
  syncing_ = false;
  syncing_since_.reset();
  headroom_ = {};
  Waiters::Wakes wakes = std::exchange(wakes_, {});
  durable_waiters_.release(durable_.lsn, wakes);
  changed_.notify();
  if (footer_is_due()) preparer_signal_.notify();
  wake(lock, wakes);
  wakes_ = std::move(wakes);
}

// Everything accepted is written, and what is accepted from now on begins on a new block. Afterwards the sync
// covers what lies before that block.
io::Status Log::freeze_and_write(Lock& lock) {
  if (batch_ != nullptr) syncing_since_ = std::exchange(waiting_since_, std::nullopt);
  sync_asked_ = false;
  headroom_ = {};
  if (tail_.link && open_->empty()) {
    boundary_ = accepted_;  // Nothing is in this segment yet.
  } else {
    frozen_ = true;
  }
  return make_written(lock, accepted_.lsn);
}

// In the order of the segments: nobody may be told of a record while one before it can still be lost.
io::Status Log::sync_files(Lock& lock, Mark covers) {
  const std::shared_ptr<io::File> tail = tail_.file;
  const std::shared_ptr<WatermarkSlots> slots = tail_.slots;
  const bool in_tail = !closed_ || covers.lsn > closed_->last.lsn;
  if (closed_) {
    const ClosedSegment closed = *closed_;
    if (auto synced = sync_file(lock, *closed.file, *closed.slots, closed.last); !synced) return synced;
  }
  if (!in_tail || durable_.lsn >= covers.lsn) return {};
  return sync_file(lock, *tail, *slots, covers);
}

// All up to `covers` that is in this file is written.
io::Status Log::sync_file(Lock& lock, io::File& file, WatermarkSlots& slots, Mark covers) {
  const std::uint64_t bytes = covers.bytes - durable_.bytes;
  lock.unlock();
  const io::Instant begin = world_.clock.now();
  auto synced = file.sync();
  const io::Instant end = world_.clock.now();
  if (synced && point(world_, "wal/sync/returned")) synced = injected("sync", plan_.directory);
  world_.tracer.span({"wal.sync", begin, end, bytes});
  if (synced && options_.observer != nullptr) options_.observer->span(Stage::sync, begin, end, bytes);
  const bool proves = synced && options_.evidence == EvidenceLevel::synchronous;
  if (proves) synced = put_watermark(slots, covers.lsn, covers.end);
  lock.lock();
  ++stats_.sync_count;
  sync_time_ = end - begin;
  synced_at_ = end;
  if (!synced) return synced;
  const bool was_sealed = sealed_ >= durable_.lsn;
  if (durable_.lsn < covers.lsn) {
    durable_ = covers;
    became_durable_.notify();
  }
  if (proves) sealed_ = durable_.lsn;
  if (was_sealed && sealed_ < durable_.lsn) call_syncer();
  if (closed_ && closed_->last.lsn <= durable_.lsn) closed_.reset();
  return {};
}

io::Result<Lsn> Log::sync() {
  Lock lock(*mutex_);
  if (!is_usable()) return refusal();
  if (auto durable = make_all_durable(lock); !durable) return io::Failure(std::move(durable.error()));
  return durable_.lsn;
}

// What is withdrawn meanwhile is not accepted any more.
io::Status Log::make_all_durable(Lock& lock) {
  for (;;) {  // Another turn only where somebody's records were withdrawn.
    if (auto resumed = resume(lock); !resumed) return resumed;
    auto durable = make_durable(lock, accepted_.lsn);
    if (durable || durable.error().code != io::Code::no_space || held_up_) return durable;
  }
}

io::Status Log::wait_durable(Lsn lsn) {
  Lock lock(*mutex_);
  if (!is_usable()) return refusal();
  if (lsn > accepted_.lsn) {
    return io::failure(io::Code::invalid, "wait for record", plan_.directory,
                       std::to_string(lsn.value()) + " was never appended");
  }
  if (batch_ == nullptr) return make_durable(lock, lsn);
  while (durable_.lsn < lsn) {  // The syncer's window closes.
    if (!is_usable()) return broken_promise();
    if (is_held_up(lsn)) return full_disk();
    look_up(durable_waiters_.wait(lock, lsn, Role::follows));
  }
  return {};
}

std::optional<io::Instant> Log::syncer_deadline() const {
  if (held_up_) return retry_at_;
  if (sync_asked_ || (os_ != nullptr && closed_)) return io::Instant{};
  if (!waiting_since_) return seal_deadline();
  return *waiting_since_ + (batch_ != nullptr ? batch_->window : os_->buffer_time);
}

void Log::do_due_work(Lock& lock) {
  if (held_up_ && !resume(lock)) {
    std::ignore = make_durable(lock, written_.lsn);
    return;
  }
  const bool is_idle = !sync_asked_ && !waiting_since_ && !(os_ != nullptr && closed_);
  if (is_idle) return seal(lock);
  sync_asked_ = false;
  // Failures are the log's already, and end the loop below.
  if (os_ != nullptr) {
    const bool is_full = closed_ || has_much_unsynced();
    const Lsn goal = closed_ ? closed_->last.lsn : accepted_.lsn;
    std::ignore = is_full ? make_durable(lock, goal) : make_written(lock, goal);
    return;
  }
  std::ignore = make_durable(lock, accepted_.lsn);
  if (durable_.lsn == accepted_.lsn) waiting_since_.reset();
}

// A log that is busy opens a group every few microseconds; waking a thread for each would cost more than the
// appends in it. A syncer that waits for an earlier group's deadline finds the later one by itself.
void Log::call_syncer() {
  const std::optional<io::Instant> due = syncer_deadline();
  if (due && *due < syncer_looks_at_) syncer_signal_.notify();
}

void Log::ask_for_sync() {
  if (std::exchange(sync_asked_, true)) return;
  call_syncer();
}

// Some policies have none until somebody appends without waiting.
void Log::start_syncer() {
  if (!syncer_) syncer_ = world_.threads.spawn("wal syncer", [this] { run_syncer(); });
}

void Log::run_syncer() {
  Lock lock(*mutex_);
  while (is_usable()) {
    const std::optional<io::Instant> due = syncer_deadline();
    syncer_looks_at_ = due.value_or(io::Instant::max());
    if (!due) {
      look_up(syncer_signal_.wait(lock));
    } else if (*due > world_.clock.now()) {
      look_up(syncer_signal_.wait_until(lock, *due));
    } else {
      syncer_looks_at_ = io::Instant::min();
      do_due_work(lock);
    }
  }
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
