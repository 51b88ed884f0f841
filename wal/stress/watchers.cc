// SPDX-License-Identifier: Apache-2.0
// Readers and followers.
#include <fmt/format.h>

#include <chrono>
#include <mutex>

#include "wal/stress/life.h"

namespace wallop::wal::stress {
namespace {

using namespace std::chrono_literals;

io::Result<std::optional<RecordView>> wait_for_next(Follower& follower) {
  auto next = follower.await_next();
  if (!next) return io::Failure(std::move(next.error()));
  return *next;
}

}  // namespace

Sequence Life::read_all(Wal& wal, Position from) {
  Sequence sequence(kWriterCount);
  auto reader = wal.read_from(from);
  if (!holds(reader, "read_from")) return sequence;
  std::uint64_t count = 0;
  for (;; ++count) {
    const auto next = reader->next();
    if (!holds(next, "reader", io::Code::not_found)) break;
    if (!*next) {
      findings_.add(sequence.end());
      break;
    }
    findings_.add(sequence.take(**next));
  }
  figures_.reads.fetch_add(count, std::memory_order_relaxed);
  return sequence;
}

// From the start, from a segment still there, or from where the log ends by now.
void Life::read(std::size_t reader) {
  Dice dice = dice_of("reader", reader);
  while (!is_over()) {
    Position from = Position::start();
    if (dice.one_in(2)) from = wal_->current_position();
    if (const auto segments = wal_->segments(); dice.one_in(2) && !segments.empty())
      from.segment = segments[dice.below(segments.size())].id;
    read_all(*wal_, from);
    pause(dice, 5ms);
  }
}

// A follower behind what was deleted meanwhile; none once the log is over.
std::optional<Follower> Life::follow_on(Sequence& sequence, Visibility visibility) {
  const std::unique_lock gate(*follow_gate_);
  if (is_over()) return std::nullopt;
  auto follower = wal_->tail(sequence.last().next(), visibility);
  sequence.skip();
  if (!holds(follower, "tail")) return std::nullopt;
  return std::move(*follower);
}

void Life::follow(std::size_t index) {
  Dice dice = dice_of("follower", index);
  const Visibility visibility = index % 2 == 0 ? Visibility::visible : Visibility::durable;
  Sequence sequence(kWriterCount);
  Shown& shown = shown_[index];
  auto follower = follow_on(sequence, visibility);
  while (follower) {
    const auto next =
        dice.one_in(2) ? follower->next_until(world_.clock.now() + 1ms) : wait_for_next(*follower);
    if (!next) {
      shown.saw_end = next.error().code == io::Code::closed;
      if (!holds(next, "follower", io::Code::not_found) && shown.saw_end) break;
      follower = follow_on(sequence, visibility);
    } else if (*next) {
      findings_.add(sequence.take(**next));
      shown.last = sequence.last();
      figures_.followed.fetch_add(1, std::memory_order_relaxed);
    }
  }
  if (shown.saw_end) findings_.add(sequence.end());
}

}  // namespace wallop::wal::stress
