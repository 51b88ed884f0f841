// SPDX-License-Identifier: Apache-2.0
// Pipeline: the one way that every operation of the simulated file system goes.
//
//   scheduling point -> ended? -> writeback up to now -> Op -> plan, by its libfiu point -> change what is
//     visible -> journal: begin -> device time -> journal: end -> tell the plan what was felt -> what the
//     caller is told
//
// What surprises: the change comes before the time. From its begin on an operation is visible to the other
// fibres and pending for a crash; that it takes until its end only decides when its caller goes on. An
// operation that fails, by itself or by a fault, changes nothing (but for a write that fits in part); it
// takes time all the same.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "faults/plan.h"
#include "io/result.h"
#include "sim/clock.h"
#include "sim/device.h"
#include "sim/journal.h"
#include "sim/machine.h"
#include "sim/processors.h"
#include "sim/scheduler.h"
#include "sim/writeback.h"

namespace wallop::sim {

// What the caller asks for.
struct Request {
  faults::Verb verb = faults::Verb::open;
  std::string_view action;  // A literal, for errors.
  std::string_view path;    // As the engine named it; outlives the operation.
  ObjectId object = kNoObject;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  bool creates = false;  // As faults::Op has it.
};

// What the device and the processor have to do for it.
struct Cost {
  enum class Command : std::uint8_t { none, read, write, flush };

  Command command = Command::none;
  std::uint64_t device_bytes = 0;
  std::uint64_t copied_bytes = 0;      // Between the engine and memory.
  std::uint64_t sent_first_bytes = 0;  // Of a read past the cache: what was dirty there.
  io::Instant changed = io::Instant::min(), sent_until = io::Instant::min();  // Of a flush: see Flushing.
  bool soils = false;                                                         // Pages became dirty.
};

// An operation under way: what its verb fills in.
struct Running {
  std::optional<faults::Op> op;          // As a plan was asked about it.
  std::optional<faults::Answer> answer;  // What it said.
  Entry entry;                           // Its begin, until it is journalled.
  OpEnd end;                             // From then on.
  io::Instant started;
  io::Duration throttled{};  // What a fault's limit held its command up.
  Cost cost;
  std::uint64_t given_bytes = 0;  // Of a read.
  bool is_injected = false;  // What the caller is told goes back to a fault, of this operation or before.

  [[nodiscard]] OpBegin& begin() { return *std::get_if<OpBegin>(&entry.what); }
  // The errno that a fault gives it; 0 without one.
  [[nodiscard]] int injected_error() const { return answer ? answer->effect.os_error : 0; }
  // A fault keeps it from the medium, whatever the caller is told.
  [[nodiscard]] bool reaches_nothing() const {
    return answer && answer->effect.reach == faults::Reach::nothing;
  }
};

class Pipeline {
 public:
  // All outlive this. `counts`: what went before.
  Pipeline(Scheduler& scheduler, Device& device, Writeback& writeback, CpuTime& cpus, WallClock& wall,
           Journal& journal, faults::Plan& plan, OperationCounts counts = {});

  [[nodiscard]] const OperationCounts& counts() const { return counts_; }

  // The scheduling point in front of each call. False: the world has ended, and nothing may be done or
  // journalled.
  [[nodiscard]] bool enter() {
    scheduler_.point();
    return !scheduler_.ended();
  }
  // What a call in an ended world returns.
  [[nodiscard]] static io::Failure world_ended(std::string_view action, std::string_view path);

  // Does what is asked, right after enter(). `apply(Running&)` changes what is visible, notes in the begin
  // what that was, and returns 0 or an errno; where a fault has an error for the operation, `fail(Running&)`
  // is called instead and returns what the caller is told. `finish(Running&, errno)` has the last word on
  // that, once the device is done.
  template <class Apply, class Fail, class Finish>
  [[nodiscard]] io::Status run(const Request& request, Apply&& apply, Fail&& fail, Finish&& finish) {
    Running running;
    prepare(request, running);
    const int os_error = running.injected_error() == 0 ? apply(running) : fail(running);
    if (!carry_out(running)) return world_ended(request.action, request.path);
    return conclude(request, running, finish(running, os_error));
  }
  template <class Apply, class Fail>
  [[nodiscard]] io::Status run(const Request& request, Apply&& apply, Fail&& fail) {
    return run(request, std::forward<Apply>(apply), std::forward<Fail>(fail),
               [](Running&, int os_error) { return os_error; });
  }
  template <class Apply>
  [[nodiscard]] io::Status run(const Request& request, Apply&& apply) {
    return run(request, apply, [&](Running& running) {
      if (!running.reaches_nothing()) apply(running);  // It is done, and fails all the same.
      return running.injected_error();
    });
  }

  // How many operations have begun and not ended.
  [[nodiscard]] std::uint64_t under_way_count() const { return under_way_count_; }

  // Clean pages of a file were dropped from memory.
  void note_evicted(const Evicted& evicted) {
    journal_.add(Entry{scheduler_.now(), scheduler_.current(), evicted});
  }

 private:
  void prepare(const Request& request, Running& running);
  void ask_plan(const Request& request, Running& running);
  void count(faults::Op& op);
  void take_effect(const faults::Effect& effect);
  bool carry_out(Running& running);
  io::Status conclude(const Request& request, Running& running, int os_error);
  [[nodiscard]] io::Instant due(Running& running);
  [[nodiscard]] io::Instant due_of_command(const Cost& cost, const Slowness& slow);
  void hold_writer();
  void wait_until(io::Instant due, Cost::Command command);

  Scheduler& scheduler_;
  Device& device_;
  Writeback& writeback_;
  CpuTime& cpus_;
  WallClock& wall_;
  Journal& journal_;
  faults::Plan& plan_;
  OperationCounts counts_;
  std::uint64_t under_way_count_ = 0;
};

}  // namespace wallop::sim
