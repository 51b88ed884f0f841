// SPDX-License-Identifier: Apache-2.0
// Append: from a record to its place in the open group, and to what the policy promises.
#include <fmt/format.h>

#include <algorithm>

#include "wal/log.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// A batch lies in one segment, which a rotation makes empty for it. And it is written at once, so none of it
// is durable before all of it is: what may be written beyond the durable bounds it, too.
io::Status Log::can_be_taken(const Taking& taking) const {
  const std::uint64_t room = std::min(tail_.header.room_bytes_max(), options_.unsynced_bytes_max);
  if (taking.room_bytes <= room) return {};
  return io::failure(
      io::Code::too_large, "append", plan_.directory,
      fmt::format("{} records of {} bytes take {} of a segment; at once at most {} are taken, the lower of "
                  "what a segment has room for ({}, of segment_bytes {}) and unsynced_bytes_max ({})",
                  taking.record_count, taking.bytes, taking.room_bytes, room, tail_.header.room_bytes_max(),
                  tail_.header.capacity, options_.unsynced_bytes_max));
}

// Outside the lock, where the work of several writers goes on side by side.
io::Result<EncodedRecord> Log::encode(const Record& record) {
  if (record.compression != Compression::none) world_.clock.spend(io::Work::compress, record.value.size());
  return EncodedRecord::make(record);
}

io::Result<Placed> Log::append(const Record& record) {
  const auto encoded = encode(record);
  if (!encoded) return io::Failure(encoded.error());
  auto appended = append_encoded(std::span(&*encoded, 1));
  if (!appended) return io::Failure(std::move(appended.error()));
  return Placed{appended->lsns.first, appended->first};
}

io::Result<Appended> Log::append_batch(std::span<const Record> records) {
  if (records.empty())
    return io::failure(io::Code::invalid, "append", plan_.directory, "a batch of no records");
  std::vector<EncodedRecord> encoded;
  encoded.reserve(records.size());
  for (const Record& record : records) {
    auto made = encode(record);
    if (!made) return io::Failure(std::move(made.error()));
    encoded.push_back(std::move(*made));
  }
  return append_encoded(encoded);
}

io::Result<Appended> Log::append_encoded(std::span<const EncodedRecord> records) {
  const std::uint64_t record_bytes_max = std::min(options_.record_bytes_max, kFrameBytesMax);
  std::uint64_t bytes = 0;
  for (const EncodedRecord& record : records) {
    if (record.bytes() > record_bytes_max) {
      return io::failure(
          io::Code::too_large, "append", plan_.directory,
          fmt::format("a record of {} bytes, encoded; at most {} are taken (record_bytes_max is {})",
                      record.bytes(), record_bytes_max, options_.record_bytes_max));
    }
    bytes += record.bytes();
  }
  const Taking taking{records.size(), bytes, cuts_.room_bytes(records)};
  world_.clock.spend(io::Work::encode, bytes);
  world_.clock.spend(io::Work::checksum, bytes);
  world_.clock.spend(io::Work::append, bytes);
  world_.clock.spend(io::Work::copy, bytes);

  Lock lock(*mutex_);
  if (!is_usable()) return refusal();
  if (auto taken = can_be_taken(taking); !taken) return io::Failure(std::move(taken.error()));
  if (auto admitted = admit(lock, taking); !admitted) return io::Failure(std::move(admitted.error()));
  const Placed first = accept(records.front());
  Placed last = first;
  for (const EncodedRecord& record : records.subspan(1)) last = accept(record);
  ++settling_count_;
  auto settled = settle(lock, last.lsn, bytes);
  end_settling();
  if (!settled) {
    io::Error error = std::move(settled.error());
    // Not withdrawn, but held up: it may yet appear, and no_space says that it will not.
    if (error.code == io::Code::no_space && last.lsn <= accepted_.lsn) error.code = io::Code::io_error;
    return io::Failure(std::move(error));
  }
  return Appended{first.position, last.position, {first.lsn, last.lsn}};
}

