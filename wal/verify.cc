// SPDX-License-Identifier: Apache-2.0
// Verifying an open log: everything durable is read back from the device, while writers go on. Only where
// that meets damage do they stand still, for as long as it takes to find every hole.
#include <utility>

#include "wal/examine.h"
#include "wal/holes.h"
#include "wal/log.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Everything accepted is durable, and listed.
io::Result<ReadPlan> Log::plan_of_all() {
  Lock lock(*mutex_);
  if (!is_usable()) return refusal();
  if (auto durable = make_all_durable(lock); !durable) return io::Failure(std::move(durable.error()));
  ReadPlan plan{plan_.directory, {}, Position::start(), low_water_.lsn, shown_to(Visibility::durable)};
  list_segments(plan);
  if (plan.segments.empty()) plan.last = Lsn{};
  return plan;
}

io::Result<VerifyReport> Log::verify() {
  ReadVia via = ReadVia::stored;
  for (;;) {  // Again where a deletion overtook it, and once where the cache cannot be passed.
    auto plan = plan_of_all();
    if (!plan) return io::Failure(std::move(plan.error()));
    ReadCursor cursor(world_, std::move(*plan), via);
    VerifyReport report;
    report.cache_not_bypassed = via == ReadVia::cache;
    auto next = cursor.next();
    for (; next && *next; next = cursor.next()) {
      if (report.record_count++ == 0) report.lsns.first = (*next)->lsn;
      report.lsns.last = (*next)->lsn;
    }
    if (next) return report;
    const io::Code code = next.error().code;
    if (code == io::Code::corrupt) return find_damage(std::move(report), next.error(), cursor.wanted());
    if (code == io::Code::unsupported && via == ReadVia::stored) {
      via = ReadVia::cache;
    } else if (code != io::Code::not_found) {
      return io::Failure(std::move(next.error()));
    }
  }
}

// `met` ended the reading in front of the record `at`.
io::Result<VerifyReport> Log::find_damage(VerifyReport report, const io::Error& met, Lsn at) {
  Lock lock(*mutex_);
  if (auto still = stand_still(lock); !still) {
    go_on();
    return io::Failure(std::move(still.error()));
  }
  const Lsn durable = shown_to(Visibility::durable);
  const SegmentId segment = segment_of_record(at);
  lock.unlock();
  auto found = examine_stored(world_, plan_.directory, {});
  // The log knows better than the disk's evidence what was durable.
  if (found) found->evidence = std::max(found->evidence, durable);
  auto holes = found ? find_holes(world_, *found) : io::Failure(std::move(found.error()));
  lock.lock();
  deleting_ = false;
  go_on();
  if (!holes) return io::Failure(std::move(holes.error()));
  report.damage = std::move(*holes);
  if (report.whole()) {
    report.damage.holes.push_back(
        {{at, at}, true, segment, met.offset, met.detail + "; the page cache still shows it whole"});
  }
  return report;
}

SegmentId Log::segment_of_record(Lsn lsn) const {
  SegmentId id;
  for (const LiveSegment& segment : live_) {
    if (segment.first <= lsn) id = segment.id;
  }
  return id;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
