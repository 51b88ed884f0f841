// SPDX-License-Identifier: Apache-2.0
// Append: from a record to its place in the open group, and to what the policy promises.
#include <fmt/format.h>

#include <algorithm>

#include "wal/log.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// What batch gathers before it is handed to the operating system, synced or not: it is still in the core's
// own cache then. Left to the sync, megabytes come back from memory, and the sync waits for them (measured:
// an append of 1 KiB took 1.4 times as long).
constexpr std::uint64_t kHandedOverBytes = 256U << 10;

}  // namespace

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
io::Status Log::encode(const Record& record, EncodedRecord& encoded) {
  if (record.compression != Compression::none) world_.clock.spend(io::Work::compress, record.value.size());
  const io::Instant begin = observed_now();
  if (auto made = encoded.lay_out(record); !made) return made;
  if (encoded.bytes() > record_bytes_max_) {
    return io::failure(
        io::Code::too_large, "append", plan_.directory,
        fmt::format("a record of {} bytes, encoded; at most {} are taken (record_bytes_max is {})",
                    encoded.bytes(), record_bytes_max_, options_.record_bytes_max));
  }
  observe(Stage::serialize, begin, encoded.bytes());
  const io::Instant laid_out = observed_now();
  encoded.checksum();
  observe(Stage::crc, laid_out, encoded.bytes());
  return {};
}

void Log::spend_on(std::uint64_t bytes) {
  if (!world_.prices_work) return;
  world_.clock.spend(io::Work::encode, bytes);
  world_.clock.spend(io::Work::checksum, bytes);
  world_.clock.spend(io::Work::append, bytes);
  world_.clock.spend(io::Work::copy, bytes);
}

io::Result<Placed> Log::append(const Record& record) {
  const io::Instant begin = observed_now();
  EncodedRecord encoded;
  if (auto made = encode(record, encoded); !made) return io::Failure(std::move(made.error()));
  spend_on(encoded.bytes());
  auto placed = append_one(encoded);
  if (placed) observe(Stage::append, begin, encoded.bytes());
  return placed;
}

io::Result<Placed> Log::append_one(const EncodedRecord& record) {
  Lock lock(*mutex_);
  if (has_headroom(record.bytes())) return accept_within_headroom(record);
  auto appended = append_encoded(lock, std::span(&record, 1));
  if (!appended) return io::Failure(std::move(appended.error()));
  return Placed{appended->lsns.first, appended->first};
}

io::Result<Underway> Log::append_async(const Record& record) {
  const io::Instant begin = observed_now();
  EncodedRecord encoded;
  if (auto made = encode(record, encoded); !made) return io::Failure(std::move(made.error()));
  spend_on(encoded.bytes());
  const bool will_wait = always_ || (batch_ != nullptr && encoded.bytes() > batch_->bytes);
  auto placed = will_wait ? begin_one(encoded) : append_one(encoded);
  if (!placed) return io::Failure(std::move(placed.error()));
  observe(Stage::append, begin, encoded.bytes());
  return Underway{*placed, will_wait ? placed->lsn : Lsn{}};
}

// Accepted, and a sync asked for: by a thread of the log's, since its appender may never wait.
io::Result<Placed> Log::begin_one(const EncodedRecord& record) {
  Lock lock(*mutex_);
  const std::span records(&record, 1);
  auto taken = take(lock, records, taking_of(records));
  if (!taken) return io::Failure(std::move(taken.error()));
  told_ = taken->lsns.last;
  headroom_ = {};
  start_syncer();
  ask_for_sync();
  return Placed{taken->lsns.first, taken->first};
}

io::Result<bool> Log::has_come_true(Lsn lsn) {
  const Lock lock(*mutex_);
  if (durable_.lsn >= lsn) return true;
  if (!is_usable()) return broken_promise();
  if (is_held_up(lsn)) return full_disk();
  return false;
}

io::Status Log::await(Lsn lsn) {
  Lock lock(*mutex_);
  return make_durable(lock, lsn);
}

io::Result<Appended> Log::append_batch(std::span<const Record> records) {
  if (records.empty())
    return io::failure(io::Code::invalid, "append", plan_.directory, "a batch of no records");
  const io::Instant begin = observed_now();
  std::vector<EncodedRecord> encoded(records.size());
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (auto made = encode(records[i], encoded[i]); !made) return io::Failure(std::move(made.error()));
    bytes += encoded[i].bytes();
  }
  spend_on(bytes);
  Lock lock(*mutex_);
  auto appended = append_encoded(lock, encoded);
  if (appended) observe(Stage::append, begin, bytes);
  return appended;
}

Taking Log::taking_of(std::span<const EncodedRecord> records) const {
  std::uint64_t bytes = 0;
  for (const EncodedRecord& record : records) bytes += record.bytes();
  return {records.size(), bytes, cuts_.room_bytes(records)};
}

