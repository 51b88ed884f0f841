// SPDX-License-Identifier: Apache-2.0
// The course of a run: open, start, crash or close. What the fibres do stands in drive_fibres.cc.
#include "scenarios/run/drive.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/ensure.h"

namespace wallop::scenarios {

Drive::Drive(sim::World& world, const EngineKind& engine, const Scenario& scenario, std::uint64_t seed,
             const Life& life, Interrupted interrupted)
    : world_(world),
      io_(world.io()),
      kind_(engine),
      scenario_(scenario),
      life_(life),
      interrupted_(std::move(interrupted)),
      records_(scenario.workload, seed),
      mutex_(io_.threads.make_mutex()),
      changed_(io_.threads.make_cond_var()),
      medium_may_lie_(std::ranges::any_of(scenario.faults, [](const faults::Fault& fault) {
        return fault.allows() == faults::Allows::told_loss;
      })) {
  if (!life_.before) return;
  driven_ = life_.before->driven;
  driven_.handed_over_lsn = 0;
  promised_lsn_ = life_.before->promises.promised_lsn();
}

void Drive::run() {
  if (life_.before) {
    if (!reopen()) return;
  } else {
    if (!open()) return;
    driven_.began = io_.clock.now();
  }
  start_writers();
  start_readers();
  if (life_.crash) crash();
  join_writers();
  finish();
  engine_.reset();
  join_followers();
}

bool Drive::open() {
  auto opened = kind_.open(io_, std::string(kLogDirectory), scenario_.engine.options);
  if (opened) {
    engine_ = std::move(opened->engine);
    return true;
  }
  driven_.trouble = fmt::format("the engine does not open: {}", io::describe(opened.error()));
  cut();
  return false;
}

// The oracles judge what is left before anything is done to it.
bool Drive::reopen() {
  const Promises& promises = life_.before->promises;
  const Finding& finding =
      driven_.recovered.emplace(recover_and_judge(io_, life_.before->judged, promises, &engine_));
  const LossOf loss = loss_of(promises, finding, records_);
  driven_.worst_loss = driven_.worst_loss.worst(loss);
  driven_.longest_recovery = std::max(driven_.longest_recovery, finding.recovery_time);
  driven_.accepted_bytes -= std::min(driven_.accepted_bytes, loss.bytes);
  if (engine_ == nullptr || finding.failed()) {
    if (!finding.failed()) {
      driven_.trouble =
          fmt::format("the engine does not open when it is restarted: {}", io::describe(*finding.refused));
    }
    engine_.reset();
    cut();
    return false;
  }
  if (!promises.first_kept_lsn()) world_.note(sim::Mark{kDeleted, finding.found_first});
  world_.note(sim::Mark{kRecovered, finding.found_last});
  accepted_lsn_ = finding.found_last;
  promised_lsn_ = promises.promised_lsn();
  kept_lsn_ = finding.found_first;
  observe();
  life_.before->recovered();
  return true;
}

void Drive::start_writers() {
  for (std::uint32_t writer = 0; writer < records_.writer_count(); ++writer) {
    writers_.push_back(
        io_.threads.spawn(fmt::format("writer {}", writer), [this, writer] { write(writer); }));
  }
}

void Drive::start_readers() {
  std::uint32_t reader = 0;
  for (const Readers& group : scenario_.workload.readers) {
    for (std::uint64_t i = 0; i < group.count.value; ++i, ++reader) {
      if (group.follow) {
        start_follower(reader, group.visibility);
      } else {
        others_.push_back(
            io_.threads.spawn(fmt::format("reader {}", reader), [this, reader] { read_once(reader); }));
      }
    }
  }
  if (scenario_.workload.deletion) others_.push_back(io_.threads.spawn("deletion", [this] { delete_old(); }));
}

void Drive::start_follower(std::uint32_t reader, Visibility visibility) {
  auto following = engine_->follow(1, visibility);
  if (!following) {  // The engine gave up already; or cannot do it, and nobody may think that it was read.
    if (following.error().code == io::Code::unsupported) driven_.trouble = io::describe(following.error());
    return;
  }
  followings_.push_back(std::move(*following));
  followers_.push_back(io_.threads.spawn(fmt::format("reader {}", reader),
                                         [this, reader, visibility, from = followings_.back().get()] {
                                           follow({reader, visibility, Shown(records_)}, from);
                                         }));
}

// A crash after so many appends is a writer's matter; here is what the writers did not come to.
void Drive::crash() {
  if (life_.crash->at) {
    io_.clock.sleep_until(driven_.began + *life_.crash->at);
    if (!over()) cut();
    return;
  }
  join_writers();
  if (over()) return;
  driven_.early =
      fmt::format("{} appends returned without an error, fewer than \"after\": the crash came at the end",
                  driven_.append_count);
  cut();
}

void Drive::join_writers() {
  for (const auto& writer : writers_) writer->join();
  writers_.clear();
}

void Drive::join_followers() {
  for (const auto& follower : followers_) follower->join();
  followers_.clear();
  followings_.clear();
}

void Drive::finish() {
  writers_done_ = true;
  call_off();
  for (const auto& other : others_) other->join();
  others_.clear();
  if (over()) return;
  if (scenario_.workload.close || life_.closes_at) close();
  if (!over()) cut();
}

void Drive::close() {
  const io::Status closed = engine_->close();
  if (!closed) driven_.close_error = closed.error();
  closed_ = closed.has_value();
  closed_at_ = io_.clock.now();
  observe();
  join_followers();  // The close ends them; what it made durable they have yet to show.
}

void Drive::cut() {
  base::ensure(!over_, "a run has one end");
  over_ = true;
  driven_.cut = world_.journal().count();
  driven_.ended = closed_at_.value_or(world_.scheduler().now());
  driven_.device.add(world_.device_use());
  driven_.disk_peak_bytes = std::max(driven_.disk_peak_bytes, world_.peak_bytes());
  driven_.receipts = world_.plan().receipts();
  driven_.machine = world_.machine();
  if (life_.crash) world_.note(sim::Mark{"crash", driven_.cut});
  call_off();
}

void Drive::call_off() {
  const std::unique_lock lock(*mutex_);
  changed_->notify_all();
}

}  // namespace wallop::scenarios
