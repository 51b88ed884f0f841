// SPDX-License-Identifier: Apache-2.0
// Numbers, faults, the journal and time of each operation.
#include "sim/operation.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "faults/points.h"

namespace wallop::sim {
namespace {

// As triggers match it: relative to the world's root.
std::string_view relative(std::string_view path) {
  while (path.starts_with('/') || path.starts_with("./")) path.remove_prefix(path.front() == '/' ? 1 : 2);
  return path;
}

// The part of an operation's time that its own faults caused. The slow part is a share of what is left when
// waits are taken off; queueing behind others counts into it.
io::Duration added_wait(const Running& running, io::Duration took) {
  const Slowness slow = Slowness::of(running.answer->effect);
  const io::Duration stalled = std::clamp(slow.stalled_until - running.started, io::Duration::zero(), took);
  const io::Duration extra = std::min(slow.extra_wait + running.throttled, took - stalled);
  const io::Duration served = took - stalled - extra;
  return stalled + extra + (served - served / static_cast<std::int64_t>(slow.slowdown));
}

io::Failure failure_of(const Request& request, int os_error, bool injected) {
  io::Failure failed = io::failure(os_error, request.action, request.path, request.offset);
  failed.error().injected = injected;
  // "fd is bound to a special file which does not support synchronization" (fsync(2)): as the POSIX world has
  // it.
  if (os_error == EINVAL && request.action.starts_with("sync")) failed.error().code = io::Code::unsupported;
  return failed;
}

}  // namespace

Pipeline::Pipeline(Scheduler& scheduler, Device& device, Writeback& writeback, CpuTime& cpus, WallClock& wall,
                   Journal& journal, faults::Plan& plan, OperationCounts counts)
    : scheduler_(scheduler),
      device_(device),
      writeback_(writeback),
      cpus_(cpus),
      wall_(wall),
      journal_(journal),
      plan_(plan),
      counts_(std::move(counts)) {}

io::Failure Pipeline::world_ended(std::string_view action, std::string_view path) {
  return io::failure(io::Code::world_ended, action, path, {});
}

void Pipeline::prepare(const Request& request, Running& running) {
  writeback_.catch_up(scheduler_.now());
  OpBegin& begin = running.begin();
  begin.op = ++counts_.all;
  begin.verb = request.verb;
  begin.object = request.object;
  begin.offset = request.offset;
  begin.bytes = request.bytes;
  running.entry.at = scheduler_.now();
  running.entry.fibre = scheduler_.current();
  if (!plan_.empty()) [[unlikely]]
    ask_plan(request, running);
}

void Pipeline::ask_plan(const Request& request, Running& running) {
  faults::Op& op = running.op.emplace();
  op.verb = request.verb;
  op.path = relative(request.path);
  op.id = counts_.all;
  op.offset = request.offset;
  op.bytes = request.bytes;
  op.at = scheduler_.now();
  op.creates = request.creates;
  count(op);
  running.answer = faults::pass(plan_, op);
  if (!running.answer) return;
  for (const std::uint32_t fault : running.answer->fired)
    journal_.add(Entry{running.entry.at, running.entry.fibre, FaultFired{op.id, fault}});
  running.begin().effect = std::make_shared<const faults::Effect>(running.answer->effect);
  running.is_injected = running.injected_error() != 0;
  take_effect(running.answer->effect);
}

void Pipeline::count(faults::Op& op) {
  const auto verb = static_cast<std::size_t>(op.verb);
  op.device_ordinal = ++counts_.on_device[verb];
  if (plan_.counts_files()) {
    auto counts = counts_.on_file.find(op.path);
    if (counts == counts_.on_file.end()) counts = counts_.on_file.try_emplace(std::string(op.path)).first;
    op.file_ordinal = ++counts->second[verb];
  }
  if (plan_.counts_blocks())
    op.block_ordinal = ++counts_.in_block[{std::string(op.path), op.offset / faults::kBlockBytes}][verb];
}

// What outlasts the operation.
void Pipeline::take_effect(const faults::Effect& effect) {
  if (effect.slow_until) device_.slow_down(Slowness::of(effect), *effect.slow_until);
  wall_.step += effect.wall_step;
  if (effect.wall_frozen_until) wall_.freeze(scheduler_.now(), *effect.wall_frozen_until);
}

// Journals its begin and waits for the device. False: the world ended meanwhile, and the operation never
// ends.
bool Pipeline::carry_out(Running& running) {
  const OpBegin& begin = running.begin();
  running.started = running.entry.at;
  running.end = {begin.op, begin.verb, begin.object, 0, running.given_bytes};
  ++under_way_count_;
  journal_.add(std::move(running.entry));
  wait_until(due(running), running.cost.command);
  if (running.cost.soils) hold_writer();
  return !scheduler_.ended();
}

io::Status Pipeline::conclude(const Request& request, Running& running, int os_error) {
  running.end.os_error = os_error;
  --under_way_count_;
  journal_.add(Entry{scheduler_.now(), scheduler_.current(), running.end});
  if (running.answer) [[unlikely]] {
    if (os_error == 0) running.answer->failed_by.reset();
    plan_.felt(*running.answer, *running.op, added_wait(running, scheduler_.now() - running.started));
  }
  if (os_error == 0) return {};
  return failure_of(request, os_error, running.is_injected);
}

io::Instant Pipeline::due(Running& running) {
  const Slowness slow = running.answer ? Slowness::of(running.answer->effect) : Slowness{};
  const io::Instant now = scheduler_.now();
  if (running.cost.command != Cost::Command::none) {
    const io::Instant due = due_of_command(running.cost, slow);
    if (slow.has_limit()) running.throttled = device_.throttled();
    return due;
  }
  const io::Duration copy = device_.copy_cost(running.cost.copied_bytes);
  // In memory alone: a fault that picks it slows the copy, and a stall that it begins holds it as well.
  if (slow == Slowness{}) [[likely]]
    return cpus_.occupy(now, copy);
  device_.stall(slow.stalled_until);
  return std::max(now + copy * static_cast<std::int64_t>(slow.slowdown) + slow.extra_wait,
                  slow.stalled_until);
}

io::Instant Pipeline::due_of_command(const Cost& cost, const Slowness& slow) {
  const io::Instant now = scheduler_.now();
  const io::Duration copy = device_.copy_cost(cost.copied_bytes);
  switch (cost.command) {
    case Cost::Command::read: {
      const io::Instant written =
          cost.sent_first_bytes == 0 ? now : device_.write(now, cost.sent_first_bytes);
      return std::max(written, device_.read(now, cost.device_bytes, slow) + copy);
    }
    case Cost::Command::write:
      return device_.write(now, cost.device_bytes, slow) + copy;
    case Cost::Command::flush:
      return device_.flush(now, {cost.device_bytes, cost.changed, cost.sent_until}, slow) + copy;
    case Cost::Command::none:
      break;
  }
  return now + copy;
}

// Where there is too much that is dirty, until writeback has brought it down (balance_dirty_pages). Each
// round waits for a piece to be written.
void Pipeline::hold_writer() {
  writeback_.soiled(scheduler_.now());
  while (writeback_.holds_writers() && !scheduler_.ended()) {
    scheduler_.sleep_until(std::max(writeback_.next(), scheduler_.now()));
    writeback_.catch_up(scheduler_.now());
  }
}

// Each stall that begins meanwhile holds a command of the device once more; there are as many as operations
// begin.
void Pipeline::wait_until(io::Instant due, Cost::Command command) {
  while (due > scheduler_.now() && !scheduler_.ended()) {
    scheduler_.sleep_until(due);
    if (command != Cost::Command::none) due = device_.held(due);
  }
}

}  // namespace wallop::sim
