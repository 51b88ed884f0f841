// SPDX-License-Identifier: Apache-2.0
// Following: a reader's cursor that is given more to show whenever the log has more, and waits under the
// log's mutex where it has not.
//
// It reads files, as every reader does, and no byte behind what was written when it asked: the mutex, taken
// once for all that has come since the last time, is all that it costs the writers.
#include "wal/follower.h"

#include <utility>

#include "wal/log.h"
#include "wal/read_cursor.h"
#include "wal/segment_name.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

struct Follower::Parts {
  Parts(std::shared_ptr<Log> followed, Visibility asked, ReadPlan plan)
      : log(std::move(followed)), visibility(asked), cursor(log->world(), std::move(plan)) {}

  std::shared_ptr<Log> log;
  Visibility visibility;
  ReadCursor cursor;  // It stays where it is: its walk refers to its window.
  ReadPlan more;      // The next plan while it is made, and the capacity of the last one.
  std::optional<io::Error> failure;
};

Follower::Follower(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Follower::Follower(Follower&&) noexcept = default;
Follower& Follower::operator=(Follower&&) noexcept = default;
Follower::~Follower() = default;

io::Result<std::optional<RecordView>> Follower::find(std::optional<io::Instant> deadline) {
  Parts& parts = *parts_;
  if (parts.failure) return io::Failure(*parts.failure);
  for (;;) {  // A turn more for each time that the log had more, and that at least one record.
    auto found = parts.cursor.next();
    if (!found || *found) return found;
    auto more = parts.log->follow(parts.cursor, parts.more, parts.visibility, deadline);
    if (!more) {
      parts.failure = more.error();
      return io::Failure(std::move(more.error()));
    }
    if (!*more) return std::nullopt;
  }
}

io::Result<std::optional<RecordView>> Follower::next() {
  return find(io::Instant::min());
}

io::Result<std::optional<RecordView>> Follower::next_until(io::Instant deadline) {
  return find(deadline);
}

io::Result<RecordView> Follower::await_next() {
  auto found = find(std::nullopt);
  if (!found) return io::Failure(std::move(found.error()));
  return **found;
}

io::Result<Follower> Wal::tail(Lsn from, Visibility visibility) {
  auto plan = log_->begin_following(from);
  if (!plan) return io::Failure(std::move(plan.error()));
  return Follower(std::make_unique<Follower::Parts>(log_, visibility, std::move(*plan)));
}

io::Result<ReadPlan> Log::begin_following(Lsn from) {
  const Lock lock(*mutex_);
  if (!is_usable()) return refusal();
  return ReadPlan{plan_.directory, {}, Position::start(), std::max(from, low_water_.lsn), Lsn{}};
}

Lsn Log::shown_to(Visibility visibility) const {
  const Lsn last = visibility == Visibility::durable ? durable_.lsn : written_.lsn;
  return accepted_losses_.record_at_or_before(last);
}

io::Result<bool> Log::follow(ReadCursor& cursor, ReadPlan& more, Visibility visibility,
                             std::optional<io::Instant> deadline) {
  Signal& came = visibility == Visibility::durable ? became_durable_ : became_visible_;
  Lock lock(*mutex_);
  Woken woken = Woken::by_somebody;
  for (;;) {  // Each turn waits for the log, and none after the deadline.
    if (const Lsn last = shown_to(visibility); last >= cursor.wanted()) {
      if (auto planned = plan_on(cursor, last, more); !planned)
        return io::Failure(std::move(planned.error()));
      lock.unlock();
      cursor.go_on(more);
      return true;
    }
    if (!is_usable()) return refusal();
    if (woken == Woken::timed_out || (deadline && *deadline <= world_.clock.now())) return false;
    woken = deadline ? came.wait_until(lock, *deadline) : came.wait(lock);
    look_up(woken);
  }
}

// Records from the one that the cursor wants up to `last`.
io::Status Log::plan_on(const ReadCursor& cursor, Lsn last, ReadPlan& more) const {
  const LiveSegment& oldest = live_.front();
  const bool is_deleted = accepted_losses_.record_at_or_before(oldest.first.previous()) >= cursor.wanted();
  if (is_deleted) {
    return io::failure(io::Code::not_found, "follow log", plan_.directory,
                       "record " + std::to_string(cursor.wanted().value()) +
                           " was deleted before it was read; the oldest one that is left is " +
                           std::to_string(oldest.first.value()));
  }
  more.first = cursor.wanted();
  more.last = last;
  list_segments(more);
  return {};
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
