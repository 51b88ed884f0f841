// SPDX-License-Identifier: Apache-2.0
// Append: from a record to its place in the open group, and to what the policy promises.
#include <algorithm>

#include "wal/log.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// A group that has this much is written before it takes more: a frame is checked as a whole before any of it
// is read.
constexpr std::uint64_t kGroupBytesMax = 8U << 20;
// What one frame's length field and the combination of checksums bear, with room to spare.
constexpr std::uint64_t kFramePayloadMax = 1ULL << 30;

}  // namespace

std::uint64_t Log::append_bytes_max() const {
  return std::min({tail_.header.payload_bytes_max(), kFramePayloadMax, options_.unsynced_bytes_max});
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
  std::uint64_t bytes = 0;
  for (const EncodedRecord& record : records) {
    if (record.bytes() > options_.record_bytes_max) {
      return io::failure(io::Code::too_large, "append", plan_.directory,
                         "a record of " + std::to_string(record.bytes()) +
                             " bytes, encoded; record_bytes_max is " +
                             std::to_string(options_.record_bytes_max));
    }
    bytes += record.bytes();
  }
  world_.clock.spend(io::Work::encode, bytes);
  world_.clock.spend(io::Work::checksum, bytes);
  world_.clock.spend(io::Work::append, bytes);
  world_.clock.spend(io::Work::copy, bytes);

  Lock lock(*mutex_);
  if (bytes > append_bytes_max()) {
    return io::failure(io::Code::too_large, "append", plan_.directory,
                       std::to_string(bytes) +
                           " bytes; with these segment_bytes and unsynced_bytes_max at most " +
                           std::to_string(append_bytes_max()) + " are taken at once");
  }
  if (auto admitted = admit(lock, bytes); !admitted) return io::Failure(std::move(admitted.error()));
  const Placed first = accept(records.front());
  Placed last = first;
  for (const EncodedRecord& record : records.subspan(1)) last = accept(record);
  if (auto settled = settle(lock, last.lsn, bytes); !settled) return io::Failure(std::move(settled.error()));
  return Appended{first.position, last.position, {first.lsn, last.lsn}};
}

// Each turn waits for another thread or makes progress itself; on return both conditions hold at once.
io::Status Log::admit(Lock& lock, std::uint64_t bytes) {
  while (is_usable()) {
    if (!policy_admits(bytes)) {
      look_up(changed_.wait(lock));
    } else if (!is_ready()) {
      if (auto ready = make_ready(lock); !ready) return ready;
    } else if (!may_stay_unsynced(bytes)) {
      if (auto durable = make_durable(lock, accepted_.lsn); !durable) return durable;
    } else if (!fits(bytes)) {
      if (auto made = make_room(lock); !made) return made;
    } else {
      return {};
    }
  }
  return refusal();
}

bool Log::policy_admits(std::uint64_t bytes) {
  if (standing_still_) return false;
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
bool Log::may_stay_unsynced(std::uint64_t bytes) const {
  return accepted_.lsn == durable_.lsn ||
         unsynced_bytes() + frame_bytes(bytes) <= options_.unsynced_bytes_max;
}

bool Log::fits(std::uint64_t bytes) const {
  if (!open_->empty()) {
    return open_->payload_bytes() + bytes <= kGroupBytesMax &&
           open_->next_offset() + bytes <= tail_.header.records_end();
  }
  const std::uint64_t begin =
      frozen_ ? align_up(tail_.end.offset, tail_.header.block_bytes) : tail_.end.offset;
  return begin + kFrameHeaderBytes + bytes <= tail_.header.records_end();
}

void Log::open_group() {
  std::uint64_t begin = tail_.end.offset;
  if (frozen_) {
    begin = align_up(begin, tail_.header.block_bytes);
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
  const Placed placed{accepted_.lsn.next(), {tail_.header.id, open_->next_offset()}};
  open_->add(record);
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
