// SPDX-License-Identifier: Apache-2.0
// One lock, one sync for all who wait, and rotation with the lock released: the places where a log that is
// written in a hurry goes wrong. Each flaw is one line that is missing or stands too early.
#include "scenarios/run/engines/small_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "scenarios/run/engines/small_log_format.h"

namespace wallop::scenarios {
namespace {

using Flaw = SmallLogFlaw;

constexpr std::uint64_t kSegmentBytesDefault = 256;

constexpr std::uint64_t kSpinMax = 200'000;

// Of Flaw::counts_in_the_process.
std::atomic<std::uint64_t> opened_in_process{0};

class SmallLog final : public Engine {
 public:
  SmallLog(io::World& world, std::string directory, const EngineOptions& options, Flaw flaw)
      : world_(world),
        directory_(std::move(directory)),
        segment_bytes_(options.segment_bytes ? options.segment_bytes->value : kSegmentBytesDefault),
        flaw_(flaw),
        mutex_(world.threads.make_mutex()),
        segments_mutex_(world.threads.make_mutex()),
        changed_(world.threads.make_cond_var()) {}

  // Finds what there is, makes it durable, and begins a segment of its own.
  io::Result<Recovered> recover();

  io::Result<AppendReceipt> append(std::span<const KeyValue> records) override;
  io::Status sync() override;
  std::uint64_t durable() override;
  std::uint64_t handed_over() override {
    const std::unique_lock lock(*mutex_);
    return next_lsn_ - 1;
  }
  io::Status read(std::uint64_t first_lsn, const Visit& visit) override;
  io::Result<std::uint64_t> delete_old(std::uint64_t keep_segments) override;
  io::Status close() override { return sync(); }

 private:
  struct Segment {
    std::uint64_t id = 0;
    std::uint64_t first_lsn = 1;
  };
  using Lock = std::unique_lock<io::Mutex>;
  using FilePtr = std::shared_ptr<io::File>;

  [[nodiscard]] std::string path_of(std::uint64_t id) const {
    return directory_ + "/" + small_log::segment_name(id);
  }
  io::Result<std::vector<std::byte>> contents(std::uint64_t id);
  io::Status find_segment(std::uint64_t id, std::uint64_t& next_lsn);
  io::Result<FilePtr> make_segment(const Segment& segment);
  [[nodiscard]] bool is_full(std::uint64_t more_bytes) const {
    return offset_ > small_log::kHeaderBytes && offset_ + more_bytes > segment_bytes_;
  }
  io::Status rotate(Lock& lock, std::uint64_t more_bytes);
  bool is_alone();
  [[nodiscard]] io::Error too_busy() const {
    return io::failure(io::Code::locked, "rotate", directory_, "the other writers do not leave").error();
  }
  io::Status make_next(Lock& lock);
  io::Status sync_up_to(Lock& lock, std::uint64_t lsn);
  io::Status poison(io::Error error) {
    failed_ = error;
    changed_->notify_all();
    return std::unexpected(std::move(error));
  }

