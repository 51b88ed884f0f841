// SPDX-License-Identifier: Apache-2.0
// The steps of recovery; opening.h says why in this order.
#include "wal/opening.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "wal/decision.h"
#include "wal/examine.h"
#include "wal/log_directory.h"
#include "wal/points.h"
#include "wal/quarantine.h"
#include "wal/seal.h"
#include "wal/segment_name.h"
#include "wal/swap.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

Effort effort_of(const Options& options) {
  return {options.recovery_threads, options.recovery_progress};
}

// The directory, made where there is none, and its durable name.
io::Status make_directory(io::World& world, const std::string& directory) {
  auto made = world.files.make_directory(directory);
  if (!made && made.error().code != io::Code::already_exists) return made;
  // One that was there may have been made by an open that a crash cut short of this.
  return world.files.sync_directory(parent_of(directory));
}

class Opening {
 public:
  Opening(io::World& world, const Options& options, std::uint32_t block_bytes, Examination found,
          Decision decision)
      : world_(world),
        found_(std::move(found)),
        decision_(std::move(decision)),
        spare_count_max_(2 + options.spare_segments + options.recycle_segments),
        takes_recycled_(options.recycle_segments > 0) {
    plan_.directory = options.directory;
    plan_.log_uuid = found_.log_uuid ? *found_.log_uuid : new_uuid(world.entropy);
    plan_.epoch = {found_.highest_epoch + 1, static_cast<std::uint32_t>(world.entropy.next())};
    plan_.block_bytes = block_bytes;
    plan_.segment_bytes = options.segment_bytes;
    plan_.preallocate = options.preallocate;
    plan_.unsynced_bytes_max = options.unsynced_bytes_max;
    next_id_ = found_.highest_id.next();
  }

  io::Result<Recovered> run() {
    using Step = io::Status (Opening::*)();
    for (const Step step : {&Opening::quarantine, &Opening::sync_chain, &Opening::remove_dead,
                            &Opening::prepare, &Opening::seal, &Opening::remove_leftovers}) {
      if (auto done = (this->*step)(); !done) {
        if (!is_sealing_) undo_quarantine();
        return io::Failure(std::move(done.error()));
      }
    }
    return hand_over();
  }

 private:
  [[nodiscard]] bool accepts_damage() const { return decision_.damage == Damage::accepted; }

  // Before anything else changes: what is about to be given up is kept for whoever asks why.
  io::Status quarantine() {
    if (!accepts_damage()) return {};
    quarantine_.emplace(world_, plan_.directory, plan_.epoch.counter);
    if (auto filled = quarantine_->fill(found_); !filled) return filled;
    if (point(world_, "wal/recover/quarantined")) return injected("open log", plan_.directory);
    return {};
  }

  void undo_quarantine() {
    if (quarantine_) quarantine_->undo();
  }

  [[nodiscard]] std::optional<Leftover> leftover(std::size_t index) const {
    if (found_.is_live(index)) return std::nullopt;
    return found_.why_left(found_.segments[index]);
  }

  // Prepared by an earlier epoch, untouched since, of today's shape, and with an id above every used one.
  [[nodiscard]] bool is_usable(std::size_t index) const {
    const FoundSegment& segment = found_.segments[index];
    if (leftover(index) != Leftover::spare || !segment.both_headers || !segment.damage.empty()) return false;
    if (segment.header->recycled == Recycled::yes && !takes_recycled_) return false;
    // One that was cut short since would be damage as soon as it holds a frame.
    const bool is_whole =
        segment.header->full_size == FullSize::no || segment.file_bytes >= segment.header->capacity;
    const bool is_blank = segment.marks.blank && !segment.body.has_rest();
    const auto is_used = [](const FoundSegment& other) { return other.body.evidence.frame_count > 0; };
    const bool is_last = std::none_of(found_.segments.begin() + static_cast<std::ptrdiff_t>(index),
                                      found_.segments.end(), is_used);
    return is_whole && is_blank && is_last && segment.header->block_bytes == plan_.block_bytes &&
           segment.header->capacity == plan_.segment_bytes &&
           segment.header->unsynced_bytes_max == plan_.unsynced_bytes_max;
  }

  io::Result<std::shared_ptr<io::File>> open_and_sync(const std::string& path) {
    auto file = world_.files.open(path, {});
    if (!file) return io::Failure(std::move(file.error()));
    if (auto synced = (*file)->sync(); !synced) return io::Failure(std::move(synced.error()));
    return std::shared_ptr<io::File>(std::move(*file));
  }

