// SPDX-License-Identifier: Apache-2.0
// Recovery: a log that was dropped without a close, opened again and again, warm and cold.
//
// Each open begins a segment of its own and is dropped too, so every one recovers from an unclean end. Cold
// means that the kernel was told to forget the files' pages (posix_fadvise); the device's own cache may still
// hold them. The time of checksums cannot be seen from outside: the same number of bytes goes through the
// log's own CRC32C from memory, which is the least that it can have been.
#include <algorithm>

#include "checklist/log_setup.h"
#include "checklist/measure.h"
#include "checklist/reading_time.h"
#include "wal/crc32c.h"

namespace wallop::checklist {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

class Recoveries {
 public:
  explicit Recoveries(const Bench& bench)
      : bench_(bench),
        options_(log_options(bench.profile.log, bench.directory + "/log")),
        values_(bench.machine.entropy) {
    options_.sync = wal::Os{.buffer_bytes = 64 << 10};  // The quickest way to fill a log.
  }

  // Appends until the log is `bytes` long, makes all durable, and ends without a close.
  io::Status grow_to(std::uint64_t bytes) {
    auto opened = wal::Wal::open(bench_.machine, options_);
    if (!opened) return std::unexpected(std::move(opened.error()));
    Key key(bench_.profile.load.key_bytes.value);
    const std::uint64_t value_bytes = bench_.profile.load.value_bytes.value;
    while (length_ < bytes && !bench_.stop.interrupted()) {
      const std::uint64_t some = std::min<std::uint64_t>(bytes - length_, kChunkBytes);
      if (io::Status grown = append_bytes(opened->wal, key, values_, value_bytes, some); !grown) return grown;
      length_ += some;
    }
    const auto synced = opened->wal.sync();
    return synced ? io::Status{} : std::unexpected(synced.error());
  }

  io::Result<reports::RecoveryPoint> warm() {
    if (io::Status touched = for_each_file([this](const std::string& path) { return touch(path); }); !touched)
      return std::unexpected(std::move(touched.error()));
    return timed_open("warm");
  }
  io::Status drop_cached() {
    return for_each_file([this](const std::string& path) { return bench_.probes.drop_cached(path); });
  }
  io::Result<reports::RecoveryPoint> timed_open(std::string label) {
    ReadingTime files(bench_.machine.files, bench_.machine.clock);
    io::World machine{files, bench_.machine.clock, bench_.machine.entropy, bench_.machine.threads,
                      bench_.machine.tracer};
    const io::Instant begin = machine.clock.now();
    auto opened = wal::Wal::open(machine, options_);
    const io::Instant end = machine.clock.now();
    if (!opened) return std::unexpected(std::move(opened.error()));
    std::uint64_t bytes = 0;  // Of log, however often recovery read them.
    for (const wal::SegmentInfo& segment : opened->wal.segments()) bytes += segment.bytes;
    return reports::RecoveryPoint{.label = std::move(label),
                                  .bytes = bytes,
                                  .elapsed = end - begin,
                                  .read_time = std::min(files.spent(), end - begin),
                                  .checksum_time = checksum_time(bytes)};
  }

 private:
  template <class Visit>
  io::Status for_each_file(Visit visit) {
    const auto names = bench_.machine.files.list(options_.directory);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
      if (io::Status visited = visit(options_.directory + "/" + name); !visited) return visited;
    }
    return {};
  }
  // Brings a file into the page cache.
  io::Status touch(const std::string& path) {
    const auto info = bench_.machine.files.stat(path);
    if (!info || info->kind == io::FileKind::directory) return {};
    auto file = bench_.machine.files.open(path, {.read_only = true});
    if (!file) return std::unexpected(std::move(file.error()));
    chunk_.resize(kChunkBytes);
    for (std::uint64_t offset = 0; offset < info->size; offset += kChunkBytes) {
      if (const auto got = (*file)->read_at(offset, chunk_); !got) return std::unexpected(got.error());
    }
    return {};
  }
  io::Duration checksum_time(std::uint64_t bytes) {
    const std::uint64_t record_bytes =
        bench_.profile.load.value_bytes.value + bench_.profile.load.key_bytes.value;
    const io::Instant begin = bench_.machine.clock.now();
    std::uint32_t crc = 0;
    for (std::uint64_t done = 0, i = 0; done < bytes; done += record_bytes, ++i)
      crc = wal::crc32c_extend(crc, values_.of(i, std::min(record_bytes, Values::kBytesMax)));
    const io::Instant end = bench_.machine.clock.now();
    checksum_ = crc;  // Kept, so that it must be computed.
    return end - begin;
  }

  const Bench& bench_;
  wal::Options options_;
  Values values_;
  std::uint64_t length_ = 0;  // Keys and values appended so far.
  std::vector<std::byte> chunk_;
  std::uint32_t checksum_ = 0;
};

// Opens warm and cold in turns, and keeps what was measured.
io::Status open_repeatedly(const Bench& bench, Recoveries& recoveries, RecoveryMeasured& measured) {
  for (std::uint64_t i = 0; i < bench.profile.recovery.repeat.value && !bench.stop.interrupted(); ++i) {
    auto warm = recoveries.warm();
    if (!warm) return std::unexpected(std::move(warm.error()));
    measured.points.push_back(std::move(*warm));
    if (!measured.why_no_cold.empty()) continue;
    if (const io::Status dropped = recoveries.drop_cached(); !dropped) {
      measured.why_no_cold = io::describe(dropped.error());
      continue;
    }
    auto cold = recoveries.timed_open("cold");
    if (!cold) return std::unexpected(std::move(cold.error()));
    measured.points.push_back(std::move(*cold));
  }
  return {};
}

}  // namespace

io::Result<RecoveryMeasured> measure_recovery(const Bench& bench) {
  Recoveries recoveries(bench);
  RecoveryMeasured measured;
  for (const auto& size : bench.profile.recovery.sizes) {
    measured.judged_from = measured.points.size();
    io::Status done = recoveries.grow_to(size.value);
    if (done) done = open_repeatedly(bench, recoveries, measured);
    if (!done) return std::unexpected(std::move(done.error()));
    if (bench.stop.interrupted()) break;
  }
  return measured;
}

}  // namespace wallop::checklist