  io::World& world_;
  std::string directory_;
  std::uint64_t segment_bytes_;
  Flaw flaw_;
  // Guards all below but segments_, which has a lock of its own: taken after this one.
  std::unique_ptr<io::Mutex> mutex_, segments_mutex_;
  std::unique_ptr<io::CondVar> changed_;
  FilePtr file_;
  std::uint64_t id_ = 0, offset_ = 0, next_lsn_ = 1, durable_lsn_ = 0, writers_inside_ = 0;
  bool syncing_ = false, rotating_ = false;
  std::optional<io::Error> failed_;
  std::vector<Segment> segments_;
};

// ---- Opening ----

io::Result<std::vector<std::byte>> SmallLog::contents(std::uint64_t id) {
  auto file = world_.files.open(path_of(id), {.read_only = true});
  if (!file) return std::unexpected(file.error());
  const auto size = (*file)->size();
  if (!size) return std::unexpected(size.error());
  std::vector<std::byte> bytes(*size);
  const auto read = (*file)->read_at(0, bytes);
  if (!read) return std::unexpected(read.error());
  bytes.resize(*read);
  return bytes;
}

// A segment without a whole header was never used. One that begins further on proves that records are gone.
io::Status SmallLog::find_segment(std::uint64_t id, std::uint64_t& next_lsn) {
  const auto bytes = contents(id);
  if (!bytes) return std::unexpected(bytes.error());
  const auto first_lsn = small_log::first_lsn_of(id, *bytes);
  if (!first_lsn) return world_.files.remove(path_of(id));
  if (!segments_.empty() && *first_lsn != next_lsn) {
    return io::failure(io::Code::corrupt, "open", path_of(id),
                       fmt::format("begins with LSN {}, and LSN {} was to come", *first_lsn, next_lsn));
  }
  segments_.push_back({id, *first_lsn});
  small_log::Frames frames(id, *first_lsn, *bytes);
  while (frames.next()) {
  }
  next_lsn = frames.next_lsn();
  return {};
}

io::Result<Recovered> SmallLog::recover() {
  const io::Status made = world_.files.make_directory(directory_);
  if (!made && made.error().code != io::Code::already_exists) return std::unexpected(made.error());
  if (auto synced = world_.files.sync_directory("."); !synced) return std::unexpected(synced.error());
  const auto names = world_.files.list(directory_);
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    const auto id = small_log::segment_id(name);
    if (!id) continue;
    id_ = *id;
    if (auto found = find_segment(*id, next_lsn_); !found) return std::unexpected(found.error());
  }
  if (!segments_.empty()) {
    auto last = world_.files.open(path_of(segments_.back().id), {});
    if (!last) return std::unexpected(last.error());
    if (auto synced = (*last)->sync(); !synced) return std::unexpected(synced.error());
  }
  durable_lsn_ = next_lsn_ - 1;
  Recovered recovered{.first_lsn = segments_.empty() ? 1 : segments_.front().first_lsn,
                      .last_lsn = durable_lsn_};
  auto file = make_segment({++id_, next_lsn_});
  if (!file) return std::unexpected(file.error());
  file_ = std::move(*file);
  offset_ = small_log::kHeaderBytes;
  segments_.push_back({id_, next_lsn_});
  return recovered;
}

// Durable with its name, before anything is written to it.
io::Result<SmallLog::FilePtr> SmallLog::make_segment(const Segment& segment) {
  auto file = world_.files.open(path_of(segment.id), {.create = true});
  if (!file) return std::unexpected(file.error());
  const std::uint64_t count = flaw_ == Flaw::counts_in_the_process ? opened_in_process++ : 0;
  const auto header = small_log::header_of(segment.id, segment.first_lsn);
  const std::vector<std::byte> padding(count % 512);
  const io::Bytes pieces[] = {header, padding};
  if (auto written = (*file)->write_at(0, pieces); !written) return std::unexpected(written.error());
  if (auto synced = (*file)->sync(); !synced) return std::unexpected(synced.error());
  if (auto named = world_.files.sync_directory(directory_); !named) return std::unexpected(named.error());
  return FilePtr(std::move(*file));
}

// ---- Appending ----

io::Result<AppendReceipt> SmallLog::append(std::span<const KeyValue> records) {
  const bool spins = flaw_ == Flaw::spins_for_each_other;
  Lock lock(*mutex_, std::defer_lock);
  if (spins) ++writers_inside_;
  lock.lock();
  std::uint64_t bytes = small_log::frame_of(id_, next_lsn_, records).size();
  const io::Status rotated = rotate(lock, bytes);
  if (spins) --writers_inside_;
  if (!rotated) return std::unexpected(rotated.error());
  if (failed_) return std::unexpected(*failed_);
  const AppendReceipt receipt{next_lsn_, id_};
  const auto frame = small_log::frame_of(id_, next_lsn_, records);
  if (auto written = file_->write_at(offset_, frame); !written)
    return std::unexpected(poison(written.error()).error());
  offset_ += frame.size();
  next_lsn_ += records.size();
  if (auto synced = sync_up_to(lock, next_lsn_ - 1); !synced) return std::unexpected(synced.error());
  return receipt;
}

// Until there is room, in this segment or in one that somebody made.
io::Status SmallLog::rotate(Lock& lock, std::uint64_t more_bytes) {
  if (flaw_ == Flaw::two_writers_rotate) return is_full(more_bytes) ? make_next(lock) : io::Status();
  while (!failed_ && (rotating_ || is_full(more_bytes))) {
    if (rotating_) {
      changed_->wait(*mutex_);
      continue;
    }
    rotating_ = true;
    const io::Status made = is_alone() ? make_next(lock) : poison(too_busy());
    rotating_ = false;
    changed_->notify_all();
    if (!made) return made;
  }
  return {};
}

// Flaw::spins_for_each_other: it waits for writers who wait for the lock that it holds. It gives up some
// time, as a world that has ended asks of everybody.
bool SmallLog::is_alone() {
  if (flaw_ != Flaw::spins_for_each_other) return true;
  for (std::uint64_t turn = 0; turn < kSpinMax && writers_inside_ > 1; ++turn) world_.threads.relax();
  return writers_inside_ == 1;
}

// What is written is made durable first; the lock is released meanwhile.
io::Status SmallLog::make_next(Lock& lock) {
  const FilePtr old = file_;
  const Segment next{id_ + 1, next_lsn_};
  lock.unlock();
  io::Status done = old->sync();
  FilePtr file;
  if (done) {
    auto made = make_segment(next);
    if (made) file = std::move(*made);
    if (!made) done = std::unexpected(made.error());
  }
  lock.lock();
  if (!done) return poison(done.error());
  durable_lsn_ = std::max(durable_lsn_, next.first_lsn - 1);
  file_ = file;
  id_ = next.id;
  offset_ = small_log::kHeaderBytes;
  const Lock inner(*segments_mutex_);
  segments_.push_back(next);
  return {};
}

// One syncs for all who wait.
io::Status SmallLog::sync_up_to(Lock& lock, std::uint64_t lsn) {
  while (durable_lsn_ < lsn) {
    if (failed_) return std::unexpected(*failed_);
    if (syncing_) {
      changed_->wait(*mutex_);
      continue;
    }
    syncing_ = true;
    const FilePtr file = file_;
    const std::uint64_t written = next_lsn_ - 1;
    lock.unlock();
    const io::Status synced = file->sync();
    lock.lock();
    syncing_ = false;
    if (!synced) return poison(synced.error());
    const bool overtakes = flaw_ == Flaw::ack_overtakes_sync;
    durable_lsn_ = std::max(durable_lsn_, overtakes ? next_lsn_ - 1 : written);
    changed_->notify_all();
  }
  return {};
}

io::Status SmallLog::sync() {
  Lock lock(*mutex_);
  return sync_up_to(lock, next_lsn_ - 1);
}

// ---- Asking ----

std::uint64_t SmallLog::durable() {
  if (flaw_ != Flaw::lock_order) {
    const Lock lock(*mutex_);
    return durable_lsn_;
  }
  const Lock segments(*segments_mutex_);
  const Lock lock(*mutex_);
  return durable_lsn_;
}

io::Status SmallLog::read(std::uint64_t first_lsn, const Visit& visit) {
  std::vector<Segment> segments;
  std::uint64_t end = 0;
  {
    const Lock lock(*mutex_);
    end = next_lsn_;
    const Lock inner(*segments_mutex_);
    segments = segments_;
  }
  if (first_lsn < segments.front().first_lsn)
    return io::failure(io::Code::not_found, "read", directory_, "it was deleted");
  for (const Segment& segment : segments) {
    const auto bytes = contents(segment.id);
    if (!bytes) return std::unexpected(bytes.error());
    small_log::Frames frames(segment.id, segment.first_lsn, *bytes);
    for (auto found = frames.next(); found && found->lsn < end; found = frames.next()) {
      if (found->lsn >= first_lsn && !visit(found->lsn, found->record)) return {};
    }
  }
  return {};
}

io::Result<std::uint64_t> SmallLog::delete_old(std::uint64_t keep_segments) {
  const Lock lock(*mutex_);
  const Lock inner(*segments_mutex_);
  while (segments_.size() > keep_segments) {
    if (auto removed = world_.files.remove(path_of(segments_.front().id)); !removed)
      return std::unexpected(removed.error());
    segments_.erase(segments_.begin());
  }
  if (auto synced = world_.files.sync_directory(directory_); !synced) return std::unexpected(synced.error());
  return segments_.front().first_lsn;
}

}  // namespace

