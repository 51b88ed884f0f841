// SPDX-License-Identifier: Apache-2.0
// Scheduler: the fibres of one world and its virtual clock. One fibre runs at a time; time advances only when
// nobody can run, straight to the earliest deadline.
//
// Fibre 0 is whoever made the world, on its own stack: a world without threads never switches, and sleeping
// in it is an addition. Everything below may be called inside run() or, as fibre 0, without it.
//
// A world *ends* early where it cannot go on (deadlock, livelock, step bound) or must not (end()). Nothing is
// killed:
// every wait then returns at once, after the other fibres had a turn, and the fibres have to unwind by
// themselves within a second bound. One that does not is our bug or the engine's, and stops the process with
// its name.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/choices.h"
#include "io/time.h"
#include "sim/fibre.h"
#include "sim/pct.h"
#include "sim/ready_queue.h"
#include "sim/timer_queue.h"

namespace wallop::sim {

inline constexpr FibreId kMainFibre = 0;
inline constexpr FibreId kNoFibre = ~FibreId{0};

enum class Ending : std::uint8_t {
  finished,    // Every fibre ran to its end.
  deadlock,    // Nobody could run and nobody waited for time.
  livelock,    // Fibres ran and ran, and nothing came of it.
  step_bound,  // More steps than allowed.
  ended,       // Somebody called end().
};

enum class Schedule : std::uint8_t {
  run_to_block,  // Calm: a fibre runs until it waits; then the one that has been runnable longest.
  seeded,        // At each scheduling point the chooser says who runs.
  pct,           // By priorities that the chooser draws (pct.h).
};

struct SchedulerOptions {
  // Scheduling points, waits and looks at the clock in all. Long runs need more.
  std::uint64_t step_max = 1'000'000'000;
  // Steps in which nothing came to pass: a livelock (`made_progress()` says what counts).
  std::uint64_t quiet_step_max = 5'000'000;
  // What an ended world may still take to unwind.
  std::uint64_t unwind_step_max = 1'000'000;
  Schedule schedule = Schedule::run_to_block;
  // Of a seeded schedule: asked {"schedule.next", the fibre at the point, its how-manieth}. At a point 0 lets
  // the fibre go on; when it waits 0 is the one that has been runnable longest. Of PCT: asked as pct.h says.
  base::Chooser* chooser = nullptr;
  std::uint64_t pct_depth = 3;
  std::uint64_t pct_length = 1'000;  // Steps over which PCT spreads its change points.
  io::Instant begin{};               // What the clock shows at first.
  // Stacks for the fibres, for many worlds one after the other; without, the world has a pool of its own.
  StackPool* stacks = nullptr;
};

// What a fibre waits for, as verdicts show it: "mutex 3, held by fibre 1 (writer)".
struct WaitReason {
  std::string_view what;      // A literal: "mutex", "cond var", "thread".
  std::uint64_t subject = 0;  // Which one.
  FibreId holder = kNoFibre;  // Who would have to give it.
};

// A fibre that lives, and what it is at: "waits for mutex 3, held by fibre 1 (writer)".
struct FibreState {
  FibreId id = kMainFibre;
  std::string name;
  std::string doing;
};

enum class Woken : std::uint8_t { woken, timed_out, ended };

class Scheduler {
 public:
  explicit Scheduler(const SchedulerOptions& options = {});
  // On fibre 0. Ends the world and unwinds what still lives (a main body that threw).
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Virtual; starts at SchedulerOptions::begin. No step: for the simulator's own use. Engines ask sim::Clock.
  [[nodiscard]] io::Instant now() const { return now_; }
  [[nodiscard]] FibreId current() const { return current_; }
  [[nodiscard]] const std::string& name(FibreId id) const { return task(id).name; }
  [[nodiscard]] std::uint64_t step_count() const { return step_count_; }

  // Counts one step against the bound.
  void step() {
    if (++step_count_ > step_stop_) [[unlikely]]
      exceed_steps();
  }
  // A scheduling point: another fibre may run before this returns.
  void point() {
    step();
    if (schedule_ != Schedule::run_to_block) [[unlikely]]
      preempt();
  }
  // Blocks the current fibre in virtual time. A deadline that is not in the future is a point().
  void sleep_until(io::Instant deadline);
  // The body of a spin: waits a microsecond, so that whoever is waited for gets the processor, and time.
  void relax();

