// SPDX-License-Identifier: Apache-2.0
// How a life begins and ends, and the verdict over what it leaves.
#include "wal/stress/life.h"

#include <fmt/format.h>

#include <mutex>
#include <utility>

namespace wallop::wal::stress {

Life::Life(io::World& world, LifePlan plan, std::vector<WriterState>& writers, Figures& figures,
           Findings& findings)
    : world_(world),
      plan_(std::move(plan)),
      writers_(writers),
      figures_(figures),
      findings_(findings),
      follow_gate_(world.threads.make_mutex()),
      shown_(kFollowerCount) {}

std::optional<Opened> Life::open() {
  Options options = plan_.options;
  options.on_poisoned = [this](const io::Error& error) { findings_.add("poisoned: " + io::describe(error)); };
  auto opened = Wal::open(world_, std::move(options));
  if (opened) return std::move(*opened);
  findings_.add("open: " + io::describe(opened.error()));
  return std::nullopt;
}

void Life::run() {
  auto opened = open();
  if (!opened) return;
  wal_.emplace(std::move(opened->wal));
  spawn(threads_, "writer", kWriterCount, &Life::write);
  spawn(threads_, "reader", kReaderCount, &Life::read);
  spawn(threads_, "caretaker", kCaretakerCount, &Life::take_care);
  spawn(threads_, "deleter", 1, &Life::remove);
  spawn(threads_, "copier", 1, &Life::copy);
  spawn(followers_, "follower", kFollowerCount, &Life::follow);
  world_.clock.sleep_until(world_.clock.now() + plan_.length);
  end();
  ++figures_.lives;
  judge_opened();
}

void Life::spawn(Running& into, std::string_view name, std::size_t count, void (Life::*body)(std::size_t)) {
  for (std::size_t i = 0; i < count; ++i)
    into.push_back(world_.threads.spawn(name, [this, i, body] { (this->*body)(i); }));
}

// Closed while every thread goes on. Abandoned once nobody but the followers has a call under way, which an
// object that is destroyed would not bear.
void Life::end() {
  {
    const std::unique_lock gate(*follow_gate_);
    is_over_.store(true, std::memory_order_relaxed);
  }
  if (plan_.ending == Ending::closed) {
    holds(wal_->close(), "close");
  }
  threads_.clear();
  figures_.rotations += wal_->stats().rotation_count;
  wal_.reset();
  followers_.clear();
}

void Life::judge_opened() {
  auto opened = open();
  if (!opened) return;
  const Sequence log = read_all(opened->wal, Position::start());
  findings_.add(log.end());
  if (log.last() != Lsn{} && log.last() != opened->info.last) {
    findings_.add(fmt::format("an open found records up to {}, a reader shows them up to {}",
                              opened->info.last.value(), log.last().value()));
  }
  judge_followers(opened->info.last);
  const Lsn oldest = log.last() == Lsn{} ? opened->info.last.next() : log.first();
  for (std::size_t i = 0; i < kWriterCount; ++i) {
    WriterState& state = writers_[i];
    findings_.add(judge_survival(log, oldest, i, state.written, plan_.ending));
    // What was appended, and neither promised nor found, is gone: its numbers come again.
    const Found found = log.last_of(i);
    const Found last = found.number > 0 ? found : state.written.acknowledged;
    state = {last.number + 1, {last, last}};
  }
}

// What was shown has survived: the end of a process takes nothing that is written. And where the log was
// closed, a follower shows all of it first.
void Life::judge_followers(Lsn last) {
  for (const Shown& shown : shown_) {
    const bool holds =
        shown.last <= last && (plan_.ending != Ending::closed || !shown.saw_end || shown.last == last);
    if (holds) continue;
    findings_.add(
        fmt::format("a follower showed records up to {} before it was told of the end; the log has them up "
                    "to {}",
                    shown.last.value(), last.value()));
  }
}

bool Life::holds(const io::Status& status, std::string_view what, std::optional<io::Code> also) {
  if (status) return true;
  const io::Code code = status.error().code;
  const bool is_end = code == io::Code::closed && is_over();
  if (!is_end && code != also) findings_.add(fmt::format("{}: {}", what, io::describe(status.error())));
  return false;
}

Dice Life::dice_of(std::string_view role, std::size_t index) const {
  return Dice(plan_.seed ^ base::site_number(role) ^ (index << 32));
}

void Life::pause(Dice& dice, std::chrono::microseconds at_most) {
  const std::chrono::microseconds length(dice.below(static_cast<std::uint64_t>(at_most.count())));
  world_.clock.sleep_until(world_.clock.now() + length);
}

}  // namespace wallop::wal::stress
