// SPDX-License-Identifier: Apache-2.0
// Channels, the transfer path, flushes that share, stalls.
#include "sim/device.h"

#include <algorithm>

#include "base/ensure.h"
#include "sim/scaled.h"

namespace wallop::sim {
namespace {

constexpr io::Duration kSecond = std::chrono::seconds(1);

io::Duration times(io::Duration cost, std::uint64_t factor) {
  return cost * static_cast<std::int64_t>(factor);
}

bool free_of_cost(const CommandSpec& command) {
  const LatencyCurve latency(command.latency);
  return latency.constant() && latency.at(0) == io::Duration::zero() && command.bytes_per_second.value == 0;
}

bool free_of_cost(const FlushSpec& flush) {
  const LatencyCurve latency(flush.latency);
  return latency.constant() && latency.at(0) == io::Duration::zero() && DirtyCurve(flush).free();
}

bool free_of_cost(const LimitSpec& limits) {
  return limits.operations_per_second == 0 && limits.bytes_per_second.value == 0;
}

}  // namespace

void DeviceUse::add(const DeviceUse& other) {
  busy += other.busy;
  read_count += other.read_count;
  write_count += other.write_count;
  flush_count += other.flush_count;
  commit_count += other.commit_count;
  read_bytes += other.read_bytes;
  write_bytes += other.write_bytes;
}

Device::Device(const DeviceSpec& spec, base::Draws& draws, const Disturbance& disturbance)
    : draws_(draws),
      instant_(free_of_cost(spec.read) && free_of_cost(spec.write) && free_of_cost(spec.flush) &&
               free_of_cost(spec.limits)),
      read_{LatencyCurve(spec.read.latency), spec.read.bytes_per_second.value,
            base::site_number("device.read")},
      write_{LatencyCurve(spec.write.latency), spec.write.bytes_per_second.value,
             base::site_number("device.write")},
      flush_{LatencyCurve(spec.flush.latency), 0, base::site_number("device.flush")},
      destage_(spec.flush),
      commit_bytes_(spec.commit.bytes.value),
      commit_adds_(spec.commit.adds),
      operation_bytes_(spec.limits.operation_bytes.value),
      operations_(spec.limits.operations_per_second, spec.limits.operations_burst),
      bytes_(spec.limits.bytes_per_second.value, spec.limits.bytes_burst.value),
      copy_per_call_(spec.page_cache.per_call),
      copy_per_kib_(spec.page_cache.per_kib),
      channel_free_at_(spec.channels),
      disturbance_(disturbance) {
  base::ensure(!channel_free_at_.empty(), "a device has at least one channel");
}

io::Instant Device::read(io::Instant now, std::uint64_t bytes, const Slowness& slowness) {
  ++use_.read_count;
  use_.read_bytes += bytes;
  throttled_ = {};
  if (costs_nothing(now, slowness)) return now;
  return occupy(now, serve(read_, now, bytes, slowness)) + slowness.extra_wait;
}

io::Instant Device::write(io::Instant now, std::uint64_t bytes, const Slowness& slowness) {
  ++use_.write_count;
  use_.write_bytes += bytes;
  throttled_ = {};
  if (costs_nothing(now, slowness)) return now;
  return occupy(now, serve(write_, now, bytes, slowness)) + slowness.extra_wait;
}

io::Instant Device::flush(io::Instant now, const Flushing& asked, const Slowness& slowness) {
  ++use_.flush_count;
  throttled_ = {};
  if (asked.dirty_bytes != 0) ++use_.write_count;
  use_.write_bytes += asked.dirty_bytes;
  if (costs_nothing(now, slowness)) return now;
  stall(slowness.stalled_until);
  if (slowness == Slowness{} && finds_commit_under_way(now, asked)) return commit_end_;
  io::Instant written = std::max(now, asked.sent_until);
  if (asked.dirty_bytes != 0) written = std::max(written, serve(write_, now, asked.dirty_bytes, slowness));
  const bool commits = needs_commit(asked);
  io::Duration cost = destage_.at(asked.dirty_bytes);
  if (commits) {
    written = throttle(now, std::max(written, granted(now, commit_bytes_)), commit_bytes_, slowness);
    cost += commit_cost();
  }
  const io::Instant done = flush_cache(written, cost, slowness);
  if (commits) commit_begin_ = flush_begin_;
  if (commit_begin_ == flush_begin_) commit_end_ = flush_end_;
  return occupy(now, done) + slowness.extra_wait;
}

bool Device::needs_commit(const Flushing& asked) const {
  return commit_bytes_ != 0 && asked.changed != io::Instant::min() && asked.changed >= commit_begin_;
}

// What it is about is all in a commit that runs, and was with the device before that began.
bool Device::finds_commit_under_way(io::Instant now, const Flushing& asked) const {
  return asked.dirty_bytes == 0 && asked.changed != io::Instant::min() && asked.changed < commit_begin_ &&
         asked.sent_until <= commit_begin_ && now < commit_end_;
}

io::Duration Device::copy_cost(std::uint64_t bytes) const {
  return copy_per_call_ + scaled(bytes, copy_per_kib_, 1024);
}

bool Device::costs_nothing(io::Instant now, const Slowness& slowness) const {
  return instant_ && now >= disturbance_.stalled_until && slowness == Slowness{};
}

// Counts the time from `now` to `done` as busy, once where commands overlap.
io::Instant Device::occupy(io::Instant now, io::Instant done) {
  if (done > busy_until_) {
    use_.busy += done - std::max(now, busy_until_);
    busy_until_ = done;
  }
  return done;
}

io::Duration Device::draw_latency(Verb& verb) {
  if (verb.latency.constant()) return verb.latency.at(0);
  return verb.latency.at(draws_.below(LatencyCurve::kWhole, verb.site, verb.count++));
}

// When a provider's limits let a command of so many bytes pass.
io::Instant Device::granted(io::Instant now, std::uint64_t bytes) {
  const std::uint64_t operation_count =
      operation_bytes_ == 0 || bytes == 0 ? 1 : (bytes + operation_bytes_ - 1) / operation_bytes_;
  const io::Instant counted = operations_.take(now, operation_count);
  return std::max(counted, bytes_.take(now, bytes));
}

// When a fault's limits let a command of so many bytes pass that would be done at `due` without them. There
// is no credit: each command pays for itself, one after the other.
io::Instant Device::throttle(io::Instant now, io::Instant due, std::uint64_t bytes,
                             const Slowness& slowness) {
  if (!slowness.has_limit()) [[likely]]
    return due;
  io::Duration pays{};
  if (slowness.bytes_per_second != 0) pays = scaled(bytes, kSecond, slowness.bytes_per_second);
  if (slowness.commands_per_second != 0)
    pays = std::max(pays, scaled(1, kSecond, slowness.commands_per_second));
  disturbance_.limit_free_at = std::max(now, disturbance_.limit_free_at) + pays;
  if (disturbance_.limit_free_at <= due) return due;
  throttled_ += disturbance_.limit_free_at - due;
  return disturbance_.limit_free_at;
}

io::Instant Device::serve(Verb& verb, io::Instant now, std::uint64_t bytes, const Slowness& slowness) {
  stall(slowness.stalled_until);
  io::Instant& channel = next_free_channel();
  io::Instant done = std::max({now, channel, disturbance_.stalled_until});
  if (verb.bytes_per_second != 0 && bytes != 0) {
    const io::Duration transfer = scaled(bytes, kSecond, verb.bytes_per_second);
    path_free_at_ = std::max(done, path_free_at_) + times(transfer, slowness.slowdown);
    done = path_free_at_;
  }
  done = throttle(now, std::max(done, granted(now, bytes)), bytes, slowness);
  done += times(draw_latency(verb), slowness.slowdown);
  channel = done;
  return done;
}

// `ready`: when what must be flushed has reached the device's cache. `cost`: besides a flush with nothing to
// write.
io::Instant Device::flush_cache(io::Instant ready, io::Duration cost, const Slowness& slowness) {
  // One that is scheduled and begins later covers this too, unless a fault is about this very command.
  if (ready < flush_begin_ && disturbance_.stalled_until <= flush_begin_ && slowness == Slowness{}) {
    flush_end_ += cost;
    return flush_end_;
  }
  io::Instant& channel = next_free_channel();
  flush_begin_ = std::max({ready, flush_end_, channel, disturbance_.stalled_until});
  flush_end_ = flush_begin_ + times(draw_latency(flush_) + cost, slowness.slowdown);
  channel = flush_end_;
  return flush_end_;
}

// Written in front of the flush, so small that it does not queue for the transfer path.
io::Duration Device::commit_cost() {
  ++use_.commit_count;
  ++use_.write_count;
  use_.write_bytes += commit_bytes_;
  io::Duration cost = draw_latency(write_) + commit_adds_;
  if (write_.bytes_per_second != 0) cost += scaled(commit_bytes_, kSecond, write_.bytes_per_second);
  return cost;
}

io::Instant& Device::next_free_channel() {
  return *std::min_element(channel_free_at_.begin(), channel_free_at_.end());
}

}  // namespace wallop::sim
