// SPDX-License-Identifier: Apache-2.0
// Lock, examine, write, compare, swap.
#include "wal/compact.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "wal/decision.h"
#include "wal/examine.h"
#include "wal/log_directory.h"
#include "wal/log_writer.h"
#include "wal/read_cursor.h"
#include "wal/segment_name.h"
#include "wal/swap.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

ReadPlan plan_of(const std::string& directory, const Examination& found) {
  ReadPlan plan;
  plan.directory = directory;
  plan.from = Position::start();
  plan.first = found.low_water.lsn;
  plan.last = found.end;
  for (const std::size_t index : found.chain)
    plan.segments.push_back({found.segments[index].id, found.segments[index].body.end.offset});
  return plan;
}

LogSize size_of(const Examination& found) {
  LogSize size;
  for (const FoundSegment& segment : found.segments) {
    ++size.segment_count;
    size.file_bytes += segment.file_bytes;
  }
  return size;
}

class Compaction {
 public:
  Compaction(io::World& world, const CompactOptions& options)
      : world_(world), asked_(options), directory_(trimmed(options.directory)) {
    made_.directory = compacted_beside(directory_);
    made_.recovery_threads = options.recovery_threads;
  }

  io::Result<Compacted> run() {
    if (auto prepared = prepare(); !prepared) return io::Failure(std::move(prepared.error()));
    if (auto written = write(); !written) {
      std::ignore = remove_log(world_.files, made_.directory);
      return io::Failure(std::move(written.error()));
    }
    if (auto swapped = swap_in(world_, directory_); !swapped) return io::Failure(std::move(swapped.error()));
    if (auto removed = remove_replaced(world_, directory_); !removed)
      return io::Failure(std::move(removed.error()));
    return std::move(compacted_);
  }

 private:
  // What an earlier one has left goes first.
  io::Status prepare() {
    if (!world_.files.stat(directory_)) {
      if (auto finished = finish_cut_swap(world_, directory_); !finished) return finished;
    }
    auto names = world_.files.list(directory_);
    if (!names) return io::Failure(std::move(names.error()));
    if (std::ranges::none_of(*names, [](const std::string& name) { return segment_of(name).has_value(); }))
      return no_log();  // Before a LOCK is made in somebody else's directory.
    auto block_bytes = wal::block_bytes_of(world_, directory_);
    if (!block_bytes) return io::Failure(std::move(block_bytes.error()));
    block_bytes_ = *block_bytes;
    auto lock = take_lock(world_, directory_);
    if (!lock) return io::Failure(std::move(lock.error()));
    lock_ = std::move(*lock);
    if (auto examined = examine_old(); !examined) return examined;
    if (auto removed = remove_replaced(world_, directory_); !removed) return removed;
    return remove_log(world_.files, made_.directory);
  }

  [[nodiscard]] io::Failure no_log() const {
    return io::failure(io::Code::invalid, "compact log", directory_, "there is no log in it");
  }

  io::Status examine_old() {
    auto found = examine_stored(world_, directory_, effort());
    if (!found) return io::Failure(std::move(found.error()));
    found_ = std::move(*found);
    if (auto decided = decide({.directory = directory_}, found_); !decided)
      return io::Failure(decided.error());
    if (found_.chain.empty()) return no_log();
    const SegmentHeader& last = *found_.segments[found_.chain.back()].header;
    made_.segment_bytes = asked_.segment_bytes.value_or(last.capacity);
    made_.unsynced_bytes_max = last.unsynced_bytes_max;
    if (auto valid = validate(made_, block_bytes_); !valid) return valid;
    compacted_.info = found_.info;
    compacted_.lsns = {found_.low_water.lsn, found_.info.last};
    compacted_.before = size_of(found_);
    return {};
  }

  [[nodiscard]] Effort effort() const { return {asked_.recovery_threads, {}}; }

  // LOCK comes last: with it the new log is whole.
  io::Status write() {
    const std::string& made = made_.directory;
    if (auto there = world_.files.make_directory(made); !there) return there;
    if (auto copied = copy(); !copied) return copied;
    if (auto same = compare(); !same) return same;
    auto lock = take_lock(world_, made);
    if (!lock) return io::Failure(std::move(lock.error()));
    new_lock_ = std::move(*lock);
    if (auto synced = world_.files.sync_directory(made); !synced) return synced;
    return world_.files.sync_directory(parent_of(made));
  }

  io::Status copy() {
    LogWriter writer(world_, made_, block_bytes_, found_.low_water.lsn, found_.accepted);
    ReadCursor records(world_, plan_of(directory_, found_));
    for (;;) {
      auto next = records.next();
      if (!next) return io::Failure(std::move(next.error()));
      if (!*next) return writer.finish(found_.end.next());
      Record record = (*next)->record;
      if (asked_.compression && record.kind == RecordKind::put) record.compression = *asked_.compression;
      if (auto added = writer.add((*next)->lsn, record); !added) return added;
    }
  }

  // What was written is read back past the page cache, and judged as an open would.
  io::Status compare() {
    auto made = examine_stored(world_, made_.directory, effort());
    if (!made) return io::Failure(std::move(made.error()));
    const bool is_same_log = !made->info.corruption_detected() && made->end == found_.end &&
                             made->evidence == found_.end && made->low_water.lsn == found_.low_water.lsn &&
                             made->accepted == found_.accepted;
    if (!is_same_log) return differs(found_.end);
    compacted_.after = size_of(*made);
    ReadCursor old_records(world_, plan_of(directory_, found_));
    ReadCursor new_records(world_, plan_of(made_.directory, *made), via(*made));
    for (;;) {
      auto was = old_records.next();
      if (!was) return io::Failure(std::move(was.error()));
      auto is = new_records.next();
      if (!is) return io::Failure(std::move(is.error()));
      if (!*was && !*is) return {};
      const bool is_same = *was && *is && (*was)->lsn == (*is)->lsn && (*was)->record == (*is)->record &&
                           (*was)->lost_before == (*is)->lost_before;
      if (!is_same) return differs(*was ? (*was)->lsn : found_.end);
    }
  }

  static ReadVia via(const Examination& made) {
    return made.info.cache_not_bypassed ? ReadVia::cache : ReadVia::stored;
  }

  [[nodiscard]] io::Failure differs(Lsn lsn) const {
    return io::failure(
        io::Code::corrupt, "compact log", made_.directory,
        fmt::format("what was written does not read back as it was at record {}; the log is as it "
                    "was",
                    lsn.value()));
  }

  io::World& world_;
  const CompactOptions asked_;
  const std::string directory_;
  Options made_;  // The new log's.
  std::uint32_t block_bytes_ = 0;
  std::unique_ptr<io::Lock> lock_, new_lock_;
  Examination found_;
  Compacted compacted_;
};

}  // namespace

io::Result<Compacted> compact(io::World& world, const CompactOptions& options) {
  return Compaction(world, options).run();
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
