// SPDX-License-Identifier: Apache-2.0
// The write turn: the open group becomes a frame in the file. The end of the log moves when the frame is
// built. If the write then fails, nothing is ever written behind it: the log is poisoned, or, where only
// space was missing, the end goes back and the segment is left (full_disk.cc). No cursor ever stands behind
// garbage.
#include <array>
#include <utility>

#include "wal/log.h"
#include "wal/points.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// `lsn` is accepted.
io::Status Log::make_written(Lock& lock, Lsn lsn) {
  while (written_.lsn < lsn) {  // Each turn writes a group, or waits for the one that is being written.
    if (!is_usable()) return broken_promise();
    if (is_held_up(lsn)) return full_disk();
    if (!writing_) {
      write_group(lock);
    } else {
      look_up(written_waiters_.wait(lock, lsn, Role::may_lead));
    }
  }
  return {};
}

FrameContext Log::frame_context() const {
  const auto since_1970 = world_.clock.wall_now().time_since_epoch();
  const auto now = std::chrono::floor<std::chrono::milliseconds>(since_1970).count();
  return {{plan_.log_uuid, tail_.header.id, plan_.epoch},
          durable_.lsn,
          tail_.end.chain,
          now < 0 ? 0 : static_cast<std::uint64_t>(now)};
}

std::optional<LinkFrame> Log::take_link_frame() {
  if (!tail_.link) return std::nullopt;
  const LinkFrame frame = make_link_frame(frame_context(), tail_.header.data_begin(),
                                          {*tail_.link, low_water_, accepted_losses_});
  tail_.link.reset();
  tail_.end.chain = frame.chain;
  return frame;
}

// The open group is not empty and nobody has the write turn.
void Log::write_group(Lock& lock) {
  std::swap(open_, spare_group_);  // What fills from now on is another one.
  headroom_ = {};
  write_filled(lock);
}

// The group that filled is in spare_group_.
void Log::write_filled(Lock& lock) {
  writing_ = true;
  Group& group = *spare_group_;
  const Mark covers{group.last_lsn(), written_.bytes + group.payload_bytes(), group.end()};
  const ChainEnd end_before = tail_.end;
  const std::optional<Predecessor> link_before = tail_.link;
  if (os_ != nullptr) waiting_since_.reset();
  const std::optional<LinkFrame> link = take_link_frame();
  const Group::Sealed frame = group.seal(frame_context());
  tail_.end = {group.end(), group.last_lsn(), frame.chain};
  live_.back().end = group.end();
  // A rotation's link lies right before its first group: one write, one sync, no flush of its own.
  const std::array<io::Bytes, 2> pieces = {link ? link->bytes() : io::Bytes(), frame.bytes};
  const std::uint64_t offset = link ? tail_.header.data_begin() : group.offset();
  const std::shared_ptr<io::File> file = tail_.file;
  lock.unlock();
  const io::Instant begin = observed_now();
  io::Status written;
  if (point(world_, "wal/group/built")) written = injected("append", plan_.directory);
  if (written) written = file->write_at(offset, std::span(pieces).subspan(link ? 0 : 1));
  if (written) observe(Stage::write, begin, frame.bytes.size());
  if (written && point(world_, "wal/group/written")) written = injected("append", plan_.directory);
  lock.lock();
  writing_ = false;
  if (!written && written.error().code == io::Code::no_space) {
    tail_.end = end_before;
    tail_.link = link_before;
    live_.back().end = end_before.offset;
    return meet_full_disk(std::move(written.error()));
  }
  group.clear();
  if (!written) return poison(lock, written.error());
  held_up_ = false;
  written_ = covers;
  if (options_.observer != nullptr) options_.observer->segment_bytes(covers.end);
  tail_.index.add(tail_.end);
  ++stats_.group_count;
  Waiters::Wakes wakes = std::exchange(wakes_, {});
  written_waiters_.release(written_.lsn, wakes);
  changed_.notify();
  became_visible_.notify();
  wake(lock, wakes);
  wakes_ = std::move(wakes);
}

io::Status Log::flush() {
  Lock lock(*mutex_);
  if (!is_usable()) return refusal();
  if (auto resumed = resume(lock); !resumed) return resumed;
  return make_written(lock, accepted_.lsn);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
