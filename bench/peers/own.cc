// SPDX-License-Identifier: Apache-2.0
// What only our log is asked: deleting segments, and which share of an append its checksums and its codec
// take.
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/histogram.h"
#include "bench/peers/stopwatch.h"
#include "bench/peers/workload.h"
#include "io/posix_world.h"
#include "wal/crc32c.h"
#include "wal/wal.h"

namespace wallop::bench {
namespace {

void require_ours(const EngineKind& engine) {
  require(engine.name == kWallopEngine.name, "this workload is of wallop alone");
}

class OwnLog {
 public:
  explicit OwnLog(const wal::Options& options) {
    auto opened = wal::Wal::open(machine_.world(), options);
    if (!opened) give_up(io::describe(opened.error()));
    log_.emplace(std::move(opened->wal));
  }
  wal::Wal& operator*() { return *log_; }
  wal::Wal* operator->() { return &*log_; }
  void append(const wal::Record& record) {
    const auto placed = log_->append(record);
    if (!placed) give_up(io::describe(placed.error()));
  }

 private:
  io::PosixWorld machine_{"."};
  std::optional<wal::Wal> log_;
};

wal::Options unsynced(const Task& task, std::uint64_t segment_bytes) {
  return {.directory = task.directory,
          .segment_bytes = segment_bytes,
          .sync = wal::Os{.buffer_bytes = kBufferBytes},
          .preallocate = wal::Preallocate::zero_fill,
          .spare_segments = 0,
          .unsynced_bytes_max = 1ULL << 30};
}

// Nanoseconds an append of records that each(i) makes.
template <class Each>
double append_ns(const Task& task, Each each) {
  constexpr std::uint64_t kRoomBytes = 32 << 20;
  const std::uint64_t count = task.total_bytes / task.record_bytes;
  OwnLog log(unsynced(task, (task.total_bytes * 3 / 2 + kRoomBytes) / 4096 * 4096));
  const Stopwatch watch;
  for (std::uint64_t i = 0; i < count; ++i) log.append(each(i));
  return static_cast<double>(watch.ns()) / static_cast<double>(count);
}

// English-like: words of a small vocabulary, which codecs shorten to about a third.
std::string text_of_words(std::uint64_t bytes) {
  constexpr std::string_view kWords[] = {"record ", "segment ", "durable ", "append ", "frame ", "recovery ",
                                         "42 ",     "and ",     "of ",      "the ",    "torn ",  "sector "};
  std::string text;
  std::uint64_t state = 88172645463325252ULL;
  while (text.size() < bytes) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    text += kWords[(state >> 33) % std::size(kWords)];
  }
  text.resize(bytes);
  return text;
}

}  // namespace

// `count` segments of `segment_bytes`, all but the last deleted in one call.
Numbers run_deletion(const EngineKind& engine, const Task& task) {
  require_ours(engine);
  OwnLog log(unsynced(task, task.segment_bytes));
  const Records records(task.record_bytes);
  for (std::uint64_t i = 0; log->segments().size() < task.count; ++i) {
    for (int n = 0; n < 64; ++n)
      log.append(
          wal::Record::put(std::string_view("key"), records.at(i * 64 + static_cast<std::uint64_t>(n))));
  }
  const auto durable = log->sync();
  if (!durable) give_up(io::describe(durable.error()));
  const Stopwatch watch;
  const auto deleted = log->delete_segments_before(log->current_segment_id());
  if (!deleted) give_up(io::describe(deleted.error()));
  const auto took = static_cast<double>(watch.ns());
  return {{"segments", static_cast<double>(deleted->segment_count)},
          {"ns", took},
          {"ns_per_segment", took / static_cast<double>(std::max<std::uint64_t>(1, deleted->segment_count))}};
}

// The record's bytes are checksummed once in an append; its head, and the frame's, in passing.
Numbers run_checksum_share(const EngineKind& engine, const Task& task) {
  require_ours(engine);
  const Records records(task.record_bytes);
  const double whole = append_ns(task, [&](std::uint64_t i) {
    return wal::Record::put(records.at(i).substr(0, kNumberBytes), records.at(i).substr(kNumberBytes));
  });
  const std::uint64_t count = task.total_bytes / task.record_bytes;
  std::uint32_t crc = 0;
  const Stopwatch watch;
  for (std::uint64_t i = 0; i < count; ++i) crc = wal::crc32c_extend(crc, wal::bytes_of(records.at(i)));
  const double alone = static_cast<double>(watch.ns()) / static_cast<double>(count);
  require(crc != 0, "a checksum of nothing");
  return {{"append_ns", whole}, {"checksum_ns", alone}, {"share_percent", 100 * alone / whole}};
}

Numbers run_codec_share(const EngineKind& engine, const Task& task) {
  require_ours(engine);
  const std::string text = text_of_words(task.record_bytes);
  const auto with = [&](wal::Compression codec) {
    return append_ns(task, [&](std::uint64_t) {
      return wal::Record::put(std::string_view("key"), std::string_view(text)).with_compression(codec);
    });
  };
  const double plain = with(wal::Compression::none);
  const double lz4 = with(wal::Compression::lz4);
  const double zstd = with(wal::Compression::zstd);
  return {{"append_ns", plain},
          {"lz4_ns", lz4},
          {"zstd_ns", zstd},
          {"lz4_share_percent", 100 * (1 - plain / lz4)},
          {"zstd_share_percent", 100 * (1 - plain / zstd)}};
}

}  // namespace wallop::bench
