// SPDX-License-Identifier: Apache-2.0
// One group after the other; a sync where too much would lie beyond it, and at the end of each segment.
#include "wal/log_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "wal/log_directory.h"
#include "wal/watermark.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

LogWriter::LogWriter(io::World& world, const Options& options, std::uint32_t block_bytes, Lsn first,
                     AcceptedLosses losses)
    : world_(world),
      plan_{options.directory,
            new_uuid(world.entropy),
            {1, static_cast<std::uint32_t>(world.entropy.next())},
            block_bytes,
            options.segment_bytes,
            options.preallocate,
            options.unsynced_bytes_max},
      first_(first),
      losses_(std::move(losses)),
      // Several groups between two syncs.
      cuts_(std::min(options.frame_bytes_max, options.unsynced_bytes_max / 4)),
      group_(cuts_),
      end_{0, first.previous(), 0},
      durable_(first.previous()) {}

io::Status LogWriter::add(Lsn lsn, const Record& record) {
  auto encoded = EncodedRecord::make(record);
  if (!encoded) return io::Failure(std::move(encoded.error()));
  const Lsn next = group_.empty() ? end_.last.next() : group_.last_lsn().next();
  if (!current_ || lsn != next) {
    if (auto begun = begin_segment(lsn); !begun) return begun;
  }
  const std::uint64_t room = std::min(current_->header.room_bytes_max(), plan_.unsynced_bytes_max);
  const std::uint64_t taken = cuts_.room_bytes(std::span(&*encoded, 1));
  if (taken > room)
    return io::failure(
        io::Code::too_large, "write log", plan_.directory,
        fmt::format("record {} takes {} bytes of a segment, and one has room for {} (segment_bytes "
                    "is {}, unsynced_bytes_max {})",
                    lsn.value(), taken, room, plan_.segment_bytes, plan_.unsynced_bytes_max));
  if (!group_.empty() && (cuts_.cuts(group_.payload_bytes(), encoded->bytes()) || !fits(encoded->bytes()))) {
    if (auto written = write_group(); !written) return written;
  }
  if (!fits(encoded->bytes())) {
    if (auto begun = begin_segment(lsn); !begun) return begun;
  }
  if (group_.empty()) return open_group(lsn, *encoded);
  group_.add(*encoded);
  return {};
}

io::Status LogWriter::finish(Lsn next) {
  const Lsn last = group_.empty() ? end_.last : group_.last_lsn();
  if (!current_ || next != last.next()) {
    if (auto begun = begin_segment(next); !begun) return begun;
  }
  if (auto ended = end_segment(); !ended) return ended;
  WatermarkSlots slots(current_->header, plan_.epoch, current_->file);
  if (auto written = slots.write(durable_, end_.offset); !written) return written;
  return slots.sync();
}

// No sector that is durable is written again.
std::uint64_t LogWriter::next_begin() const {
  return end_.offset == synced_end_ ? align_up(end_.offset, plan_.block_bytes) : end_.offset;
}

bool LogWriter::fits(std::uint64_t record_bytes) const {
  const std::uint64_t begin = group_.empty() ? next_begin() : group_.offset();
  const std::uint64_t payload = group_.empty() ? 0 : group_.payload_bytes();
  return begin + frame_bytes(payload + record_bytes) <= current_->header.records_end();
}

FrameContext LogWriter::context() const {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(world_.clock.wall_now().time_since_epoch());
  return {{plan_.log_uuid, current_->header.id, plan_.epoch},
          durable_,
          end_.chain,
          now.count() < 0 ? 0 : static_cast<std::uint64_t>(now.count())};
}

AcceptedLosses LogWriter::losses_before(Lsn lsn) const {
  AcceptedLosses before;
  for (const LsnRange& range : losses_.ranges()) {
    if (range.last < lsn) before.add(range);
  }
  return before;
}

// No more than unsynced_bytes_max ever lies between two syncs.
io::Status LogWriter::open_group(Lsn lsn, const EncodedRecord& record) {
  const std::uint64_t unsynced = end_.offset - std::max(synced_end_, current_->header.data_begin());
  const std::uint64_t to_come = cuts_.room_bytes(std::span(&record, 1)) + plan_.unsynced_bytes_max / 4;
  if (unsynced > 0 && unsynced + to_come > plan_.unsynced_bytes_max) {
    if (auto synced = sync(); !synced) return synced;
    if (!fits(record.bytes())) {
      if (auto begun = begin_segment(lsn); !begun) return begun;
    }
  }
  group_.open(lsn, next_begin());
  group_.add(record);
  return {};
}

// The link frame of the new one is durable with the first sync of its records.
io::Status LogWriter::begin_segment(Lsn first) {
  Predecessor predecessor;
  predecessor.end = end_;
  if (current_) {
    if (auto ended = end_segment(); !ended) return ended;
    predecessor = {current_->header.id, plan_.epoch, end_};
    full_ = Full{std::move(*current_), {plan_.epoch, end_, record_count_, next_id_, index_}};
  }
  auto prepared = prepare_segment(world_, plan_, next_id_);
  if (!prepared) return io::Failure(std::move(prepared.error()));
  next_id_ = next_id_.next();
  current_ = std::move(*prepared);
  index_ = SparseIndex(current_->header);
  record_count_ = 0;
  end_.chain = 0;
  const std::uint64_t begin = current_->header.data_begin();
  const LinkFrame link =
      make_link_frame(context(), begin, {predecessor, {SegmentId(1), first_}, losses_before(first)});
  if (auto written = current_->file->write_at(begin, link.bytes()); !written) return written;
  end_ = {begin + link.size, first.previous(), link.chain};
  synced_end_ = 0;
  return {};
}

io::Status LogWriter::end_segment() {
  if (!group_.empty()) {
    if (auto written = write_group(); !written) return written;
  }
  return sync();
}

io::Status LogWriter::write_group() {
  const Group::Sealed sealed = group_.seal(context());
  if (auto written = current_->file->write_at(group_.offset(), sealed.bytes); !written) return written;
  record_count_ += group_.last_lsn().since(end_.last);
  end_ = {group_.end(), group_.last_lsn(), sealed.chain};
  index_.add(end_);
  group_.clear();
  return {};
}

io::Status LogWriter::sync() {
  if (auto synced = current_->file->sync(); !synced) return synced;
  durable_ = end_.last;
  synced_end_ = end_.offset;
  return write_footer();
}

io::Status LogWriter::write_footer() {
  if (!full_) return {};
  const auto& [segment, footer] = *full_;
  const SegmentHeader& header = segment.header;
  const std::uint64_t offset = header.footer_offset();
  const EncodedFooter bytes = encode_footer(footer, plan_.log_uuid, header.id, offset);
  if (auto written = segment.file->write_at(offset, io::Bytes(bytes)); !written) return written;
  auto synced = segment.file->sync();
  full_.reset();
  return synced;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
