// SPDX-License-Identifier: Apache-2.0
// Wal's outside: it keeps the log's state out of the header that users read.
#include "wal/wal.h"

#include <utility>

#include "wal/log.h"
#include "wal/opening.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

io::Result<Opened> Wal::open(io::World& world, Options options) {
  Observer* const observer = options.observer;
  const io::Instant begin = observer != nullptr ? world.clock.now() : io::Instant{};
  auto recovered = recover(world, options);
  if (!recovered) return io::Failure(std::move(recovered.error()));
  RecoveryInfo info = std::move(recovered->info);
  if (observer != nullptr) observer->span(Stage::recover, begin, world.clock.now(), info.bytes_scanned);
  return Opened{Wal(std::make_shared<Log>(world, std::move(options), std::move(*recovered))),
                std::move(info)};
}

io::Result<RecoveryInfo> Wal::inspect(io::World& world, const Options& options) {
  return inspect_log(world, options);
}

Ticket::Ticket(std::shared_ptr<Log> log, const Placed& placed, Lsn awaited)
    : log_(std::move(log)), placed_(placed), awaited_(awaited) {}

io::Result<bool> Ticket::poll() {
  return log_->has_come_true(awaited_);
}

io::Result<Placed> Ticket::wait() {
  if (auto done = log_->await(awaited_); !done) return io::Failure(std::move(done.error()));
  return placed_;
}

Wal::Wal(std::shared_ptr<Log> log) : log_(std::move(log)) {}
Wal::Wal(Wal&&) noexcept = default;

Wal& Wal::operator=(Wal&& other) noexcept {
  if (log_ && log_ != other.log_) log_->end();
  log_ = std::move(other.log_);
  return *this;
}

Wal::~Wal() {
  if (log_) log_->end();
}

io::Result<Placed> Wal::append(const Record& record) {
  return log_->append(record);
}
io::Result<Appended> Wal::append_batch(std::span<const Record> records) {
  return log_->append_batch(records);
}
io::Result<Ticket> Wal::append_async(const Record& record) {
  auto underway = log_->append_async(record);
  if (!underway) return io::Failure(std::move(underway.error()));
  return Ticket(log_, underway->placed, underway->awaited);
}
io::Status Wal::flush() {
  return log_->flush();
}
io::Result<Lsn> Wal::sync() {
  return log_->sync();
}
io::Status Wal::wait_durable(Lsn lsn) {
  return log_->wait_durable(lsn);
}
io::Result<Reader> Wal::read_from(Position position) {
  return log_->read_from(position);
}
io::Result<Reader> Wal::read_from(Lsn lsn) {
  return log_->read_from(lsn);
}
io::Result<OwnedRecord> Wal::read_at(Position position) {
  return log_->read_at(position);
}
io::Result<VerifyReport> Wal::verify() {
  return log_->verify();
}
io::Result<Checkpoint> Wal::checkpoint(std::string_view directory) {
  return log_->checkpoint(directory);
}
Position Wal::current_position() {
  return log_->current_position();
}
SegmentId Wal::current_segment_id() {
  return log_->current_position().segment;
}
std::uint64_t Wal::current_segment_bytes() {
  return log_->current_position().offset;
}
std::vector<SegmentInfo> Wal::segments() {
  return log_->segments();
}
Stats Wal::stats() {
  return log_->stats();
}
io::Status Wal::rotate() {
  return log_->rotate();
}
io::Result<Deleted> Wal::delete_segments_before(SegmentId segment) {
  return log_->delete_segments_before(segment);
}
io::Status Wal::close() {
  return log_->close();
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
