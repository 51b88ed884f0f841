// SPDX-License-Identifier: Apache-2.0
// Jobs are taken in order of the files, so that those before a failure are all done.
#include "wal/verify_parallel.h"

#include <algorithm>
#include <mutex>
#include <string>

#include "wal/points.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

ParallelScan::ParallelScan(io::World& world, ReadVia via, const std::optional<LogUuid>& uuid,
                           const Effort& effort)
    : world_(world), via_(via), uuid_(uuid), effort_(effort), mutex_(world.threads.make_mutex()) {}

io::Status ParallelScan::run(std::span<const ScanJob> jobs) {
  jobs_ = jobs;
  statuses_.assign(jobs.size(), {});
  for (const ScanJob& job : jobs) bytes_total_ += job.segment->file_bytes;
  {
    std::vector<std::unique_ptr<io::Thread>> helpers;  // Joined at the end of the block.
    const std::size_t thread_count = std::min<std::size_t>(effort_.threads, jobs.size());
    for (std::size_t i = 1; i < thread_count; ++i)
      helpers.push_back(world_.threads.spawn("wal verifier", [this] { work(Worker::helper); }));
    work(Worker::caller);
  }
  if (effort_.progress && !has_failed_) effort_.progress({bytes_total_, bytes_total_});
  for (io::Status& status : statuses_) {
    if (!status) return std::move(status);
  }
  return {};
}

void ParallelScan::work(Worker worker) {
  ReadMeter meter{world_.clock, {}, [this, worker](std::uint64_t bytes) { add_bytes(worker, bytes); }};
  Window window(via_, &meter);
  const io::Instant begin = world_.clock.now();
  while (const auto index = take_job()) {
    statuses_[*index] = scan(window, meter, jobs_[*index]);
    if (statuses_[*index]) continue;
    const std::unique_lock lock(*mutex_);
    has_failed_ = true;
  }
  const io::Instant end = world_.clock.now();
  const std::unique_lock lock(*mutex_);
  cost_.bytes_read += window.bytes_read();
  cost_.read_time += meter.read_time;
  cost_.checksum_time += end - begin - meter.read_time;
}

std::optional<std::size_t> ParallelScan::take_job() {
  const std::unique_lock lock(*mutex_);
  if (has_failed_ || next_job_ == jobs_.size()) return std::nullopt;
  return next_job_++;
}

io::Status ParallelScan::scan(Window& window, ReadMeter& meter, const ScanJob& job) {
  FoundSegment& segment = *job.segment;
  std::unique_ptr<io::File> file;
  std::uint64_t search_end = kSearchAll;
  if (job.whole != nullptr) {
    window.aim(*job.whole);
    meter.on_read(job.whole->size);
  } else {
    auto opened = world_.files.open(segment.path, {.read_only = true});
    if (!opened) return io::Failure(std::move(opened.error()));
    file = std::move(*opened);
    if (auto aimed = window.aim(*file); !aimed) return aimed;
    window.trust(job.trusted_end);
    auto written = written_in_cache(*file, window.file_bytes(), meter, job);
    if (!written) return io::Failure(std::move(written.error()));
    search_end = *written;
  }
  if (auto read = scan_body(window, world_.clock, uuid_, job.stop, search_end, job.reach, segment); !read)
    return read;
  if (point(world_, "wal/recover/segment_done")) return injected("recover", segment.path);
  return {};
}

// Behind the last byte that the cache shows as written nothing was ever handed to the device: a large rest
// need not come from there. A frame whose payload counts may end in zeros.
io::Result<std::uint64_t> ParallelScan::written_in_cache(io::File& file, std::uint64_t file_bytes,
                                                         ReadMeter& meter, const ScanJob& job) {
  const std::uint64_t trusted = std::min(job.trusted_end, file_bytes);
  const std::uint64_t begin = job.segment->header ? job.segment->header->data_begin() : 0;
  if (via_ == ReadVia::cache || file_bytes - trusted <= kWindowBytes) return kSearchAll;
  Window cached(ReadVia::cache, &meter);
  cached.aim(file, file_bytes);
  if (trusted > begin) {
    auto end = written_behind(cached, trusted, job.reach, uuid_, *job.segment);
    return end ? io::Result<std::uint64_t>(*end + kLinkFrameBytesMax) : std::move(end);
  }
  // Walking the chain passes records faster than searching them line by line does.
  FoundSegment shown = *job.segment;
  if (auto read = scan_body(cached, world_.clock, uuid_, job.stop, kSearchAll, job.reach, shown); !read)
    return io::Failure(std::move(read.error()));
  return shown.body.written_end + kLinkFrameBytesMax;
}

void ParallelScan::add_bytes(Worker worker, std::uint64_t bytes) {
  RecoveryProgress progress;
  {
    const std::unique_lock lock(*mutex_);
    bytes_done_ = std::min(bytes_done_ + bytes, bytes_total_);
    progress = {bytes_done_, bytes_total_};
  }
  if (worker == Worker::caller && effort_.progress) effort_.progress(progress);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
