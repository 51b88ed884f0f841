// SPDX-License-Identifier: Apache-2.0
// What options can be. One sentence for each that cannot: its name, its value, its limit.
#include "wal/options.h"

#include <fmt/format.h>

#include "wal/format.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

io::Failure impossible(std::string sentence) {
  return io::failure(io::Code::invalid, "open log", "", std::move(sentence));
}

bool within(io::Duration value, io::Duration min) {
  return value >= min && value <= kWindowMax;
}

io::Failure bad_time(std::string_view name, io::Duration value, io::Duration min) {
  return impossible(fmt::format("{} is {} ns; it lies between {} and {} ns", name, value.count(), min.count(),
                                kWindowMax.count()));
}

io::Status validate(const Always&) {
  return {};
}

io::Status validate(const Batch& batch) {
  if (!within(batch.window, io::Duration(1))) return bad_time("window", batch.window, io::Duration(1));
  if (!within(batch.stall_max, io::Duration(0)))
    return bad_time("stall_max", batch.stall_max, io::Duration(0));
  if (batch.bytes == 0) return impossible("bytes is 0; a batch takes at least 1");
  return {};
}

io::Status validate(const Os& os) {
  if (!within(os.buffer_time, io::Duration(1)))
    return bad_time("buffer_time", os.buffer_time, io::Duration(1));
  return {};
}

io::Status validate_recovery(const Options& options) {
  if (options.recovery_threads == 0 || options.recovery_threads > kRecoveryThreadsMax) {
    return impossible(fmt::format("recovery_threads is {}; it lies between 1 and {}",
                                  options.recovery_threads, kRecoveryThreadsMax));
  }
  if (options.recovery == RecoveryMode::absolute && options.preallocate != Preallocate::zero_fill) {
    return impossible(
        "recovery is absolute, and preallocate is not zero_fill; behind the end of segments that were not "
        "filled with zeros a crash may leave what nobody wrote");
  }
  if (options.recovery == RecoveryMode::absolute && options.recycle_segments > 0) {
    return impossible(fmt::format(
        "recovery is absolute, and recycle_segments is {}; in a recycled segment a torn end does not show",
        options.recycle_segments));
  }
  if (options.first_lsn && options.recovery != RecoveryMode::prefix)
    return impossible("first_lsn is given, and recovery is not prefix; no other mode leaves LSNs out");
  return {};
}

}  // namespace

io::Status validate(const Options& options, std::uint32_t block_bytes) {
  if (options.directory.empty()) return impossible("directory is empty; a log needs one");
  const std::uint64_t min = kBlocksPerSegmentMin * block_bytes;
  if (options.segment_bytes < min || options.segment_bytes > kSegmentBytesMax ||
      options.segment_bytes % block_bytes != 0) {
    return impossible(fmt::format("segment_bytes is {}; it is a multiple of {} between {} and {}",
                                  options.segment_bytes, block_bytes, min, kSegmentBytesMax));
  }
  if (options.record_bytes_max == 0)
    return impossible("record_bytes_max is 0; a record takes at least 1 byte");
  if (options.spare_segments > kSpareSegmentsMax) {
    return impossible(
        fmt::format("spare_segments is {}; at most {}", options.spare_segments, kSpareSegmentsMax));
  }
  if (options.recycle_segments > kRecycledSegmentsMax) {
    return impossible(
        fmt::format("recycle_segments is {}; at most {}", options.recycle_segments, kRecycledSegmentsMax));
  }
  if (auto valid = validate_recovery(options); !valid) return valid;
  if (!within(options.idle_interval, io::Duration(1)))
    return bad_time("idle_interval", options.idle_interval, io::Duration(1));
  if (options.unsynced_bytes_max < block_bytes || options.unsynced_bytes_max > kSegmentBytesMax) {
    return impossible(fmt::format("unsynced_bytes_max is {}; it lies between {} and {}",
                                  options.unsynced_bytes_max, block_bytes, kSegmentBytesMax));
  }
  if (options.frame_bytes_max < kFrameBytesMin || options.frame_bytes_max > kFrameBytesMax) {
    return impossible(fmt::format("frame_bytes_max is {}; it lies between {} and {}", options.frame_bytes_max,
                                  kFrameBytesMin, kFrameBytesMax));
  }
  return std::visit([](const auto& policy) { return validate(policy); }, options.sync);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
