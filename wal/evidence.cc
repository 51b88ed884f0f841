// SPDX-License-Identifier: Apache-2.0
// The evidence that an open log leaves: watermarks and footers.
//
//   watermark   sealed_idle: by the syncer, one interval after the last sync, and by close
//               synchronous: with each sync of records, before anyone is told
//   footer      by whoever prepares segments, once a record of the next segment is durable, and by close
//
// Both say only what a sync that returned success has made true, so none of them can accuse falsely. A
// watermark takes the sync turn: it syncs the segment that is being written, and of two syncs of one file
// only one would be told of a failure. A footer needs no turn: nobody else syncs a segment that is full and
// durable.
#include "wal/log.h"
#include "wal/points.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Up to where the segment that is being written is durable.
std::uint64_t Log::durable_end_in_tail() const {
  return durable_.lsn < live_.back().first ? tail_.header.data_begin() : durable_.end;
}

std::uint64_t Log::unsynced_bytes() const {
  const std::uint64_t end = open_->empty() ? tail_.end.offset : open_->end();
  return end - durable_end_in_tail() + (closed_ ? closed_->unsynced_bytes : 0);
}

// Time to sync in the background, before an append has to.
bool Log::has_much_unsynced() const {
  return durable_.lsn < accepted_.lsn && unsynced_bytes() > options_.unsynced_bytes_max / 2;
}

std::shared_ptr<WatermarkSlots> Log::make_slots(const PreparedSegment& segment) const {
  return std::make_shared<WatermarkSlots>(segment.header, plan_.epoch, segment.file);
}

// Without the lock, with the sync turn. A disk that has no room for a slot (it may be a hole) costs the
// evidence of sealed_idle and nothing else.
io::Status Log::put_watermark(WatermarkSlots& slots, Lsn durable, std::uint64_t end) {
  auto written = slots.write(durable, end);
  if (!written) {
    const bool is_missed = options_.evidence == EvidenceLevel::synchronous;
    return is_missed || written.error().code != io::Code::no_space ? written : io::Status{};
  }
  if (point(world_, "wal/watermark/written")) return injected("write watermark", plan_.directory);
  return slots.sync();
}

std::optional<io::Instant> Log::seal_deadline() const {
  if (options_.evidence != EvidenceLevel::sealed_idle || sealed_ >= durable_.lsn) return std::nullopt;
  return synced_at_ + options_.idle_interval;
}

// Writes a watermark for what is durable. Where the sync turn is taken the log is not idle.
void Log::seal(Lock& lock) {
  if (syncing_) {
    synced_at_ = world_.clock.now();
    return;
  }
  syncing_ = sealing_ = true;
  headroom_ = {};
  const Lsn durable = durable_.lsn;
  const std::uint64_t end = durable_end_in_tail();
  const std::shared_ptr<WatermarkSlots> slots = tail_.slots;
  lock.unlock();
  auto put = put_watermark(*slots, durable, end);
  lock.lock();
  syncing_ = sealing_ = false;
  headroom_ = {};
  if (put) {
    sealed_ = durable;
  } else {
    poison(lock, put.error());
  }
  Waiters::Wakes wakes;
  durable_waiters_.release(durable_.lsn, wakes);
  changed_.notify();
  wake(lock, wakes);
}

bool Log::footer_is_due() const {
  return !unfooted_.empty() && unfooted_.front().footer.end.last < durable_.lsn;
}

// The oldest that is due. A disk without room leaves it out.
void Log::write_footer(Lock& lock) {
  const Unfooted full = std::move(unfooted_.front());
  unfooted_.erase(unfooted_.begin());
  ++footing_count_;
  lock.unlock();
  const std::uint64_t offset = full.header.footer_offset();
  const EncodedFooter footer = encode_footer(full.footer, full.header.log_uuid, full.header.id, offset);
  auto done = full.file->write_at(offset, io::Bytes(footer));
  const bool has_room = done || done.error().code != io::Code::no_space;
  if (done && point(world_, "wal/footer/written")) done = injected("write footer", plan_.directory);
  if (done) done = full.file->sync();
  lock.lock();
  --footing_count_;
  changed_.notify();
  if (!done && has_room) poison(lock, done.error());
}

// At close: everything accepted is durable. Nobody waits any more, so nobody is made to.
io::Status Log::leave_evidence(Lock& lock) {
  while (footer_is_due() && is_usable()) write_footer(lock);
  while (syncing_ && is_usable()) look_up(changed_.wait(lock));
  if (is_usable() && options_.evidence != EvidenceLevel::lagged && sealed_ < durable_.lsn) seal(lock);
  return failure_ ? io::Status(refusal()) : io::Status{};
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