  // (3) What was found may be in the page cache only (the process died, not the machine): durable before it
  // is served.
  io::Status sync_chain() {
    for (const std::size_t index : found_.chain) {
      if (found_.segments[index].marks.footer) continue;  // It was synced before its footer was written.
      auto synced = open_and_sync(found_.segments[index].path);
      if (!synced) return io::Failure(std::move(synced.error()));
    }
    for (std::size_t i = 0; i < found_.segments.size() && spares_.size() < spare_count_max_; ++i) {
      if (accepts_damage() || !is_usable(i)) continue;
      auto synced = open_and_sync(found_.segments[i].path);
      if (!synced) return io::Failure(std::move(synced.error()));
      spares_.push_back({*found_.segments[i].header, found_.segments[i].path, std::move(*synced)});
    }
    if (point(world_, "wal/recover/chain_synced")) return injected("open log", plan_.directory);
    return {};
  }

  // Returns how many there were.
  io::Result<std::size_t> remove_where(auto&& is_wanted) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < found_.segments.size(); ++i) {
      if (is_kept_spare(found_.segments[i].id) || !is_wanted(i)) continue;
      if (auto removed = world_.files.remove(found_.segments[i].path); !removed) {
        return io::Failure(std::move(removed.error()));
      }
      ++count;
    }
    return count;
  }

  // (4) The sync of the directory also makes the names of the chain and of the spare durable. A spare that
  // this epoch cannot use goes too: it proves nothing, and the next segment may need its room. Where damage
  // was found nothing is as sure as that: all removals wait for the seal.
  io::Status remove_dead() {
    if (accepts_damage()) return world_.files.sync_directory(plan_.directory);
    auto removed = remove_where([this](std::size_t i) {
      const auto why = leftover(i);
      return why == Leftover::cut || why == Leftover::superseded || why == Leftover::spare;
    });
    if (!removed) return io::Failure(std::move(removed.error()));
    return world_.files.sync_directory(plan_.directory);
  }

  // The lowest spare becomes the new epoch's first segment; the others stay, one of them as the reserve.
  io::Status prepare() {
    if (!spares_.empty()) {
      current_ = std::move(spares_.front());
      spares_.erase(spares_.begin());
      return {};
    }
    SegmentPlan plan = plan_;
    // The seal must not meet a full disk: its copies would have been made for nothing.
    if (accepts_damage() && plan.preallocate == Preallocate::none) plan.preallocate = Preallocate::allocate;
    auto prepared = prepare_segment(world_, plan, next_id_);
    next_id_ = next_id_.next();
    if (prepared) {
      current_ = std::move(*prepared);
      return {};
    }
    const bool may_wait = prepared.error().code == io::Code::no_space && !found_.chain.empty();
    if (!may_wait || accepts_damage()) return io::Failure(std::move(prepared.error()));
    is_unsealed_ = true;
    return {};
  }

  // (5) From here on the new epoch counts: whatever an older one left behind the linked end is dead.
  io::Status seal() {
    if (is_unsealed_) return {};
    is_sealing_ = true;
    auto sealed = write_seal(world_, plan_, current_, decision_.link);
    if (!sealed) return io::Failure(std::move(sealed.error()));
    end_ = *sealed;
    return {};
  }

  // Dropped tails, and segments at the chain's end that hold no record; where
  // damage was accepted all that is not of the chain.
  [[nodiscard]] std::vector<std::string> leftover_paths() const {
    const SegmentId last = decision_.link.predecessor.id;
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < found_.segments.size(); ++i) {
      const FoundSegment& segment = found_.segments[i];
      if (is_kept_spare(segment.id)) continue;
      const auto why = leftover(i);
      const bool is_left = !why ? segment.id > last : accepts_damage() || *why == Leftover::dropped;
      if (is_left) paths.push_back(segment.path);
    }
    return paths;
  }

  io::Status remove_leftovers() {
    if (is_unsealed_) return {};
    return remove_files(world_, plan_.directory, leftover_paths());
  }

  Recovered hand_over() {
    Recovered recovered;
    const SegmentId last = decision_.link.predecessor.id;
    for (const std::size_t index : found_.chain) {
      const FoundSegment& segment = found_.segments[index];
      if (segment.id <= last)
        recovered.live.push_back({segment.id, segment.link->first_lsn(), segment.body.end.offset});
    }
    if (is_unsealed_) {
      leave_unsealed(recovered);
    } else {
      recovered.live.push_back({current_.header.id, end_.last.next(), end_.offset});
    }
    recovered.spares = std::move(spares_);
    recovered.plan = std::move(plan_);
    recovered.current = std::move(current_);
    recovered.end = end_;
    recovered.low_water = found_.low_water;
    recovered.next_id = next_id_;
    recovered.info = std::move(found_.info);
    recovered.accepted_losses = std::move(decision_.link.losses);
    const auto accepted = recovered.accepted_losses.ranges();
    recovered.info.accepted.assign(accepted.begin(), accepted.end());
    if (quarantine_) recovered.info.quarantined = quarantine_->names();
    return recovered;
  }

  // Positions go on from the last segment that was found.
  void leave_unsealed(Recovered& recovered) {
    const FoundSegment& tail = found_.segments[found_.chain.back()];
    if (recovered.live.empty())
      recovered.live.push_back({tail.id, tail.link->first_lsn(), tail.body.end.offset});
    current_.header = *tail.header;
    current_.header.id = recovered.live.back().id;
    current_.header.capacity = plan_.segment_bytes;  // What append takes is what the next segment will.
    end_ = {recovered.live.back().end, decision_.link.first_lsn().previous(), tail.body.end.chain};
    const bool is_free = !tail.body.kept_room_used && tail.body.written_end <= tail.header->records_end();
    recovered.unsealed = Unsealed{decision_.link,
                                  leftover_paths(),
                                  {*tail.header, tail.path, tail.link->epoch, tail.body.end, is_free}};
  }

  [[nodiscard]] bool is_kept_spare(SegmentId id) const {
    return id == current_.header.id ||
           std::ranges::any_of(spares_, [id](const PreparedSegment& spare) { return spare.header.id == id; });
  }

  io::World& world_;
  Examination found_;
  Decision decision_;
  std::optional<Quarantine> quarantine_;
  bool is_sealing_ = false;
  SegmentPlan plan_;
  SegmentId next_id_;
  const std::size_t spare_count_max_;  // That this epoch's first segment, the reserve and others come from.
  const bool takes_recycled_;
  std::vector<PreparedSegment> spares_;  // By id.
  PreparedSegment current_;
  bool is_unsealed_ = false;
  ChainEnd end_;
};

