// SPDX-License-Identifier: Apache-2.0
// Options of the log from a profile; keys and values.
#include "checklist/log_setup.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/ensure.h"
#include "base/units.h"

namespace wallop::checklist {
namespace {

constexpr std::uint64_t kNoiseBytes = 4 * Values::kBytesMax;
constexpr std::uint64_t kStride = 4099;  // A prime: neighbours share no alignment.

wal::SyncPolicy policy_of(const scenarios::AlwaysSync&) {
  return wal::Always{};
}

wal::SyncPolicy policy_of(const scenarios::BatchSync& from) {
  wal::Batch batch;
  if (from.window) batch.window = *from.window;
  if (from.bytes) batch.bytes = from.bytes->value;
  if (from.stall_max) batch.stall_max = *from.stall_max;
  return batch;
}

wal::SyncPolicy policy_of(const scenarios::OsSync& from) {
  wal::Os os;
  if (from.buffer_bytes) os.buffer_bytes = from.buffer_bytes->value;
  if (from.buffer_time) os.buffer_time = *from.buffer_time;
  return os;
}

}  // namespace

wal::Options log_options(const scenarios::EngineOptions& log, std::string directory) {
  wal::Options options;
  options.directory = std::move(directory);
  if (log.sync) options.sync = std::visit([](const auto& kind) { return policy_of(kind); }, log.sync->kind);
  if (log.segment_bytes) options.segment_bytes = log.segment_bytes->value;
  if (log.spare_segments) options.spare_segments = static_cast<unsigned>(log.spare_segments->value);
  if (log.record_bytes_max) options.record_bytes_max = log.record_bytes_max->value;
  if (log.preallocate) {
    switch (*log.preallocate) {
      case scenarios::Preallocation::none:
        options.preallocate = wal::Preallocate::none;
        break;
      case scenarios::Preallocation::allocate:
        options.preallocate = wal::Preallocate::allocate;
        break;
      case scenarios::Preallocation::zero_fill:
        options.preallocate = wal::Preallocate::zero_fill;
        break;
    }
  }
  return options;
}

std::string describe(const wal::SyncPolicy& policy) {
  if (std::holds_alternative<wal::Always>(policy)) return "always";
  if (const auto* batch = std::get_if<wal::Batch>(&policy)) return "batch " + base::to_text(batch->window);
  return "os";
}

io::Bytes Key::of(std::uint64_t writer, std::uint64_t sequence) {
  std::memcpy(bytes_.data(), &writer, sizeof writer);
  std::memcpy(bytes_.data() + sizeof writer, &sequence, sizeof sequence);
  return bytes_;
}

Values::Values(io::Entropy& entropy) : noise_(kNoiseBytes) {
  // xorshift64*: good enough to defeat a compressor, and quicker than asking the kernel for megabytes.
  std::uint64_t state = entropy.next() | 1;
  for (std::size_t i = 0; i + sizeof state <= noise_.size(); i += sizeof state) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    const std::uint64_t word = state * 0x2545'F491'4F6C'DD1DULL;
    std::memcpy(noise_.data() + i, &word, sizeof word);
  }
}

io::Bytes Values::of(std::uint64_t sequence, std::uint64_t bytes) const {
  base::ensure(bytes <= kBytesMax, "a value is shorter than the noise it is cut from");
  return io::Bytes(noise_).subspan(sequence * kStride % (noise_.size() - bytes), bytes);
}

io::Status append_bytes(wal::Wal& log, Key& key, const Values& values, std::uint64_t value_bytes,
                        std::uint64_t bytes) {
  for (std::uint64_t sequence = 0; bytes > 0; ++sequence) {
    const io::Bytes name = key.of(0, sequence);
    const std::uint64_t value = std::min(value_bytes, bytes > name.size() ? bytes - name.size() : 0);
    const auto placed = log.append(wal::Record::put(name, values.of(sequence, value)));
    if (!placed) return std::unexpected(placed.error());
    bytes -= std::min(bytes, name.size() + value);
  }
  return {};
}

io::Status Trimmer::trim(wal::Wal& log) {
  const std::uint64_t current = log.current_segment_id().value();
  if (oldest_ == 0) oldest_ = current;
  if (current + 1 < oldest_ + kSegmentsMax) return {};
  const std::uint64_t keep_from = current - 1;
  const auto deleted = log.delete_segments_before(wal::SegmentId(keep_from));
  if (!deleted) return std::unexpected(deleted.error());
  oldest_ = keep_from;
  return {};
}

}  // namespace wallop::checklist