  // Blocks the current fibre until somebody wakes it, or the deadline. The caller has entered itself where
  // the waker will look.
  Woken park(const WaitReason& reason);
  Woken park_until(const WaitReason& reason, io::Instant deadline);
  // Makes a parked fibre runnable, behind those that are. False where it is not parked any more: its deadline
  // or the world's end came first.
  bool wake(FibreId id);

  // The new fibre is runnable; the current one goes on, as far as the schedule lets it. `body` must not
  // throw.
  FibreId spawn(std::string_view name, std::function<void()> body);
  // Returns when that fibre is done, also in an ended world: its stack may refer to the caller's. At most one
  // fibre may join another.
  void join(FibreId id);

  // Runs `main_body` as fibre 0 and returns when it and all others are done. What it throws passes through.
  Ending run(const std::function<void()>& main_body);

  // The world is over: all waits return from now on.
  void end();
  [[nodiscard]] bool ended() const { return ended_; }
  // finished unless the world ended.
  [[nodiscard]] Ending ending() const { return ending_; }
  // Each fibre that lives. In an ended world, as it was when it ended.
  [[nodiscard]] std::vector<FibreState> states() const;
  // The same, a line each: "fibre 2 (reader) waits for thread 1".
  [[nodiscard]] std::string describe_waits() const;
  // How much has come to pass, where somebody counts it: asked when nothing else shows progress.
  void count_progress(std::function<std::uint64_t()> count) { progress_count_ = std::move(count); }

 private:
  enum class State : std::uint8_t { runnable, parked, sleeping, done };

  struct Task {
    Task() = default;
    Task(FibreId number, std::string_view task_name, Stack task_stack, Scheduler* owner);

    FibreId id = kMainFibre;
    State state = State::runnable;
    bool relaxes = false;  // It sleeps because it spins.
    Woken woken = Woken::woken;
    FibreId joiner = kNoFibre;
    const WaitReason* reason = nullptr;  // On the fibre's own stack, while it is in park().
    std::uint64_t question_count = 0;
    std::string name = "main";
    std::function<void()> body;
    Scheduler* scheduler = nullptr;
    Stack stack;
    std::optional<Fibre> fibre;  // Until its stack is given back.
  };

  Task& task(FibreId id) { return id == kMainFibre ? main_ : *spawned_[id - 1]; }
  [[nodiscard]] const Task& task(FibreId id) const { return id == kMainFibre ? main_ : *spawned_[id - 1]; }

  static void fibre_body(void* argument);
  [[noreturn]] void finish(Task& me);
  void release(Task& finished);
  void wait_for_others();

  void exceed_steps();
  bool made_progress();
  void fall_asleep(io::Instant deadline);
  void preempt();
  void block();
  void give_turn();
  FibreId next();
  std::uint64_t ask(std::uint64_t option_count);
  void resume(FibreId id);
  void make_ready(Task& task, Woken woken);
  void advance();
  void finish_world(Ending why);
  [[nodiscard]] std::vector<FibreState> states_now() const;
  [[nodiscard]] std::string describe(const Task& task) const;
  [[nodiscard]] std::string describe(const WaitReason& reason) const;

  io::Instant now_{};
  std::uint64_t step_count_ = 0;
  std::uint64_t step_stop_;  // The next look at the bounds.
  std::uint64_t step_max_, quiet_step_max_, unwind_step_max_;
  Schedule schedule_;
  Ending ending_ = Ending::finished;
  bool ended_ = false;
  FibreId current_ = kMainFibre;
  std::uint32_t live_count_ = 0;  // Spawned and not done.
  base::Chooser* chooser_;
  std::optional<Pct> pct_;
  StackPool own_stacks_;
  StackPool* stacks_;
  ReadyQueue ready_;
  TimerQueue timers_;
  Task main_;
  std::vector<std::unique_ptr<Task>> spawned_;  // Fibre n stands at n - 1.
  std::vector<FibreState> states_at_end_;
  std::function<std::uint64_t()> progress_count_;
  // At the last look at the bounds.
  std::uint64_t progress_seen_ = 0, relax_count_ = 0, relax_seen_ = 0;
  io::Instant time_seen_{};
};

}  // namespace wallop::sim