// Admitted and accepted; nothing of what the policy promises.
io::Result<Appended> Log::take(Lock& lock, std::span<const EncodedRecord> records, const Taking& taking) {
  if (!is_usable()) return refusal();
  if (auto taken = can_be_taken(taking); !taken) return io::Failure(std::move(taken.error()));
  if (auto admitted = admit(lock, taking); !admitted) return io::Failure(std::move(admitted.error()));
  const Placed first = accept(records.front());
  Placed last = first;
  for (const EncodedRecord& record : records.subspan(1)) last = accept(record);
  return Appended{first.position, last.position, {first.lsn, last.lsn}};
}

io::Result<Appended> Log::append_encoded(Lock& lock, std::span<const EncodedRecord> records) {
  const Taking taking = taking_of(records);
  auto taken = take(lock, records, taking);
  if (!taken) return taken;
  const Lsn last = taken->lsns.last;
  ++settling_count_;
  auto settled = settle(lock, last, taking.bytes);
  end_settling();
  headroom_ = find_headroom();
  if (settled) return taken;
  io::Error error = std::move(settled.error());
  // Not withdrawn, but held up: it may yet appear, and no_space says that it will not.
  if (error.code == io::Code::no_space && last <= accepted_.lsn) error.code = io::Code::io_error;
  return io::Failure(std::move(error));
}

Placed Log::accept_within_headroom(const EncodedRecord& record) {
  headroom_.bytes -= record.bytes();
  return accept(record);
}

bool Log::has_headroom(std::uint64_t bytes) const {
  if (bytes > headroom_.bytes) return false;
  return headroom_.until == io::Instant::max() || world_.clock.now() < headroom_.until;
}

// What admit and settle would say of the next append, as a number: so that they are asked once a group, and
// not once a record. Careful by a frame's header and padding; where it ends they look exactly.
Headroom Log::find_headroom() const {
  const bool may_take = is_usable() && !held_up_ && may_accept();
  if (always_ || open_->empty() || !may_take) return {};
  const auto left = [](std::uint64_t limit, std::uint64_t used) { return limit - std::min(limit, used); };
  const bool is_asked = syncing_ || sync_asked_;  // Else somebody has to ask at the half.
  const std::uint64_t unsynced_max = options_.unsynced_bytes_max;
  const std::uint64_t unsynced = unsynced_bytes() + kFrameHeaderBytes + kFrameAlignment;
  std::uint64_t bytes = std::min(left(tail_.header.records_end(), open_->next_offset()),
                                 left(options_.frame_bytes_max, open_->payload_bytes()));
  if (os_ != nullptr) {
    bytes = std::min({bytes, left(os_->buffer_bytes, accepted_.bytes - written_.bytes),
                      left(is_asked ? unsynced_max : unsynced_max / 2, unsynced)});
    return {.bytes = bytes};
  }
  bytes =
      std::min({bytes, left(is_asked ? batch_->bytes : batch_->bytes / 2, accepted_.bytes - durable_.bytes),
                left(unsynced_max, unsynced), left(kHandedOverBytes, accepted_.bytes - written_.bytes)});
  return {.bytes = bytes, .until = stall_deadline()};
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
    ask_for_sync();
    return false;
  }
  const io::Instant deadline = stall_deadline();
  return deadline == io::Instant::max() || world_.clock.now() < deadline;
}

// Of batch: when the oldest record whose sync is under way, or cannot start, is too old for more to be taken.
io::Instant Log::stall_deadline() const {
  // While a watermark is synced no record's sync can start.
  const std::optional<io::Instant> oldest = sealing_ && !syncing_since_ ? waiting_since_ : syncing_since_;
  return oldest ? *oldest + batch_->window + batch_->stall_max : io::Instant::max();
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
  call_syncer();
}

Placed Log::accept(const EncodedRecord& record) {
  if (open_->empty()) open_group();
  const Placed placed{accepted_.lsn.next(), {tail_.header.id, open_->add(record)}};
  accepted_ = {placed.lsn, accepted_.bytes + record.bytes(), 0};
  return placed;
}

io::Status Log::settle(Lock& lock, Lsn lsn, std::uint64_t bytes) {
  if (always_) return make_durable(lock, lsn);
  if (os_ != nullptr) {
    while (accepted_.bytes - written_.bytes > os_->buffer_bytes && written_.lsn < lsn) {
      if (auto written = make_written(lock, lsn); !written) return written;
    }
    if (has_much_unsynced() && !syncing_) ask_for_sync();
    return {};
  }
  if (bytes > batch_->bytes) return make_durable(lock, lsn);
  if (accepted_.bytes - written_.bytes > kHandedOverBytes && !writing_) {
    if (auto written = make_written(lock, lsn); !written) return written;
  }
  // Half of the bytes gather while the other half is synced.
  if (accepted_.bytes - durable_.bytes > batch_->bytes / 2 && !syncing_) ask_for_sync();
  return {};
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
