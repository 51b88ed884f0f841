// SPDX-License-Identifier: Apache-2.0
// How a log begins, fails and ends; and what it says about itself.
#include "wal/log.h"

#include <algorithm>
#include <utility>

#include "wal/points.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

Log::Log(io::World& world, Options options, Recovered recovered)
    : world_(world),
      options_(std::move(options)),
      batch_(std::get_if<Batch>(&options_.sync)),
      os_(std::get_if<Os>(&options_.sync)),
      always_(std::holds_alternative<Always>(options_.sync)),
      cuts_(options_.frame_bytes_max),
      record_bytes_max_(std::min(options_.record_bytes_max, kFrameBytesMax)),
      plan_(std::move(recovered.plan)),
      only_read_(std::move(recovered.only_read)),
      directory_lock_(std::move(recovered.lock)),
      mutex_(world.threads.make_mutex()),
      opened_behind_(recovered.end.last),
      open_(std::make_unique<Group>(cuts_)),
      spare_group_(std::make_unique<Group>(cuts_)),
      tail_{recovered.current.header,
            recovered.current.path,
            recovered.current.file,
            recovered.end,
            {},
            make_slots(recovered.current),
            SparseIndex(recovered.current.header)},
      live_(std::move(recovered.live)),
      low_water_(recovered.low_water),
      accepted_losses_(std::move(recovered.accepted_losses)),
      written_waiters_(world.threads),
      durable_waiters_(world.threads),
      became_visible_(world.threads),
      became_durable_(world.threads),
      changed_(world.threads),
      syncer_signal_(world.threads),
      gathered_(world.threads),
      unsealed_(std::move(recovered.unsealed)),
      next_id_(recovered.next_id),
      preparer_signal_(world.threads) {
  accepted_ = written_ = durable_ = boundary_ = Mark{recovered.end.last, 0, recovered.end.offset};
  if (only_read_) return;
  constexpr std::size_t kWokenAtOnce = 64;
  wakes_.reserve(kWokenAtOnce);
  sealed_ = recovered.end.last;
  for (PreparedSegment& spare : recovered.spares) add_spare(std::move(spare));
  if (!always_ || options_.evidence == EvidenceLevel::sealed_idle) start_syncer();
  if (options_.spare_segments > 0)
    preparer_ = world.threads.spawn("wal preparer", [this] { run_preparer(); });
}

Log::~Log() {
  end();
}

void Log::end() {
  Lock lock(*mutex_);
  stop_threads(lock);
  let_go();
}

void Log::let_go() {
  tail_.file.reset();
  tail_.slots.reset();
  closed_.reset();
  unfooted_.clear();
  spares_.clear();
  directory_lock_.reset();
}

void Log::stop_threads(Lock& lock) {
  stopping_ = true;
  wake_all();
  lock.unlock();
  syncer_.reset();
  preparer_.reset();
  lock.lock();
}

std::string Log::lost_sentence() const {
  if (durable_.lsn == accepted_.lsn) return "";
  return "; records " + std::to_string(durable_.lsn.next().value()) + ".." +
         std::to_string(accepted_.lsn.value()) + " were accepted and are not known to be durable";
}

io::Failure Log::refusal() const {
  if (only_read_ && !is_closed_) return io::Failure(*only_read_);
  if (!failure_ || is_closed_) return io::failure(io::Code::closed, "use log", plan_.directory, "");
  return poisoned();
}

io::Failure Log::broken_promise() const {
  return failure_ ? poisoned() : refusal();
}

io::Failure Log::poisoned() const {
  io::Error refused = *failure_;
  // Whoever meets the end of the world unwinds; for the others the first failure is the story.
  if (refused.code != io::Code::world_ended) {
    refused = {.code = io::Code::poisoned,
               .action = "use log",
               .file = plan_.directory,
               .injected = failure_->injected,
               .detail = "since " + io::describe(*failure_) + lost_sentence()};
  }
  return io::Failure(std::move(refused));
}

void Log::fail_with(const io::Error& error) {
  if (!failure_) failure_ = error;
  wake_all();
}

void Log::poison(Lock& lock, const io::Error& error) {
  const bool is_first = !failure_;
  fail_with(error);
  // The end of the world is no failure of the log.
  if (!is_first || !options_.on_poisoned || error.code == io::Code::world_ended) return;
  const io::Error first = error;
  lock.unlock();
  options_.on_poisoned(first);
  lock.lock();
}

void Log::wake(Lock& lock, Waiters::Wakes& wakes) {
  if (wakes.empty()) return;
  lock.unlock();
  for (io::CondVar* waiter : wakes) waiter->notify_one();
  lock.lock();
  wakes.clear();
}

void Log::wake_all() {
  headroom_ = {};
  Waiters::Wakes wakes;
  written_waiters_.release_all(wakes);
  durable_waiters_.release_all(wakes);
  for (io::CondVar* waiter : wakes) waiter->notify_one();
  for (Signal* signal :
       {&changed_, &syncer_signal_, &gathered_, &preparer_signal_, &became_visible_, &became_durable_})
    signal->notify();
}

void Log::look_up(Woken woken) {
  if (woken != Woken::by_nobody) return;
  auto seen = world_.files.stat(plan_.directory);
  if (!seen && seen.error().code == io::Code::world_ended) fail_with(seen.error());
}

// An append that comes while it works is refused, and one that was accepted before is told so before anybody
// is told `closed`: that code says that nothing was appended.
io::Status Log::close() {
  Lock lock(*mutex_);
  while (deleting_ && is_usable()) look_up(changed_.wait(lock));
  if (is_closed_) return refusal();
  deleting_ = closing_ = true;
  headroom_ = {};
  auto synced = failure_ ? io::Status(refusal()) : make_all_durable(lock);
  while ((settling_count_ > 0 || preparing_) && is_usable()) look_up(changed_.wait(lock));
  if (synced) synced = leave_evidence(lock);
  if (synced && point(world_, "wal/close/synced")) synced = injected("close log", plan_.directory);
  is_closed_ = true;
  stop_threads(lock);
  let_go();
  return synced;
}

Position Log::current_position() {
  const Lock lock(*mutex_);
  if (!open_->empty()) return {tail_.header.id, open_->next_offset()};
  return {tail_.header.id, held_up_ ? spare_group_->end() : tail_.end.offset};
}

std::vector<SegmentInfo> Log::segments() {
  const Lock lock(*mutex_);
  std::vector<SegmentInfo> infos;
  for (std::size_t i = 0; i < live_.size(); ++i) {
    const bool is_tail = i + 1 == live_.size();
    const Lsn last =
        accepted_losses_.record_at_or_before(is_tail ? accepted_.lsn : live_[i + 1].first.previous());
    const std::uint64_t tail_end = open_->empty() ? tail_.end.offset : open_->end();
    infos.push_back({live_[i].id, {live_[i].first, last}, is_tail ? tail_end : live_[i].end});
  }
  return infos;
}

Stats Log::stats() {
  const Lock lock(*mutex_);
  Stats stats = stats_;
  stats.record_count = accepted_.lsn.since(opened_behind_);
  stats.record_bytes = accepted_.bytes;
  stats.appended = accepted_.lsn;
  stats.written = written_.lsn;
  stats.durable = durable_.lsn;
  return stats;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