// Mode salvage: a log that is only read, whatever state it is in. Takes no lock, for that is a file too.
io::Result<Recovered> look(io::World& world, const Options& options) {
  auto info = inspect_log(world, options);
  if (!info) return io::Failure(std::move(info.error()));
  Recovered recovered;
  recovered.plan.directory = options.directory;
  recovered.info = std::move(*info);
  recovered.only_read = io::failure(io::Code::invalid, "use log", options.directory,
                                    "it was opened in mode salvage, which only reads")
                            .error();
  return recovered;
}

}  // namespace

io::Result<Recovered> recover(io::World& world, const Options& options) {
  const io::Instant begin = world.clock.now();
  if (options.directory.empty()) return io::Failure(std::move(validate(options, kBlockBytesMin).error()));
  if (options.recovery == RecoveryMode::salvage) return look(world, options);
  const bool is_there = world.files.stat(options.directory).has_value();
  if (!is_there) {
    if (auto finished = finish_cut_swap(world, trimmed(options.directory)); !finished)
      return io::Failure(std::move(finished.error()));
  }
  auto block_bytes = block_bytes_of(world, is_there ? options.directory : parent_of(options.directory));
  if (!block_bytes) return io::Failure(std::move(block_bytes.error()));
  if (auto valid = validate(options, *block_bytes); !valid) return io::Failure(std::move(valid.error()));
  if (auto made = make_directory(world, options.directory); !made)
    return io::Failure(std::move(made.error()));
  auto lock = take_lock(world, options.directory);
  if (!lock) return io::Failure(std::move(lock.error()));

  auto found = examine_stored(world, options.directory, effort_of(options));
  if (!found) return io::Failure(std::move(found.error()));
  if (found->segments.empty()) {
    if (auto free = refuse_if_taken(world, trimmed(options.directory)); !free)
      return io::Failure(std::move(free.error()));
  }
  auto decision = decide(options, *found);
  if (!decision) return io::Failure(std::move(decision.error()));
  if (point(world, "wal/recover/judged")) return injected("open log", options.directory);

  auto recovered = Opening(world, options, *block_bytes, std::move(*found), std::move(*decision)).run();
  if (!recovered) return recovered;
  recovered->lock = std::move(*lock);
  const io::Instant end = world.clock.now();
  recovered->info.elapsed = end - begin;
  world.tracer.span({"wal.recover", begin, end, recovered->info.bytes_scanned});
  return recovered;
}

io::Result<RecoveryInfo> inspect_log(io::World& world, const Options& options) {
  const io::Instant begin = world.clock.now();
  auto found = examine_stored(world, options.directory, effort_of(options));
  if (!found) return io::Failure(std::move(found.error()));
  found->info.elapsed = world.clock.now() - begin;
  return std::move(found->info);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
