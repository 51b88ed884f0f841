// SPDX-License-Identifier: Apache-2.0
// Reading back: segment after segment, frame after frame; a frame's checksum first, then its records.
#include "wal/reader.h"

#include <algorithm>
#include <utility>

#include "wal/log.h"
#include "wal/read_cursor.h"
#include "wal/salvage_reader.h"
#include "wal/segment_name.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

Reader::Reader(std::unique_ptr<RecordSource> source) : source_(std::move(source)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

io::Result<std::optional<RecordView>> Reader::next() {
  return source_->next();
}

io::Result<std::optional<RecordView>> ReadCursor::next() {
  if (failure_) return io::Failure(*failure_);
  auto found = find_next();
  if (!found) failure_ = found.error();
  return found;
}

io::Result<std::optional<RecordView>> ReadCursor::find_next() {
  while (next_lsn_ <= plan_.last) {  // Each turn passes a record or a frame.
    if (payload_.empty()) {
      if (auto loaded = load_frame(); !loaded) return io::Failure(std::move(loaded.error()));
      continue;
    }
    auto decoded = decode_record(payload_, CheckRecordCrc::no);
    if (!decoded) return damaged("a record in a frame whose checksum matches is not valid");
    if (!expand_value(decoded->record, value_))
      return damaged("a value in a frame whose checksum matches does not expand");
    const RecordView view{next_lsn_, {segment_.id, payload_offset_}, decoded->record, lost_before_};
    payload_ = payload_.subspan(decoded->bytes);
    payload_offset_ += decoded->bytes;
    next_lsn_ = next_lsn_.next();
    if (auto counted = check_count(); !counted) return io::Failure(std::move(counted.error()));
    if (view.lsn < plan_.first || view.position < plan_.from) continue;
    lost_before_ = {};
    return view;
  }
  return std::nullopt;
}

// Moves to the next frame, over those that end before the reader's first record.
io::Status ReadCursor::load_frame() {
  if (!walk_) return open_segment();
  if (walk_->end().offset >= plan_.segments[segment_index_].end) {
    leave_segment();
    ++segment_index_;
    return {};
  }
  auto frame = walk_->peek();
  if (!frame) return io::Failure(std::move(frame.error()));
  if (!*frame) return damaged("a frame is not where the log had it");
  const bool before_lsn = (*frame)->header.last_lsn() < plan_.first;
  const bool before_position = Position{segment_.id, (*frame)->end()} <= plan_.from;
  if (before_lsn || before_position || (*frame)->header.record_count == 0) {
    walk_->pass(**frame);
    next_lsn_ = walk_->end().last.next();
    return {};
  }
  // Read once: what is shown is what was checked, though the file be recycled meanwhile.
  auto payload = window_.view((*frame)->payload_offset(), (*frame)->header.payload_bytes);
  if (!payload) return io::Failure(std::move(payload.error()));
  auto holds = payload_holds(window_, walk_->identity(), **frame);
  if (!holds) return io::Failure(std::move(holds.error()));
  if (!*holds) return damaged("a frame's checksum does not match");
  world_.clock.spend(io::Work::checksum, payload->size());
  world_.clock.spend(io::Work::decode, payload->size());
  payload_ = *payload;
  payload_offset_ = (*frame)->payload_offset();
  next_lsn_ = (*frame)->header.first_lsn;
  behind_frame_ = (*frame)->header.last_lsn().next();
  walk_->pass(**frame);
  return check_count();
}

// No crash and no turned bit makes the two differ under a checksum that matches; a writer's error would, and
// every later record would bear another one's LSN.
io::Status ReadCursor::check_count() const {
  if (payload_.empty() == (next_lsn_ == behind_frame_)) return {};
  return damaged("a frame does not hold as many records as its header says");
}

io::Status ReadCursor::open_segment() {
  if (segment_index_ == plan_.segments.size()) return damaged("its records end too early");
  segment_ = {};
  segment_.id = plan_.segments[segment_index_].id;
  segment_.path = segment_path(plan_.directory, segment_.id);
  auto file = world_.files.open(segment_.path, {.read_only = true});
  if (!file) return io::Failure(std::move(file.error()));
  file_ = std::move(*file);
  window_.aim(*file_, plan_.segments[segment_index_].end);
  if (auto identified = identify(window_, segment_); !identified) return identified;
  if (!segment_.header || !segment_.link) return damaged("its header or its link frame is damaged");
  walk_.emplace(window_, *segment_.header, segment_.link->epoch, segment_.link->end);
  next_lsn_ = segment_.link->first_lsn();
  auto noted = note_loss();
  return noted ? skip_by_index() : noted;
}

// Between two segments records may be missing that a recovery was told to give up, and no others.
io::Status ReadCursor::note_loss() {
  if (expected_ == next_lsn_) return {};
  const LsnRange lost = segment_.link->link.losses.ending_before(next_lsn_);
  if (expected_ && (lost.empty() || lost.first != *expected_))
    return damaged("it does not begin where the segment before it ends");
  const bool is_asked_for = expected_ || plan_.from == Position::start();
  if (is_asked_for && !lost.empty()) lost_before_ = {std::max(lost.first, plan_.first), lost.last};
  return {};
}

// To the last place that the footer's index names before the first record that is wanted.
io::Status ReadCursor::skip_by_index() {
  if (plan_.first <= next_lsn_ && plan_.from.segment != segment_.id) return {};
  Window beside(ReadVia::cache, nullptr,
                segment_.header->block_bytes);  // Records are read through the other.
  if (auto aimed = beside.aim(*file_); !aimed) return aimed;
  auto marks = read_marks(beside, *segment_.header);
  if (!marks) return io::Failure(std::move(marks.error()));
  if (!marks->footer || marks->footer->epoch != segment_.link->epoch) return {};
  for (const ChainEnd& end : marks->footer->index.entries()) {
    if (end.last >= plan_.first && Position{segment_.id, end.offset} > plan_.from) break;
    walk_.emplace(window_, *segment_.header, segment_.link->epoch, end);
    next_lsn_ = end.last.next();
  }
  return {};
}

void ReadCursor::leave_segment() {
  expected_ = walk_->end().last.next();
  walk_.reset();
}

void ReadCursor::go_on(ReadPlan& more) {
  std::swap(plan_.segments, more.segments);
  plan_.first = more.first;
  plan_.last = more.last;
  segment_index_ = 0;
  if (!walk_) return;
  if (plan_.segments.front().id == segment_.id) return window_.extend(plan_.segments.front().end);
  leave_segment();
}

io::Failure ReadCursor::damaged(std::string why) const {
  // A deleted segment may be another one by now; its name went first.
  auto still = world_.files.stat(segment_.path);
  if (!still) return io::Failure(std::move(still.error()));
  return io::failure(io::Code::corrupt, "read log", segment_.path, std::move(why));
}

io::Result<Reader> Log::make_reader(Lock& lock, Position from, Lsn first) {
  if (only_read_ && !is_closed_) {
    auto salvage = Salvage::open(world_, plan_.directory);
    if (!salvage) return io::Failure(std::move(salvage.error()));
    return Reader(std::make_unique<SalvageReader>(std::move(*salvage), from, first));
  }
  if (!is_usable()) return refusal();
  // What is read lies in files: the group that fills is written first, unless a full disk holds it up.
  Lsn last = accepted_.lsn;
  if (!resume(lock) || !make_written(lock, last)) {
    if (!is_usable()) return refusal();
    last = written_.lsn;
  }
  last = accepted_losses_.record_at_or_before(last);
  ReadPlan plan{plan_.directory, {}, from, std::max(first, low_water_.lsn), last};
  list_segments(plan);
  if (plan.segments.empty()) plan.last = Lsn{};
  return Reader(std::make_unique<ReadCursor>(world_, std::move(plan)));
}

// Those that hold records from plan.first to plan.last, which is written, each up to what is written of it.
void Log::list_segments(ReadPlan& plan) const {
  plan.segments.clear();
  for (std::size_t i = 0; i < live_.size(); ++i) {
    const bool is_last = i + 1 == live_.size();
    if (live_[i].id < plan.from.segment || (!is_last && live_[i + 1].first <= plan.first)) continue;
    if (live_[i].first <= plan.last)
      plan.segments.push_back({live_[i].id, is_last ? written_.end : live_[i].end});
  }
}

io::Result<OwnedRecord> Log::read_at(Position position) {
  Lock lock(*mutex_);
  auto reader = make_reader(lock, position, Lsn{});
  if (!reader) return io::Failure(std::move(reader.error()));
  // Only now: the lock was given up while records were written.
  const bool is_one = position.segment != SegmentId{};
  if (is_usable() && is_one && position.segment < live_.front().id)
    return no_record(io::Code::not_found, position, "the segment was deleted");
  if (held_up_ && position >= Position{tail_.header.id, tail_.end.offset}) return full_disk();
  lock.unlock();
  auto found = reader->next();
  if (!found) return io::Failure(std::move(found.error()));
  if (!*found || (*found)->position != position)
    return no_record(io::Code::invalid, position, "no record begins there");
  return OwnedRecord(**found);
}

io::Failure Log::no_record(io::Code code, Position position, std::string why) const {
  io::Error error{.code = code,
                  .action = "read record",
                  .file = segment_path(plan_.directory, position.segment),
                  .offset = position.offset,
                  .detail = std::move(why)};
  return io::Failure(std::move(error));
}

io::Result<Reader> Log::read_from(Position position) {
  Lock lock(*mutex_);
  return make_reader(lock, position, Lsn{});
}

io::Result<Reader> Log::read_from(Lsn lsn) {
  Lock lock(*mutex_);
  return make_reader(lock, Position::start(), lsn);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
