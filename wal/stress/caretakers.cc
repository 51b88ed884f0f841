// SPDX-License-Identifier: Apache-2.0
// Who deletes, looks after the log, and copies it.
#include <fmt/format.h>

#include <chrono>

#include "wal/stress/life.h"

namespace wallop::wal::stress {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kKeptSegmentsMax = 12;
constexpr std::string_view kCopy = "copy";

}  // namespace

void Life::remove(std::size_t) {
  Dice dice = dice_of("deleter", 0);
  while (!is_over()) {
    pause(dice, 20ms);
    const auto segments = wal_->segments();
    const std::uint64_t kept = 1 + dice.below(kKeptSegmentsMax);
    if (segments.size() <= kept) continue;
    const SegmentId before = segments[segments.size() - kept].id;
    const auto deleted = wal_->delete_segments_before(before);
    if (!holds(deleted, "delete_segments_before")) continue;
    figures_.deletions.fetch_add(deleted->segment_count, std::memory_order_relaxed);
    if (const auto left = wal_->segments(); left.front().id < before)
      findings_.add(fmt::format("segment {} is there after all before {} were deleted",
                                left.front().id.value(), before.value()));
  }
}

void Life::take_care(std::size_t caretaker) {
  Dice dice = dice_of("caretaker", caretaker);
  Stats before;
  while (!is_over()) {
    switch (dice.below(6)) {
      case 0:
        holds(wal_->sync(), "sync");
        break;
      case 1:
        holds(wal_->flush(), "flush");
        break;
      case 2:
        holds(wal_->rotate(), "rotate");
        break;
      case 3:
        judge_segments();
        break;
      case 4:
        compare_marks(before);
        break;
      default:
        verify();
    }
    pause(dice, 5ms);
  }
}

// Records only become accepted, written and durable, in this order.
void Life::compare_marks(Stats& before) {
  const Stats now = wal_->stats();
  const bool holds = now.durable <= now.written && now.written <= now.appended &&
                     before.durable <= now.durable && before.written <= now.written &&
                     before.appended <= now.appended;
  if (!holds) {
    findings_.add(fmt::format("marks appended, written, durable went from {}, {}, {} to {}, {}, {}",
                              before.appended.value(), before.written.value(), before.durable.value(),
                              now.appended.value(), now.written.value(), now.durable.value()));
  }
  before = now;
}

// One begins where the one before it ends.
void Life::judge_segments() {
  const auto segments = wal_->segments();
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const SegmentInfo& left = segments[i - 1];
    const SegmentInfo& right = segments[i];
    if (left.id < right.id && left.lsns.last.next() == right.lsns.first) continue;
    findings_.add(fmt::format("segment {} with records {}..{} is followed by segment {} from record {} on",
                              left.id.value(), left.lsns.first.value(), left.lsns.last.value(),
                              right.id.value(), right.lsns.first.value()));
  }
}

void Life::verify() {
  const auto report = wal_->verify();
  if (!holds(report, "verify", io::Code::not_found)) return;
  figures_.verifications.fetch_add(1, std::memory_order_relaxed);
  for (const Hole& hole : report->damage.holes) findings_.add("verify: damage: " + hole.why);
}

void Life::copy(std::size_t) {
  Dice dice = dice_of("copier", 0);
  while (!is_over()) {
    const auto copied = wal_->checkpoint(kCopy);
    if (holds(copied, "checkpoint")) judge_copy(*copied);
    pause(dice, 200ms);
  }
}

// It opens by itself and holds what was said, whatever its log did meanwhile.
void Life::judge_copy(const Checkpoint& copy) {
  {
    Options options = plan_.options;
    options.directory = kCopy;
    auto opened = Wal::open(world_, std::move(options));
    if (holds(opened, "open checkpoint")) {
      const Sequence sequence = read_all(opened->wal, Position::start());
      if (opened->info.last != copy.last || (sequence.last() != Lsn{} && sequence.last() != copy.last)) {
        findings_.add(
            fmt::format("a checkpoint up to record {} opens with records up to {}, and shows them up to {}",
                        copy.last.value(), opened->info.last.value(), sequence.last().value()));
      }
    }
  }
  remove_copy();
  figures_.checkpoints.fetch_add(1, std::memory_order_relaxed);
}

void Life::remove_copy() {
  const auto names = world_.files.list(kCopy);
  if (!holds(names, "list checkpoint")) return;
  for (const std::string& name : *names)
    holds(world_.files.remove(fmt::format("{}/{}", kCopy, name)), "remove checkpoint");
  holds(world_.files.remove(kCopy), "remove checkpoint");
}

}  // namespace wallop::wal::stress
