// SPDX-License-Identifier: Apache-2.0
// Pieces, one after the other, oldest file first.
#include "sim/writeback.h"

#include <algorithm>

namespace wallop::sim {
namespace {

// What Linux writes of one file at a time at least (MIN_WRITEBACK_PAGES, fs/fs-writeback.c).
constexpr std::uint64_t kPieceBytes = 4ULL << 20;

}  // namespace

Writeback::Writeback(const WritebackSpec& spec, PageCache& cache, Device& device, io::Instant now)
    : cache_(cache),
      device_(device),
      from_bytes_(spec.from.value),
      dirty_max_(spec.dirty_max.value),
      age_(spec.age),
      every_(spec.every),
      next_(look_after(now)) {}

void Writeback::wake(io::Instant now) {
  if (writing_) return;
  next_ = now;
  run(now);
}

// Ends: a piece takes time, or leaves less that is dirty; a look is later than the one before.
void Writeback::run(io::Instant now) {
  while (next_ <= now) {
    const io::Instant at = writing_ ? device_.held(next_) : next_;
    if (at > now) {
      next_ = at;
      return;
    }
    CachedFile* const file = cache_.longest_dirty();
    writing_ = file != nullptr && is_due(*file, at);
    if (writing_) {
      next_ = device_.write(at, cache_.send(*file, kPieceBytes), device_.slowness_at(at));
      file->sent_until = next_;
    } else {
      next_ = look_after(at);
    }
  }
}

bool Writeback::is_due(const CachedFile& file, io::Instant at) const {
  if (from_bytes_ != 0 && cache_.dirty_bytes() > from_bytes_) return true;
  return age_ != io::Duration::zero() && file.dirty_since + age_ <= at;
}

// Whoever looks at nothing by age is woken by soiled() alone.
io::Instant Writeback::look_after(io::Instant at) const {
  if (age_ == io::Duration::zero()) return io::Instant::max();
  const io::Duration since = at.time_since_epoch();
  return io::Instant(since - since % every_ + every_);
}

}  // namespace wallop::sim
