// SPDX-License-Identifier: Apache-2.0
// The reserve: the last of the prepared segments, which only an open may take. It keeps a full disk from
// stopping a log for good:
//
//   append   accepts only while the reserve stands
//   open     takes it for its seal, and writes no record into it
//   deletion puts its low water into the block that every segment keeps for that (KeptRoom)
//
// So whoever finds the disk full can always open and delete; what deletion frees becomes the next reserve,
// and append goes on. Where the reserve itself is gone (a second open on a disk still full) the log is open
// without a seal: it reads and deletes.
#include <algorithm>
#include <utility>

#include "wal/log.h"
#include "wal/points.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

io::Error Log::no_room(io::Error error) const {
  error.detail += error.detail.empty() ? "" : "; ";
  error.detail +=
      "nothing was appended: append goes on once segments are deleted, or other files on this disk are";
  return error;
}

// One step towards a log that may accept; the caller looks again after each.
io::Status Log::make_ready(Lock& lock) {
  if (spares_.empty()) return obtain_spare(lock);
  return seal_late(lock);
}

// What an open could not do. The lock on the directory was never given up, so nothing has changed but what
// this log deleted.
io::Status Log::seal_late(Lock& lock) {
  if (deleting_) {
    look_up(changed_.wait(lock));
    return {};
  }
  deleting_ = true;  // A deletion would write its low water into a segment that is about to be dead.
  PreparedSegment next = std::move(spares_.front());
  spares_.erase(spares_.begin());
  unsealed_->link.low_water = low_water_;
  const Unsealed undone = *unsealed_;
  lock.unlock();
  auto end = write_seal(world_, plan_, next, undone.link);
  io::Status cleared;
  if (end) cleared = remove_files(world_, plan_.directory, undone.leftovers);
  lock.lock();
  deleting_ = false;
  changed_.notify();
  if (!end || !cleared) {
    poison(lock, end ? cleared.error() : end.error());
    return refusal();
  }
  tail_ = Tail{next.header, std::move(next.path),  std::move(next.file),    *end,
               {},          std::move(next.slots), SparseIndex(next.header)};
  std::erase_if(live_, [&](const LiveSegment& segment) { return segment.id > undone.link.predecessor.id; });
  live_.push_back({tail_.header.id, end->last.next(), end->offset});
  frozen_ = true;
  unsealed_.reset();
  return {};
}

// The low water of an unsealed log: into the last segment that was found, behind all that was ever written
// there. It is evidence where it stands, and no part of the chain; the seal will repeat it.
io::Status Log::write_low_water_unsealed(Lock& lock, LowWater low_water) {
  const KeptRoom kept = unsealed_->kept;
  if (!kept.is_free) {
    return io::Failure(no_room(io::failure(io::Code::no_space, "delete segments", kept.path,
                                           "the room kept for the record of a deletion is used up")
                                   .error()));
  }
  unsealed_->kept.is_free = false;
  if (auto done = put_low_water_beside(lock, kept, low_water); !done) {
    poison(lock, done.error());
    return refusal();
  }
  low_water_ = low_water;
  return {};
}

// A sync that fails for space has failed like any other: no_space would say that nothing has changed.
io::Status Log::sync_low_water(io::File& file) {
  auto synced = file.sync();
  if (!synced && synced.error().code == io::Code::no_space) synced.error().code = io::Code::io_error;
  if (synced && point(world_, "wal/delete/control_durable"))
    return injected("delete segments", plan_.directory);
  return synced;
}

// Its own sync. It is evidence where it stands, and no part of the chain.
io::Status Log::put_low_water_beside(Lock& lock, const KeptRoom& kept, LowWater low_water) {
  FrameContext context = frame_context();
  context.identity = {plan_.log_uuid, kept.header.id, kept.epoch};
  context.previous_chain = kept.end.chain;
  const std::uint64_t offset = kept.header.records_end();
  const ControlFrame control = make_control_frame(context, offset, written_.lsn.next(), low_water);
  lock.unlock();
  auto file = world_.files.open(kept.path, {});
  io::Status done;
  if (!file) done = io::Failure(std::move(file.error()));
  if (done) done = (*file)->write_at(offset, io::Bytes(control.bytes));
  if (done) done = sync_low_water(**file);
  lock.lock();
  return done;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