// Each turn waits for another thread or makes progress itself; on return both conditions hold at once.
io::Status Log::admit(Lock& lock, const Taking& taking) {
  while (is_usable()) {
    if (held_up_) {
      if (auto resumed = resume(lock); !resumed) return resumed;
    } else if (!policy_admits(taking.bytes)) {
      look_up(changed_.wait(lock));
    } else if (!is_ready()) {
      if (auto ready = make_ready(lock); !ready) return ready;
    } else if (!may_stay_unsynced(taking)) {
      if (auto durable = make_durable(lock, accepted_.lsn); !durable) return durable;
    } else if (!fits(taking)) {
      if (auto made = make_room(lock); !made) return made;
    } else {
      return {};
    }
  }
  return refusal();
}

bool Log::policy_admits(std::uint64_t bytes) {
  if (!may_accept()) return false;
  if (batch_ == nullptr) return true;
  const std::uint64_t waiting = accepted_.bytes - durable_.bytes;
  if (waiting == 0) return true;
  if (waiting + bytes > batch_->bytes) {
    sync_asked_ = true;
    syncer_signal_.notify();
    return false;
  }
  // While a watermark is synced no record's sync can start.
  const std::optional<io::Instant> oldest = sealing_ && !syncing_since_ ? waiting_since_ : syncing_since_;
  if (!oldest) return true;
  return world_.clock.now() < *oldest + batch_->window + batch_->stall_max;
}

// What recovery relies on where it ends its search behind the last record.
bool Log::may_stay_unsynced(const Taking& taking) const {
  return accepted_.lsn == durable_.lsn || unsynced_bytes() + taking.room_bytes <= options_.unsynced_bytes_max;
}

// Whoever joins a group shares its one frame; more than that is a group of its own.
bool Log::fits(const Taking& taking) const {
  if (tail_.left) return false;
  if (!open_->empty()) {
    return !cuts_.cuts(open_->payload_bytes(), taking.bytes) &&
           open_->next_offset() + taking.bytes <= tail_.header.records_end();
  }
  return next_begin() + taking.room_bytes <= tail_.header.records_end();
}

std::uint64_t Log::next_begin() const {
  const bool begins_block = frozen_ && options_.sectors == Sectors::fresh;
  return begins_block ? align_up(tail_.end.offset, tail_.header.block_bytes) : tail_.end.offset;
}

void Log::open_group() {
  const std::uint64_t begin = next_begin();
  if (frozen_) {
    boundary_ = {accepted_.lsn, accepted_.bytes, tail_.end.offset};
    frozen_ = false;
  }
  open_->open(accepted_.lsn.next(), begin);
  if (always_ || waiting_since_ || (os_ != nullptr && os_->buffer_bytes == 0)) return;
  waiting_since_ = world_.clock.now();
  syncer_signal_.notify();
}

Placed Log::accept(const EncodedRecord& record) {
  if (open_->empty()) open_group();
  const Placed placed{accepted_.lsn.next(), {tail_.header.id, open_->add(record)}};
  accepted_ = {placed.lsn, accepted_.bytes + record.bytes(), 0};
  ++stats_.record_count;
  stats_.record_bytes += record.bytes();
  return placed;
}

io::Status Log::settle(Lock& lock, Lsn lsn, std::uint64_t bytes) {
  if (always_) return make_durable(lock, lsn);
  if (os_ != nullptr) {
    while (accepted_.bytes - written_.bytes > os_->buffer_bytes && written_.lsn < lsn) {
      if (auto written = make_written(lock, lsn); !written) return written;
    }
    if (has_much_unsynced() && !syncing_ && !sync_asked_) {
      sync_asked_ = true;
      syncer_signal_.notify();
    }
    return {};
  }
  if (bytes > batch_->bytes) return make_durable(lock, lsn);
  // Half of the bytes gather while the other half is synced.
  if (accepted_.bytes - durable_.bytes > batch_->bytes / 2 && !syncing_ && !sync_asked_) {
    sync_asked_ = true;
    syncer_signal_.notify();
  }
  return {};
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