template <SmallLogFlaw kFlaw>
io::Result<OpenedEngine> open_small_log(io::World& world, const std::string& directory,
                                        const EngineOptions& options) {
  auto log = std::make_unique<SmallLog>(world, directory, options, kFlaw);
  const auto recovered = log->recover();
  if (!recovered) return std::unexpected(recovered.error());
  return OpenedEngine{std::move(log), *recovered};
}

template io::Result<OpenedEngine> open_small_log<Flaw::none>(io::World&, const std::string&,
                                                             const EngineOptions&);
template io::Result<OpenedEngine> open_small_log<Flaw::two_writers_rotate>(io::World&, const std::string&,
                                                                           const EngineOptions&);
template io::Result<OpenedEngine> open_small_log<Flaw::ack_overtakes_sync>(io::World&, const std::string&,
                                                                           const EngineOptions&);
template io::Result<OpenedEngine> open_small_log<Flaw::lock_order>(io::World&, const std::string&,
                                                                   const EngineOptions&);
template io::Result<OpenedEngine> open_small_log<Flaw::spins_for_each_other>(io::World&, const std::string&,
                                                                             const EngineOptions&);
template io::Result<OpenedEngine> open_small_log<Flaw::counts_in_the_process>(io::World&, const std::string&,
                                                                              const EngineOptions&);

}  // namespace wallop::scenarios
