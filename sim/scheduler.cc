// SPDX-License-Identifier: Apache-2.0
// Who runs next, and what time it is then.
#include "sim/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ensure.h"
#include "base/units.h"

namespace wallop::sim {
namespace {

// About what a yield costs on a real machine.
constexpr io::Duration kRelaxDuration = std::chrono::microseconds(1);
// Fibre 0 at the end of run().
constexpr std::string_view kOthers = "the other fibres to finish";

std::string in_lines(const std::vector<FibreState>& states) {
  std::string lines;
  for (const FibreState& state : states)
    lines += fmt::format("{}fibre {} ({}) {}", lines.empty() ? "" : "\n", state.id, state.name, state.doing);
  return lines;
}

}  // namespace

Scheduler::Task::Task(FibreId number, std::string_view task_name, Stack task_stack, Scheduler* owner)
    : id(number),
      name(task_name),
      scheduler(owner),
      stack(task_stack),
      fibre(std::in_place, task_stack, &fibre_body, this) {}

Scheduler::Scheduler(const SchedulerOptions& options)
    : now_(options.begin),
      step_stop_(std::min(options.step_max, options.quiet_step_max)),
      step_max_(options.step_max),
      quiet_step_max_(options.quiet_step_max),
      unwind_step_max_(options.unwind_step_max),
      schedule_(options.schedule),
      chooser_(options.chooser),
      stacks_(options.stacks != nullptr ? options.stacks : &own_stacks_) {
  main_.fibre.emplace();
  base::ensure(schedule_ == Schedule::run_to_block || chooser_ != nullptr, "a drawn schedule has a chooser");
  if (schedule_ != Schedule::pct) return;
  pct_.emplace(options.pct_depth, options.pct_length, *chooser_);
  pct_->add(kMainFibre);
}

Scheduler::~Scheduler() {
  base::ensure(current_ == kMainFibre, "a world is taken down by the fibre that made it");
  if (live_count_ > 0) end();
  wait_for_others();
  for (const auto& spawned : spawned_) release(*spawned);
}

void Scheduler::sleep_until(io::Instant deadline) {
  step();
  fall_asleep(deadline);
}

void Scheduler::relax() {
  Task& me = task(current_);
  me.relaxes = true;
  ++relax_count_;
  step();
  fall_asleep(now_ + kRelaxDuration);
  me.relaxes = false;
}

void Scheduler::fall_asleep(io::Instant deadline) {
  if (ended_) return give_turn();
  if (deadline <= now_) return preempt();
  // Alone until then: nobody to switch to.
  if (ready_.empty() && (timers_.empty() || deadline < timers_.top().at)) {
    now_ = deadline;
    return;
  }
  Task& me = task(current_);
  me.state = State::sleeping;
  timers_.add(me.id, deadline);
  block();
}

Woken Scheduler::park(const WaitReason& reason) {
  Task& me = task(current_);
  me.reason = &reason;
  step();
  if (ended_) {
    give_turn();
    me.woken = Woken::ended;
  } else {
    me.state = State::parked;
    block();
  }
  me.reason = nullptr;
  return me.woken;
}

Woken Scheduler::park_until(const WaitReason& reason, io::Instant deadline) {
  // A deadline that has passed lets the others run all the same: the caller may be polling.
  if (!ended_) timers_.add(current_, std::max(deadline, now_));
  return park(reason);
}

bool Scheduler::wake(FibreId id) {
  Task& woken = task(id);
  if (woken.state != State::parked) return false;
  timers_.remove(id);
  make_ready(woken, Woken::woken);
  return true;
}

FibreId Scheduler::spawn(std::string_view name, std::function<void()> body) {
  const auto id = static_cast<FibreId>(spawned_.size() + 1);
  spawned_.push_back(std::make_unique<Task>(id, name, stacks_->take(), this));
  spawned_.back()->body = std::move(body);
  ++live_count_;
  if (pct_) pct_->add(id);
  ready_.push(id);
  point();
  return id;
}

void Scheduler::join(FibreId id) {
  Task& other = task(id);
  base::ensure(other.joiner == kNoFibre, "a fibre is joined once");
  other.joiner = current_;
  point();
  while (other.state != State::done) park({"thread", id, id});
  release(other);
}

Ending Scheduler::run(const std::function<void()>& main_body) {
  base::ensure(current_ == kMainFibre, "run() is called by the fibre that made the world");
  main_body();
  wait_for_others();
  return ending_;
}

void Scheduler::end() {
  finish_world(Ending::ended);
}

std::vector<FibreState> Scheduler::states() const {
  return ended_ ? states_at_end_ : states_now();
}

std::string Scheduler::describe_waits() const {
  return in_lines(states());
}

void Scheduler::fibre_body(void* argument) {
  Task& me = *static_cast<Task*>(argument);
  me.body();
  me.body = nullptr;  // What it captured goes here, where it may still call through the seam.
  me.scheduler->finish(me);
}

void Scheduler::finish(Task& me) {
  me.state = State::done;
  --live_count_;
  if (pct_) pct_->remove(me.id);
  if (me.joiner != kNoFibre) wake(me.joiner);
  if (live_count_ == 0 && main_.state == State::parked && main_.reason->what == kOthers) wake(kMainFibre);
  current_ = next();
  me.fibre->leave_for(*task(current_).fibre);
}

void Scheduler::release(Task& finished) {
  base::ensure(finished.state == State::done, "only a fibre that is done gives its stack back");
  if (!finished.fibre) return;
  finished.fibre.reset();
  stacks_->give(finished.stack);
}

// In an ended world each round gives every fibre a turn; the step bound of unwinding limits the rounds.
void Scheduler::wait_for_others() {
  while (live_count_ > 0) park({kOthers});
}

void Scheduler::exceed_steps() {
  if (!ended_) {
    if (step_count_ > step_max_) return finish_world(Ending::step_bound);
    if (!made_progress()) return finish_world(Ending::livelock);
    step_stop_ = std::min(step_max_, step_count_ + quiet_step_max_);
    return;
  }
  const std::string message =
      fmt::format("the fibres of an ended world unwind within {} steps; still alive:\n{}\nwhen it ended:\n{}",
                  unwind_step_max_, in_lines(states_now()), in_lines(states_at_end_));
  base::ensure_failed(message.c_str(), std::source_location::current());
}

// Something came to pass since the last look, or will: an entry in the journal; a fibre that sleeps until
// something is due; time that went by, where it is not spinning that moved it.
bool Scheduler::made_progress() {
  const std::uint64_t counted = progress_count_ ? progress_count_() : 0;
  const bool is_spinning = (relax_count_ - std::exchange(relax_seen_, relax_count_)) * 2 >= quiet_step_max_;
  const bool has_time_passed = std::exchange(time_seen_, now_) != now_;
  const auto is_asleep = [](const Task& task) { return task.state == State::sleeping && !task.relaxes; };
  return counted != std::exchange(progress_seen_, counted) || (has_time_passed && !is_spinning) ||
         is_asleep(main_) ||
         std::ranges::any_of(spawned_, [&](const auto& spawned) { return is_asleep(*spawned); });
}

void Scheduler::preempt() {
  if (schedule_ == Schedule::run_to_block || ended_) return;
  if (pct_) pct_->reach(step_count_, current_);
  if (ready_.empty()) return;
  std::size_t index = 0;
  if (pct_) {
    index = pct_->highest(ready_);
    if (pct_->is_above(current_, ready_[index])) return;
  } else {
    const std::uint64_t answer = ask(ready_.size() + 1);
    if (answer == 0) return;
    index = answer - 1;
  }
  const FibreId id = ready_.take(index);
  ready_.push(current_);
  resume(id);
}

// The current fibre has been entered wherever it will be woken from. Inlined, as resume(), for the reason
// that fibre.h gives.
[[gnu::always_inline]] inline void Scheduler::block() {
  resume(next());
}

// In an ended world: whoever is waited for must be able to get on.
void Scheduler::give_turn() {
  ready_.push(current_);
  resume(ready_.pop());
}

FibreId Scheduler::next() {
  if (ready_.empty()) advance();
  if (schedule_ == Schedule::run_to_block || ended_) return ready_.pop();
  if (pct_) {
    pct_->reach(step_count_, current_);
    return ready_.take(pct_->highest(ready_));
  }
  return ready_.take(ask(ready_.size()));
}

std::uint64_t Scheduler::ask(std::uint64_t option_count) {
  return chooser_->choose({"schedule.next", current_, task(current_).question_count++}, option_count);
}

[[gnu::always_inline]] inline void Scheduler::resume(FibreId id) {
  if (id == current_) return;
  Task& from = task(std::exchange(current_, id));
  from.fibre->switch_to(*task(id).fibre);
}

void Scheduler::make_ready(Task& task, Woken woken) {
  task.state = State::runnable;
  task.woken = woken;
  ready_.push(task.id);
}

// Nobody can run: on to the earliest deadline, and all that share it.
void Scheduler::advance() {
  if (timers_.empty()) return finish_world(Ending::deadlock);
  now_ = timers_.top().at;
  while (!timers_.empty() && timers_.top().at == now_) make_ready(task(timers_.pop()), Woken::timed_out);
}

void Scheduler::finish_world(Ending why) {
  if (ended_) return;
  states_at_end_ = states_now();
  ended_ = true;
  ending_ = why;
  step_stop_ = step_count_ + unwind_step_max_;
  timers_.clear();
  const auto release_waiter = [this](Task& waiter) {
    if (waiter.state == State::parked || waiter.state == State::sleeping) make_ready(waiter, Woken::ended);
  };
  release_waiter(main_);
  for (const auto& spawned : spawned_) release_waiter(*spawned);
}

std::vector<FibreState> Scheduler::states_now() const {
  std::vector<FibreState> states{{main_.id, main_.name, describe(main_)}};
  for (const auto& spawned : spawned_) {
    if (spawned->state != State::done) states.push_back({spawned->id, spawned->name, describe(*spawned)});
  }
  return states;
}

std::string Scheduler::describe(const Task& task) const {
  std::string line;
  if (task.relaxes) {
    line = "spins";
  } else if (task.state == State::sleeping) {
    line = "sleeps";
  } else if (task.reason != nullptr) {
    line = task.state == State::parked ? "waits for " : "polls for ";
    line += describe(*task.reason);
  } else {
    line = task.id == current_ ? "runs" : "is runnable";
  }
  if (const TimerQueue::Timer* timer = timers_.find(task.id))
    line += " until " + base::to_text(timer->at.time_since_epoch());
  return line;
}

std::string Scheduler::describe(const WaitReason& reason) const {
  std::string text(reason.what);
  if (reason.subject != 0) text += fmt::format(" {}", reason.subject);
  if (reason.holder != kNoFibre)
    text += fmt::format(", held by fibre {} ({})", reason.holder, name(reason.holder));
  return text;
}

}  // namespace wallop::sim
