// SPDX-License-Identifier: Apache-2.0
// Syncs of the log and of a plain file in turns: what the log adds to the device.
//
// The floor is the best that a careful program gets out of this device: blocks that are written already, so
// that a sync carries data and a flush but no metadata of the file system. Both take turns, and who goes
// first alternates, so that noise of the machine falls on both alike.
#include <algorithm>

#include "checklist/log_setup.h"
#include "checklist/measure.h"

namespace wallop::checklist {
namespace {

// The time of one sync.
template <class Sync>
io::Status timed(io::Clock& clock, base::Histogram& into, Sync sync) {
  const io::Instant begin = clock.now();
  const auto synced = sync();
  const io::Instant end = clock.now();
  if (!synced) return std::unexpected(synced.error());
  into.record(end - begin);
  return {};
}

// The plain file, written over from start to end and again.
class FloorFile {
 public:
  FloorFile(std::unique_ptr<io::File> file, std::uint64_t size, const Values& values)
      : file_(std::move(file)), size_(size), values_(values) {}

  // Writes all of it once and syncs: from then on its blocks are written.
  io::Status fill() {
    if (const io::Status written = write(size_); !written) return written;
    return file_->sync_all();
  }
  io::Status write(std::uint64_t bytes) {
    while (bytes > 0) {
      if (offset_ == size_) offset_ = 0;
      const std::uint64_t some = std::min({bytes, Values::kBytesMax, size_ - offset_});
      if (const io::Status written = file_->write_at(offset_, values_.of(sequence_++, some)); !written)
        return written;
      offset_ += some;
      bytes -= some;
    }
    return {};
  }
  io::File& file() { return *file_; }

 private:
  std::unique_ptr<io::File> file_;
  std::uint64_t size_;
  const Values& values_;
  std::uint64_t offset_ = 0;
  std::uint64_t sequence_ = 0;
};

class Turns {
 public:
  Turns(const Bench& bench, wal::Wal& log, FloorFile& floor, const Values& values)
      : bench_(bench), log_(log), floor_(floor), values_(values), key_(bench.profile.load.key_bytes.value) {}

  // `count` pairs at `dirty` unsynced bytes, or fewer where `stop` says so.
  io::Status run(std::uint64_t dirty, std::uint64_t count, const Stop& stop, SyncPair& into) {
    for (std::uint64_t i = 0; i < count && !stop.now(); ++i) {
      const bool log_first = i % 2 == 0;
      io::Status turn = log_first ? log_turn(dirty, into) : floor_turn(dirty, into);
      if (turn) turn = log_first ? floor_turn(dirty, into) : log_turn(dirty, into);
      if (turn) turn = trimmer_.trim(log_);
      if (!turn) return turn;
    }
    return {};
  }

 private:
  io::Status log_turn(std::uint64_t dirty, SyncPair& into) {
    const io::Status appended =
        append_bytes(log_, key_, values_, bench_.profile.load.value_bytes.value, dirty);
    if (!appended) return appended;
    return timed(bench_.machine.clock, into.log, [&] { return log_.sync(); });
  }
  io::Status floor_turn(std::uint64_t dirty, SyncPair& into) {
    if (const io::Status written = floor_.write(dirty); !written) return written;
    return timed(bench_.machine.clock, into.floor, [&] { return floor_.file().sync(); });
  }

  const Bench& bench_;
  wal::Wal& log_;
  FloorFile& floor_;
  const Values& values_;
  Key key_;
  Trimmer trimmer_;
};

}  // namespace

std::uint64_t floor_file_bytes(const SyncPart& part) {
  std::uint64_t largest = part.dirty_bytes.value;
  for (const auto& dirty : part.curve) largest = std::max(largest, dirty.value);
  return std::clamp(16 * largest, std::uint64_t{4} << 20, kDirtyBytesMax);
}

io::Result<SyncMeasured> measure_sync(const Bench& bench) {
  const SyncPart& part = bench.profile.sync;
  // Under os with nothing kept back every record is with the kernel when its append returns, and nobody syncs
  // but us.
  wal::Options options = log_options(bench.profile.log, bench.directory + "/log");
  options.sync = wal::Os{};
  auto opened = wal::Wal::open(bench.machine, options);
  if (!opened) return std::unexpected(std::move(opened.error()));
  auto file = bench.machine.files.open(bench.directory + "/floor", {.create = true, .exclusive = true});
  if (!file) return std::unexpected(std::move(file.error()));
  const Values values(bench.machine.entropy);
  const std::uint64_t floor_bytes = floor_file_bytes(part);
  FloorFile floor(std::move(*file), floor_bytes, values);
  const io::Instant begin = bench.machine.clock.now();
  if (io::Status filled = floor.fill(); !filled) return std::unexpected(std::move(filled.error()));
  SyncMeasured measured;
  measured.sequential_bytes_per_second =
      rate(floor_bytes, std::chrono::seconds(1), bench.machine.clock.now() - begin);
  Turns turns(bench, opened->wal, floor, values);
  const Stop stop = bench.stop.within(part.time_max);
  io::Status done = turns.run(part.dirty_bytes.value, part.count.value, stop, measured.judged);
  for (std::size_t i = 0; i < part.curve.size() && done; ++i) {
    const std::uint64_t dirty = part.curve[i].value;
    done = turns.run(dirty, part.curve_count.value, stop, measured.curve[dirty]);
  }
  if (!done) return std::unexpected(std::move(done.error()));
  return measured;
}

}  // namespace wallop::checklist
